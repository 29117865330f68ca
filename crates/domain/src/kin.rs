//! Which issues are one: `issue.known_as {reference: R}` about A says that the issue of R is the same matter as A
//! (`design.md` 5).
//!
//! Owns: which of several such events count. A question to all events of all issues that were ever named together: what
//! came first makes no difference. Deliberately absent: the events of an issue that is part of another one go on naming
//! it, so taking the saying back is enough to have two issues again.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Anomaly, Event, IssueId, Payload, Position, fold::Strikes};

/// Which of some issues are one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinship {
    /// What each issue that is part of another one is part of, directly.
    parents: BTreeMap<IssueId, IssueId>,
    /// Where sayings stand that join nothing, and why.
    idle: BTreeMap<Position, Anomaly>,
}

impl Kinship {
    /// Of the issues `ids`, whose events in any order are these. A saying that leads to an issue beside them joins nothing:
    /// it would make too many one.
    pub fn among<'a>(ids: &BTreeSet<IssueId>, events: impl IntoIterator<Item = &'a Event>) -> Self {
        Self::over(events, |id| ids.contains(&id))
    }

    /// Of one issue, by its events alone.
    pub(crate) fn alone<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        Self::over(events, |_| true)
    }

    fn over<'a>(events: impl IntoIterator<Item = &'a Event>, counts: impl Fn(IssueId) -> bool) -> Self {
        let mut sayings: Vec<(&Event, IssueId, IssueId)> = Vec::new();
        let mut all = Vec::new();
        for event in events {
            all.push(event);
            sayings.extend(tie(event).map(|(one, other)| (event, one, other)));
        }
        let mut kinship = Self::default();
        if sayings.is_empty() {
            return kinship;
        }
        let strikes = Strikes::among(&all);
        sayings.retain(|(event, ..)| strikes.became(event).is_none());
        sayings.sort_by(|(one, ..), (other, ..)| one.order().cmp(&other.order()));
        for (event, parent, child) in sayings {
            match kinship.doubt(parent, child, counts(child)) {
                Some(doubt) => drop(kinship.idle.insert(event.position, doubt)),
                None => drop(kinship.parents.insert(child, parent)),
            }
        }
        kinship
    }

    /// Why `child` does not become part of `parent`, after all sayings before: it is that issue, or is part of one already,
    /// or the other way round.
    fn doubt(&self, parent: IssueId, child: IssueId, counts: bool) -> Option<Anomaly> {
        if parent == child {
            Some(Anomaly::SelfLink)
        } else if !counts {
            Some(Anomaly::TooMany)
        } else if self.parents.contains_key(&child) {
            Some(Anomaly::Already)
        } else {
            (self.root(parent) == child).then_some(Anomaly::SelfLink)
        }
    }

    /// The issue that an id stands for: itself, unless it is part of another one. Each has one parent at most and none is
    /// its own ancestor, so it ends.
    pub fn root(&self, id: IssueId) -> IssueId {
        let mut root = id;
        while let Some(parent) = self.parents.get(&root) {
            root = *parent;
        }
        root
    }

    /// Why the saying at a position joins nothing.
    pub(crate) fn idle(&self, at: Position) -> Option<Anomaly> {
        self.idle.get(&at).copied()
    }
}

/// The issue that `issue.known_as` is about, and the one that is to be part of it.
pub fn tie(event: &Event) -> Option<(IssueId, IssueId)> {
    let Payload::KnownAs { reference } = &event.payload else { return None };
    Some((event.issue.as_ref()?.id, IssueId::of(reference)))
}
