//! What may be wrong with a rotation or a schedule.

use super::RotationUnit;
use crate::limits;

/// Why there can be no such rotation or schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnCallError {
    /// An offset does not know when the clocks change.
    #[error("names no time zone; use one of the IANA database, such as Europe/Madrid")]
    ZoneWithoutName,
    /// Nobody would ever be on duty.
    #[error("names nobody; add at least one member")]
    NoMembers,
    /// A rotation or a layer has more people than [`limits::ROTATION_MEMBERS`].
    #[error("names {0} people; name at most {most}", most = limits::ROTATION_MEMBERS)]
    TooManyPeople(usize),
    /// A shift is longer than [`limits::ROTATION_LENGTH`] units.
    #[error("has shifts of {length} {unit}; use at most {most}", most = limits::ROTATION_LENGTH)]
    TooLong {
        /// How many units.
        length: u32,
        /// Of which kind.
        unit: RotationUnit,
    },
    /// Nobody of that name takes turns.
    #[error("has no member `{0}`; name one of its members")]
    NotAMember(String),
    /// A layer has no name to be told by.
    #[error("has a layer without a name; give it one")]
    LayerWithoutName,
    /// Two layers could not be told apart.
    #[error("has two layers `{0}`; give each a name of its own")]
    LayerTwice(String),
    /// A list is longer than its limit.
    #[error("has {count} {what}; use at most {most}")]
    TooMany {
        /// What the list is of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// It would never hold.
    #[error("has {0} that ends before it begins; exchange the two")]
    EndsFirst(&'static str),
    /// An override without anybody.
    #[error("neither adds nor removes anybody; name a person")]
    ChangesNothing,
}
