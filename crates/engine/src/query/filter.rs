//! Which issues are wanted. Everything that is set must hold.

use domain::{
    Department, Directory, Issue, Leaf, LeafId, Lifecycle, Person, Position, Quarantined, Reference,
    Severity, ShownOwner, identity::Then,
};
use jiff::{SignedDuration, Timestamp};

use crate::{StoreError, View};

/// Which issues are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IssueFilter {
    /// The department of the owner who is shown.
    pub department: Option<Department>,
    /// Their team, byte for byte; `Some(None)` for no team.
    pub team: Option<Option<String>>,
    /// The person.
    pub owner: Option<OwnerFilter>,
    /// This [`Severity::rank`] or a worse one.
    pub worst_of: Option<u8>,
    /// Whose issues: the customer's whom this leaf belongs to.
    pub customer: Option<LeafId>,
    /// Any of these; absent: every one.
    pub lifecycles: Option<Vec<Lifecycle>>,
    /// Strictly older than this.
    pub older_than: Option<SignedDuration>,
    /// Only those whose owner is gone.
    pub orphaned: bool,
    /// Only those that departments declined, or that came back to one that had them before.
    pub bounced: bool,
}

/// A person by an id of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OwnerFilter {
    /// The id in the system that the log names them by, whichever it is, or in the directory.
    Id(String),
    /// The id in this system.
    Account(Reference),
}

/// Severities of the worst and the least harm.
const RANKS: std::ops::RangeInclusive<u8> = 1..=4;

impl IssueFilter {
    /// The ranks that can match.
    pub(super) fn ranks(&self) -> impl Iterator<Item = u8> {
        let last = self.worst_of.unwrap_or(*RANKS.end());
        RANKS.take_while(move |rank| *rank <= last)
    }

    /// Every leaf of the customer whose issues are wanted; empty if anybody's are.
    pub(super) fn leaves(&self, view: &View<'_>, then: Then) -> Result<Vec<LeafId>, StoreError> {
        self.customer.map_or_else(|| Ok(Vec::new()), |leaf| view.leaves(leaf, then))
    }

    /// Whether an issue is wanted. `now` is what ages count to.
    pub(super) fn takes(&self, issue: &Issue, owner: &ShownOwner, reader: Viewpoint<'_>) -> bool {
        let Self {
            department,
            team,
            owner: person,
            worst_of,
            customer,
            lifecycles,
            older_than,
            orphaned,
            bounced,
        } = self;
        department.as_ref().is_none_or(|wanted| *wanted == owner.owner.department)
            && team.as_ref().is_none_or(|wanted| wanted.as_deref() == owner.owner.holding.team())
            && person.as_ref().is_none_or(|wanted| {
                owner
                    .owner
                    .holding
                    .person()
                    .is_some_and(|person| wanted.is(person, reader.directory, reader.at))
            })
            && worst_of.is_none_or(|wanted| issue.severity().rank() <= wanted)
            && (customer.is_none() || reader.customer.contains(&issue.customer_id()))
            && lifecycles.as_ref().is_none_or(|wanted| wanted.contains(&issue.lifecycle()))
            && older_than.is_none_or(|age| reader.now.duration_since(issue.since()) > age)
            && (!orphaned || owner.was.is_some())
            && (!bounced || issue.custody.bounces > 0 || issue.custody.returned)
    }

    /// Whether a quarantined message is wanted: it has no owner, team or lifecycle, and counts as unassessed.
    pub(super) fn takes_quarantined(&self, message: &Quarantined, now: Timestamp, leaves: &[LeafId]) -> bool {
        let Self { department, team, owner, worst_of, customer, lifecycles, older_than, orphaned, bounced } =
            self;
        team.is_none()
            && !orphaned
            && !bounced
            && owner.is_none()
            && lifecycles.is_none()
            && department.as_ref().is_none_or(|wanted| message.department.as_deref() == Some(wanted.as_str()))
            && worst_of.is_none_or(|wanted| Severity::Unassessed.rank() <= wanted)
            && (customer.is_none() || leaves.contains(&named_customer(message)))
            && older_than.is_none_or(|age| now.duration_since(message.stored_at) > age)
    }
}

/// The customer that a quarantined message's subject names.
fn named_customer(message: &Quarantined) -> LeafId {
    let (system, encoded) = message.customer.as_deref()?.split_once(':')?;
    Leaf::new(system, encoded).map(|leaf| leaf.id())
}

/// Who looks: with which directory, from which position of it, at what instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Viewpoint<'a> {
    pub(super) directory: &'a Directory,
    pub(super) at: Position,
    /// What ages count to.
    pub(super) now: Timestamp,
    /// The leaves of the customer whose issues are wanted.
    pub(super) customer: &'a [LeafId],
}

impl OwnerFilter {
    fn is(&self, person: &Person, directory: &Directory, at: Position) -> bool {
        match self {
            Self::Account(account) => person.account == *account,
            Self::Id(id) => {
                person.account.id == *id
                    || directory.person(&person.account, at).is_some_and(|known| known.id == *id)
            }
        }
    }
}
