//! `link.added` and `link.removed`.

use domain::{Link, LinkKind, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{IssueForm, Text},
};

/// The issue belongs with another: `{"duplicate_of": …}`, or `kind` and `other`.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LinkAdded {
    /// The issue that this one is a duplicate of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) duplicate_of: Option<IssueForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<LinkKindForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) other: Option<IssueForm>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkKindForm {
    DuplicateOf,
    RecurrenceOf,
    Related,
    Distinct,
    BlockedBy,
}

impl LinkAdded {
    fn link(&self) -> Result<Link, String> {
        let (kind, other) = match (&self.duplicate_of, self.kind, &self.other) {
            (Some(other), _, _) => (LinkKindForm::DuplicateOf, other),
            (None, Some(kind), Some(other)) => (kind, other),
            (None, None, _) | (None, Some(_), None) => {
                return Err("give `duplicate_of`, or `kind` and `other`".to_owned());
            }
        };
        let kind = match kind {
            LinkKindForm::DuplicateOf => LinkKind::DuplicateOf,
            LinkKindForm::RecurrenceOf => LinkKind::RecurrenceOf,
            LinkKindForm::Related => LinkKind::Related,
            LinkKindForm::Distinct => LinkKind::Distinct,
            LinkKindForm::BlockedBy => LinkKind::BlockedBy,
        };
        Ok(Link { kind, other: other.name()?.id })
    }
}

impl Data for LinkAdded {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        self.link().map(Payload::LinkAdded)
    }
}

/// The issue does not belong with the other after all.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct LinkRemoved(pub(crate) LinkAdded);

impl Data for LinkRemoved {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        self.0.link().map(Payload::LinkRemoved)
    }
}
