//! Which leaves are one customer: the edges in force, walked from one leaf on.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::{
    Confidence, Edge, LeafKind, Moment, Then, Tie, TieKind,
    graph::{Joined, Sets},
};
use crate::{CustomerId, EdgeId, Position, limits};

/// One customer, and what was said about their leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The leaf that was asked for.
    start: CustomerId,
    leaves: BTreeSet<CustomerId>,
    /// Every edge in force at any of the leaves, and what became of it.
    edges: BTreeMap<EdgeId, (Tie, Fate)>,
}

/// What became of an edge in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Its leaves are one customer's, by it or by others before it.
    Joins,
    /// As that, and others had joined them before it: a merge of what was merged.
    Repeats,
    /// It only suggests.
    Weak,
    /// A newer assertion of the same leaf counts.
    Superseded,
    /// There are too many of its sort, or of leaves.
    OverLimit,
}

/// Something that may make two customers one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The event that says so.
    pub tie: Tie,
    /// Why it only suggests it.
    pub kind: HintKind,
}

/// Why an assertion only suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HintKind {
    /// It is weak.
    Weak,
    /// There are too many of its sort, or of leaves.
    OverLimit,
}

/// What was said about leaves and does not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a customer has few, and whoever asks reads them at once")]
pub enum Conflict {
    /// Two strong assertions of one leaf lead to two customers. The newer counts.
    TwoCustomers {
        /// The one that counts.
        counts: Tie,
        /// The one that does not.
        other: Tie,
    },
    /// A merge of what was one customer already, which an unmerge of the other one would not part.
    MergedTwice(Tie),
}

/// Walks from a leaf. `edges` answers with every edge that is kept under a leaf.
///
/// At most [`limits::LEAVES_WALKED`] leaves are looked at: far more than one customer has, so that which leaves are theirs
/// does not depend on where the walk begins.
struct Walk {
    then: Then,
    ties: BTreeMap<EdgeId, Tie>,
    seen: BTreeSet<CustomerId>,
}

impl Walk {
    fn from<E>(
        start: CustomerId,
        then: Then,
        mut edges: impl FnMut(CustomerId) -> Result<Vec<Edge>, E>,
    ) -> Result<Self, E> {
        let mut walk = Self { then, ties: BTreeMap::new(), seen: BTreeSet::from([start]) };
        let mut waiting = VecDeque::from([start]);
        while let Some(leaf) = waiting.pop_front() {
            for edge in edges(leaf)? {
                waiting.extend(walk.take(leaf, &edge));
            }
        }
        Ok(walk)
    }

    /// Notes an edge of a leaf; the leaf at its other end, if that is to be looked at.
    fn take(&mut self, leaf: CustomerId, edge: &Edge) -> Option<CustomerId> {
        let tie = edge.in_force(self.then)?;
        let other = tie.other(leaf)?;
        self.ties.entry(edge.id).or_insert_with(|| tie.clone());
        let room = self.seen.len() < limits::LEAVES_WALKED;
        (tie.links() && room && self.seen.insert(other)).then_some(other)
    }
}

impl Connected {
    /// The customer of a leaf.
    ///
    /// # Errors
    /// Whatever `edges` fails with.
    pub fn of<E>(
        start: CustomerId,
        then: Then,
        edges: impl FnMut(CustomerId) -> Result<Vec<Edge>, E>,
    ) -> Result<Self, E> {
        let Walk { ties, seen, .. } = Walk::from(start, then, edges)?;
        let newest = newest_of_each_leaf(&ties);
        let mut oldest_first: Vec<_> = ties.iter().collect();
        oldest_first.sort_by(|(one, a), (other, b)| (&a.moment, one).cmp(&(&b.moment, other)));
        let (mut sets, mut used) = (Sets::default(), HashMap::new());
        let fates: BTreeMap<_, _> = oldest_first
            .into_iter()
            .map(|(id, tie)| (*id, fate(*id, tie, &newest, &mut sets, &mut used)))
            .collect();
        let root = sets.root(start);
        let leaves: BTreeSet<_> = seen.into_iter().filter(|leaf| sets.root(*leaf) == root).collect();
        let edges = ties
            .into_iter()
            .filter(|(_, tie)| leaves.contains(&tie.from) || leaves.contains(&tie.to))
            .filter_map(|(id, tie)| Some((id, (tie, *fates.get(&id)?))))
            .collect();
        Ok(Self { start, leaves, edges })
    }

    /// Every leaf of the customer.
    pub const fn leaves(&self) -> &BTreeSet<CustomerId> {
        &self.leaves
    }

    /// Whether a leaf is the customer's.
    pub fn has(&self, leaf: CustomerId) -> bool {
        self.leaves.contains(&leaf)
    }

    /// The leaf by whose id the customer goes: the one that the newest merge names, else the one that was seen first.
    /// `seen` tells where; a leaf that no event named as a customer is none to go by.
    pub fn canonical(&self, mut seen: impl FnMut(CustomerId) -> Option<Position>) -> CustomerId {
        if self.leaves.len() == 1 {
            return self.start;
        }
        let merges = self.inner().filter(|tie| tie.kind == TieKind::Merge && seen(tie.to).is_some());
        let named = merges.max_by(|one, other| one.moment.cmp(&other.moment)).map(|merge| merge.to);
        let first = || {
            let seen = self.leaves.iter().filter_map(|leaf| Some((seen(*leaf)?, *leaf)));
            seen.min().map(|(_, leaf)| leaf)
        };
        named.or_else(first).unwrap_or(self.start)
    }

