//! What applying documents would append, for tests that feed it noise.

use domain::{Directory, Position, Principal};
use proto::v1;
use wire::operator::Composed;

use super::plan::{Base, Plan, Wish, plan};

/// The events of an apply to a directory, or what is wrong with the documents.
pub(crate) fn foreseen(
    documents: Vec<v1::Document>,
    directory: &Directory,
    principal: &Principal,
) -> Result<Vec<Composed>, Vec<v1::DocumentMistake>> {
    match plan(&Wish::read(documents), &Base { directory, at: Position::START }, principal, "request") {
        Plan::Mistaken(mistakes) => Err(mistakes),
        Plan::Sound(sound) => Ok(sound.events.into_iter().map(|(_, event)| event).collect()),
    }
}
