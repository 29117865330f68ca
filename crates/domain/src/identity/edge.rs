//! One saying about two leaves, and what took it back. Whatever order these arrive in, the edge is the same.

use super::{AliasAssertion, Confidence, CustomerFact, LeafKind, Moment, Moments, Then, doubts};
use crate::{CustomerId, EdgeId, Event, Identity, Origin, Payload};

/// An assertion or a merge, and its retractions, all about one customer: the leaf whose events they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The same wherever the same log is folded.
    pub id: EdgeId,
    /// The leaf whose events speak of it.
    pub home: CustomerId,
    /// What was said; absent while only its retraction came.
    pub tie: Option<Tie>,
    /// What took it back, at most [`WITHDRAWALS`].
    pub withdrawals: Vec<Withdrawal>,
}

/// Retractions of one edge that are kept.
const WITHDRAWALS: usize = 8;

/// Two leaves are said to be one customer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The leaf whose events speak of it: what takes it back is about the same.
    pub home: CustomerId,
    /// How.
    pub kind: TieKind,
    /// The leaf that is said to be another's.
    pub from: CustomerId,
    /// Whose.
    pub to: CustomerId,
    /// Who said so: the event.
    pub identity: Identity,
    /// Who published it.
    pub origin: Origin,
    /// Where it stands among others.
    pub moment: Moment,
    /// Recorded, and not to be applied: it names a leaf twice, or one that is nobody's.
    pub void: bool,
    /// When the event was struck out.
    pub struck: Moments,
}

/// How two leaves are said to be one customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TieKind {
    /// `customer.alias_asserted`.
    Alias(LeafKind, Confidence),
    /// `customers.merged`.
    Merge,
}

/// An event that takes an assertion or a merge back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// It takes back a merge; an assertion otherwise.
    pub of_merge: bool,
    /// The event.
    pub identity: Identity,
    /// Who published it.
    pub origin: Origin,
    /// Where it stands.
    pub moment: Moment,
    /// When the event was struck out.
    pub struck: Moments,
}

/// Whether a tie counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EdgeState {
    /// Nothing was said yet, or not by then.
    Unsaid,
    /// It was taken back or struck out.
    Withdrawn,
    /// It was recorded, and is not to be applied.
    Void,
    /// It counts.
    InForce,
}

impl Edge {
    /// Of which nothing is known.
    pub const fn unsaid(home: CustomerId, id: EdgeId) -> Self {
        Self { id, home, tie: None, withdrawals: Vec::new() }
    }

    /// The edge that an event about `home` speaks of.
    pub fn of(home: CustomerId, event: &Event) -> Option<EdgeId> {
        let Payload::Customer(fact) = &event.payload else { return None };
        match fact {
            CustomerFact::AliasAsserted(_) | CustomerFact::Merged { .. } => {
                Some(EdgeId::of(home, &event.identity))
            }
            CustomerFact::AliasRetracted { assertion: of } | CustomerFact::Unmerged { merge: of } => {
                Some(EdgeId::of(home, of))
            }
            CustomerFact::ProfileSet(_) | CustomerFact::ContractUpserted(_) => None,
        }
    }

    /// Takes in what an event says about it; [`Edge::of`] told that it does.
    pub fn hear(&mut self, event: &Event) {
        let Payload::Customer(fact) = &event.payload else { return };
        let (kind, from, to) = match fact {
            CustomerFact::AliasAsserted(AliasAssertion { leaf, kind, to, confidence }) => {
                (TieKind::Alias(*kind, *confidence), leaf.leaf.id(), to.id())
            }
            CustomerFact::Merged { from, into } => (TieKind::Merge, from.id(), into.id()),
            CustomerFact::AliasRetracted { .. } => return self.withdraw(event, false),
            CustomerFact::Unmerged { .. } => return self.withdraw(event, true),
            CustomerFact::ProfileSet(_) | CustomerFact::ContractUpserted(_) => return,
        };
        self.tie = Some(Tie {
            home: self.home,
            kind,
            from,
            to,
            identity: event.identity.clone(),
            origin: event.origin.clone(),
            moment: Moment::of(event),
            void: !doubts(event).is_empty(),
            struck: Moments::default(),
        });
    }

    fn withdraw(&mut self, event: &Event, of_merge: bool) {
        if self.withdrawals.len() < WITHDRAWALS {
            self.withdrawals.push(Withdrawal {
                of_merge,
                identity: event.identity.clone(),
                origin: event.origin.clone(),
                moment: Moment::of(event),
                struck: Moments::default(),
            });
        }
    }

    /// Takes in that an event was struck out by another: a department's own word, or an operator's.
    pub fn strike(&mut self, struck: &Identity, by: &Event) {
        let may = |origin: &Origin| match &by.origin {
            Origin::Command(_) => true,
            Origin::Department(_) => by.origin == *origin,
            Origin::Escalator(_) | Origin::Pager(_) => false,
        };
        if let Some(tie) = self.tie.as_mut().filter(|tie| tie.identity == *struck && may(&tie.origin)) {
            tie.struck.add(by.time, by.position);
        }
        for withdrawal in &mut self.withdrawals {
            if withdrawal.identity == *struck && may(&withdrawal.origin) {
                withdrawal.struck.add(by.time, by.position);
            }
        }
    }

    /// Whether it counted then.
    pub fn state(&self, then: Then) -> EdgeState {
        let Some(tie) = &self.tie else { return EdgeState::Unsaid };
        if !then.holds(tie.moment.time, tie.moment.position) {
            return EdgeState::Unsaid;
        }
        let fits = |withdrawal: &Withdrawal| {
            let Withdrawal { moment: Moment { time, position, .. }, struck, .. } = withdrawal;
            let of_merge = matches!(tie.kind, TieKind::Merge);
            withdrawal.of_merge == of_merge && then.holds(*time, *position) && !struck.hold(then)
        };
        if tie.struck.hold(then) || self.withdrawals.iter().any(fits) {
            return EdgeState::Withdrawn;
        }
        if tie.void { EdgeState::Void } else { EdgeState::InForce }
    }

    /// The tie, if it counted then.
    pub fn in_force(&self, then: Then) -> Option<&Tie> {
        self.tie.as_ref().filter(|_| self.state(then) == EdgeState::InForce)
    }

    /// The leaves that it is kept under, each once.
    pub fn leaves(&self) -> impl Iterator<Item = CustomerId> {
        let (from, to) = self.tie.as_ref().map(|tie| (tie.from, tie.to)).unzip();
        let from = from.filter(|from| *from != self.home);
        let to = to.filter(|to| *to != self.home && Some(*to) != from);
        [Some(self.home), from, to].into_iter().flatten()
    }
}

impl Tie {
    /// The leaf at the other end; `None` for one that it does not name.
    pub fn other(&self, leaf: CustomerId) -> Option<CustomerId> {
        if leaf == self.from { Some(self.to) } else { (leaf == self.to).then_some(self.from) }
    }

    /// Whether it means to make the two one customer, and does not only suggest it.
    pub const fn links(&self) -> bool {
        match self.kind {
            TieKind::Alias(_, Confidence::Strong) | TieKind::Merge => true,
            TieKind::Alias(_, Confidence::Weak) => false,
        }
    }
}
