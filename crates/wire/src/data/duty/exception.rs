//! An override: an exception to a schedule.

use domain::{Override, OverrideDocument};
use serde::{Deserialize, Serialize};

use super::{Flaws, text};
use crate::data::common::{Text, Word, word};

/// An exception to a schedule: somebody comes, goes, or stands in for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OverrideSet {
    /// The id of the schedule.
    pub(crate) schedule: Word,
    /// RFC 3339.
    pub(crate) from: Word,
    /// RFC 3339.
    pub(crate) until: Word,
    /// The directory id of who goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) removes: Option<Word>,
    /// The directory id of who comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adds: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    /// False once it is called off.
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

const fn yes() -> bool {
    true
}

impl OverrideSet {
    pub(crate) fn read(&self, id: String, flaws: &mut Flaws) -> Option<OverrideDocument> {
        let from = flaws.keep("from", text::instant(&self.from.0));
        let until = flaws.keep("until", text::instant(&self.until.0));
        let (removes, adds) = (word(self.removes.as_ref()), word(self.adds.as_ref()));
        let exception = Override { from: from?, until: until?, removes, adds };
        Some(OverrideDocument {
            id,
            schedule: self.schedule.0.clone(),
            exception,
            reason: self.reason.as_ref().map(|reason| reason.0.clone()).filter(|reason| !reason.is_empty()),
            active: self.active,
        })
    }
}

impl From<&OverrideDocument> for OverrideSet {
    fn from(document: &OverrideDocument) -> Self {
        let OverrideDocument { id: _, schedule, exception, reason, active } = document.clone();
        let Override { from, until, removes, adds } = exception;
        Self {
            schedule: Word(schedule),
            from: Word(from.to_string()),
            until: Word(until.to_string()),
            removes: removes.map(Word),
            adds: adds.map(Word),
            reason: reason.map(Text),
            active,
        }
    }
}
