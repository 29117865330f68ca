//! What little more than timelines ask for: details, updates, progress.

use serde::{Deserialize, Serialize};

use super::common::{Id, List, Text, Word, any_date};

/// Data that only the timeline shows.
macro_rules! noted {
    ($($data:ty),+) => {$(
        impl $crate::data::Data for $data {
            fn payload(&self, _context: &$crate::data::Context<'_>) -> Result<domain::Payload, String> {
                Ok(domain::Payload::Noted)
            }
        }
    )+};
}
pub(super) use noted;

/// More about an issue.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DetailAdded {
    /// What was learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Text>,
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) attachments: List<Attachment>,
    /// Not for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) internal: Option<bool>,
}

/// A file elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Attachment {
    /// Where it is.
    pub(crate) uri: Id,
    /// In hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<Word>,
}

/// The customer was told how it stands.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct UpdateSent {
    /// Such as `mail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
    /// When the next one is due, RFC 3339: a promise to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_update_due: Option<Word>,
}

/// Work went on.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ProgressNoted {
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
}

impl super::Data for UpdateSent {
    fn payload(&self, _context: &super::Context<'_>) -> Result<domain::Payload, String> {
        Ok(domain::Payload::UpdateSent { next: any_date(self.next_update_due.as_ref()) })
    }
}

noted!(DetailAdded, ProgressNoted);
