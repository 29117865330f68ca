//! A rotation: people who take turns.

use domain::{OnCallError, Rotation, RotationDocument};
use serde::{Deserialize, Serialize};

use super::{Flaws, text};
use crate::data::common::{Word, word};

/// A rotation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RotationSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// Of the IANA database, such as `Europe/Berlin`.
    pub(crate) zone: Word,
    /// Directory ids of the people who take turns, in order.
    pub(crate) members: Vec<Word>,
    /// How long a turn is by the wall clock: such as `1 week` or `12 hours`.
    pub(crate) every: Word,
    /// When the first member takes over, by the wall clock of the zone, such as `2026-01-05T09:00`.
    pub(crate) from: Word,
}

impl RotationSet {
    pub(crate) fn read(&self, id: String, flaws: &mut Flaws) -> Option<RotationDocument> {
        let zone = flaws.keep("zone", text::zone(&self.zone.0));
        let every = flaws.keep("every", text::every(&self.every.0));
        let from = flaws.keep("from", text::local_time(&self.from.0));
        let members = self.members.iter().map(|Word(member)| member.trim().to_owned()).collect();
        let (length, unit) = every?;
        let rotation = Rotation::new(zone?, members, unit, length, from?);
        let rotation = rotation.map_err(|error| flaws.add(member_of(&error), error)).ok()?;
        Some(RotationDocument { id, name: word(self.name.as_ref()), rotation })
    }
}

const fn member_of(error: &OnCallError) -> &'static str {
    match error {
        OnCallError::ZoneWithoutName => "zone",
        OnCallError::TooLong { .. } => "every",
        OnCallError::NoMembers
        | OnCallError::TooManyPeople(_)
        | OnCallError::NotAMember(_)
        | OnCallError::LayerWithoutName
        | OnCallError::LayerTwice(_)
        | OnCallError::TooMany { .. }
        | OnCallError::EndsFirst(_)
        | OnCallError::ChangesNothing => "members",
    }
}

impl From<&RotationDocument> for RotationSet {
    fn from(RotationDocument { id: _, name, rotation }: &RotationDocument) -> Self {
        Self {
            name: name.clone().map(Word),
            zone: Word(rotation.zone().iana_name().unwrap_or_default().to_owned()),
            members: rotation.members().iter().cloned().map(Word).collect(),
            every: Word(text::every_text(rotation.length(), rotation.unit())),
            from: Word(rotation.anchor().to_string()),
        }
    }
}