    /// The edges between the customer's leaves that make them one.
    fn inner(&self) -> impl Iterator<Item = &Tie> {
        self.edges.values().filter_map(|(tie, fate)| match fate {
            Fate::Joins | Fate::Repeats => Some(tie),
            Fate::Weak | Fate::Superseded | Fate::OverLimit => None,
        })
    }

    /// The assertions and merges that make the leaves one customer.
    pub fn joined_by(&self) -> impl Iterator<Item = (EdgeId, &Tie)> {
        self.edges.iter().filter_map(|(id, (tie, fate))| match fate {
            Fate::Joins | Fate::Repeats => Some((*id, tie)),
            Fate::Weak | Fate::Superseded | Fate::OverLimit => None,
        })
    }

    /// What may make this customer and another one. Only what leads out of the customer is told.
    pub fn hints(&self) -> impl Iterator<Item = Hint> {
        self.edges.values().filter(|(tie, _)| self.leads_out(tie)).filter_map(|(tie, fate)| {
            let kind = match fate {
                Fate::Weak => HintKind::Weak,
                Fate::OverLimit => HintKind::OverLimit,
                Fate::Joins | Fate::Repeats | Fate::Superseded => return None,
            };
            Some(Hint { tie: tie.clone(), kind })
        })
    }

    /// What was said about the customer's leaves and does not go together.
    pub fn conflicts(&self) -> impl Iterator<Item = Conflict> {
        self.edges.values().filter_map(|(tie, fate)| match fate {
            Fate::Repeats => Some(Conflict::MergedTwice(tie.clone())),
            Fate::Superseded if self.leads_out(tie) && self.has(tie.from) => {
                let counts = self.newest_of(tie.from)?;
                Some(Conflict::TwoCustomers { counts: counts.clone(), other: tie.clone() })
            }
            Fate::Joins | Fate::Weak | Fate::Superseded | Fate::OverLimit => None,
        })
    }

    fn newest_of(&self, leaf: CustomerId) -> Option<&Tie> {
        let of_leaf =
            self.edges.values().map(|(tie, _)| tie).filter(|tie| tie.from == leaf && is_strong(tie));
        of_leaf.max_by(|one, other| one.moment.cmp(&other.moment))
    }

    fn leads_out(&self, tie: &Tie) -> bool {
        self.has(tie.from) != self.has(tie.to)
    }

    /// How many leaves of a sort are asserted to be this leaf's.
    pub fn asserted(&self, to: CustomerId, sort: LeafKind) -> usize {
        let counts = |tie: &&Tie| matches!(tie.kind, TieKind::Alias(kind, _) if tie.to == to && class(kind) == class(sort));
        self.inner().filter(counts).count()
    }
}

fn is_strong(tie: &Tie) -> bool {
    matches!(tie.kind, TieKind::Alias(_, Confidence::Strong))
}

/// Of each leaf the newest strong assertion.
fn newest_of_each_leaf(ties: &BTreeMap<EdgeId, Tie>) -> HashMap<CustomerId, EdgeId> {
    let mut newest: HashMap<CustomerId, (&Moment, EdgeId)> = HashMap::new();
    for (id, tie) in ties.iter().filter(|(_, tie)| is_strong(tie)) {
        let known = newest.entry(tie.from).or_insert((&tie.moment, *id));
        if (&tie.moment, *id) > *known {
            *known = (&tie.moment, *id);
        }
    }
    newest.into_iter().map(|(leaf, (_, id))| (leaf, id)).collect()
}

/// What becomes of an edge, those before it known.
fn fate(
    id: EdgeId,
    tie: &Tie,
    newest: &HashMap<CustomerId, EdgeId>,
    sets: &mut Sets,
    used: &mut HashMap<(CustomerId, Class), usize>,
) -> Fate {
    if !tie.links() {
        return Fate::Weak;
    }
    if let TieKind::Alias(kind, _) = tie.kind {
        if newest.get(&tie.from) != Some(&id) {
            return Fate::Superseded;
        }
        let used = used.entry((tie.to, class(kind))).or_default();
        if class(kind).limit().is_some_and(|limit| *used >= limit) {
            return Fate::OverLimit;
        }
        *used += 1;
    }
    match sets.join(tie.from, tie.to, limits::CUSTOMER_LEAVES) {
        Joined::Now => Fate::Joins,
        Joined::Before if tie.kind == TieKind::Merge => Fate::Repeats,
        Joined::Before => Fate::Joins,
        Joined::TooLarge => Fate::OverLimit,
    }
}

/// Sorts of leaves that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Contact,
    Site,
    Other,
}

pub(super) const fn class(kind: LeafKind) -> Class {
    match kind {
        LeafKind::ContactEmail | LeafKind::Phone => Class::Contact,
        LeafKind::Site => Class::Site,
        LeafKind::Account | LeafKind::Asset | LeafKind::Billing => Class::Other,
    }
}

impl Class {
    /// How many of them may be asserted to be one leaf's.
    pub(super) const fn limit(self) -> Option<usize> {
        match self {
            Self::Contact => Some(limits::CUSTOMER_CONTACTS),
            Self::Site => Some(limits::CUSTOMER_SITES),
            Self::Other => None,
        }
    }
}
