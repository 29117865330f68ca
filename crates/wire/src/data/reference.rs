//! `issue.known_as`: another reference of the same issue.

use domain::{Payload, Reference};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, IssueForm, Text},
};

/// Another tool knows the issue too.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct KnownAs {
    /// What that tool calls it.
    pub(crate) reference: ReferenceForm,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// An id in a tool.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ReferenceForm {
    /// Such as `jira`.
    pub(crate) system: Id,
    /// One that never changes.
    pub(crate) id: Id,
}

impl Data for KnownAs {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let ReferenceForm { system: Id(system), id: Id(id) } = self.reference.clone();
        if system == IssueForm::OWN_SYSTEM {
            return Err("`reference` is an id of Davy's own; give the one in a tool".to_owned());
        }
        Ok(Payload::KnownAs { reference: Reference { system, id } })
    }
}
