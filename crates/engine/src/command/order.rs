//! What is asked for, and among whose events its own are looked for.

use domain::{
    AsReported, Command, Digest, EventKey, Identity, IssueId, IssueName, Position, Principal, Reference,
    command_event_id,
};

use super::{CommandError, Composer, SOURCE, event_id};
use crate::query::QueryError;

/// A command, who gives it, and on which terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who gives it.
    pub principal: Principal,
    /// The same for the same intent, at most [`domain::limits::REQUEST_ID_BYTES`].
    pub request_id: String,
    /// What it is about.
    pub about: About,
    /// What is to be done.
    pub command: Command,
    /// The position of the issue that the caller saw; another one is refused.
    pub expected_version: Option<Position>,
    /// Say what would happen, and do nothing.
    pub validate_only: bool,
}

/// What a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// An issue that should be there.
    Issue(IssueName),
    /// An issue to be made.
    NewIssue {
        /// What a tool calls it; absent: it gets a reference of its own.
        reference: Option<Reference>,
        /// Whose it is.
        customer: Option<AsReported>,
    },
    /// A customer, and no issue.
    Customer(AsReported),
}

impl Order {
    /// Of the identity of an event that the command may make, by its number.
    pub(super) fn made(&self, composer: &dyn Composer, number: usize) -> Option<Digest> {
        let id = event_id(self, number)?;
        Some(composer.digest(&Identity { source: SOURCE.to_owned(), id }))
    }

    /// The issue or customer among whose events its own stand.
    pub(super) fn key(&self) -> EventKey {
        match (self.issue(), self.customer()) {
            (Some(name), _) => EventKey::Issue(name.id),
            (None, Some(customer)) => EventKey::Customer(customer.leaf.id()),
            (None, None) => EventKey::Nobody,
        }
    }

    /// The issue that it names or makes.
    pub(super) fn issue(&self) -> Option<IssueName> {
        match &self.about {
            About::Issue(name) => Some(name.clone()),
            About::NewIssue { reference, customer: _ } => {
                let reference = reference.clone().unwrap_or_else(|| self.own_reference());
                Some(IssueName { id: IssueId::of(&reference), reference: Some(reference) })
            }
            About::Customer(_) => None,
        }
    }

    /// Of an issue that no tool knows: its first event (`contract.md` 1).
    fn own_reference(&self) -> Reference {
        let id = command_event_id(&self.principal.name, &self.request_id, 0);
        Reference { system: SOURCE.to_owned(), id }
    }

    /// The customer, where the order says it.
    pub(super) fn customer(&self) -> Option<&AsReported> {
        match &self.about {
            About::Issue(_) => None,
            About::NewIssue { reference: _, customer } => customer.as_ref(),
            About::Customer(customer) => Some(customer),
        }
    }

    /// Where it goes if no issue says it: to the customer, or to the issue's own home.
    pub(super) fn home(&self) -> Option<String> {
        match &self.about {
            About::Issue(_) => None,
            About::NewIssue { customer: Some(customer), .. } | About::Customer(customer) => {
                Some(customer.leaf.to_string())
            }
            About::NewIssue { customer: None, .. } => self.issue().map(|name| format!("davy:{}", name.id)),
        }
    }

    /// There is no such issue.
    pub(super) fn unknown(&self) -> CommandError {
        match self.issue() {
            Some(name) => QueryError::UnknownIssue(name.id).into(),
            None => QueryError::UnknownEvent.into(),
        }
    }
}
