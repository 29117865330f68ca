//! Where an issue stands (`contract.md` 5), and whose word counts (`design.md` 5, system of record).

use jiff::SignedDuration;

use crate::{
    Anomalies, Anomaly, Directory, Event, Issue, Link, LinkKind, Standing, issue::Settled,
    limits::REOPEN_DAYS,
};

impl Issue {
    /// `issue.resolved`: from open; repeated or after a close it changes nothing.
    pub(super) fn resolve(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        if !self.may_judge(event, directory, doubts) {
            return false;
        }
        match self.standing {
            Standing::Open | Standing::Withdrawn { .. } => {
                self.standing = Standing::Resolved { at: event.time };
                self.custody.offer = None;
            }
            Standing::Resolved { .. } | Standing::Closed { .. } => {}
        }
        true
    }

    /// `issue.closed`: from resolved, or straight from open.
    pub(super) fn close(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        if !self.may_judge(event, directory, doubts) {
            return false;
        }
        match self.standing {
            Standing::Open | Standing::Resolved { .. } | Standing::Withdrawn { .. } => {
                self.standing = Standing::Closed { at: event.time };
                self.custody.offer = None;
            }
            Standing::Closed { .. } => {}
        }
        true
    }

    /// `issue.reopened`: from resolved or closed only, by anybody, whenever it comes.
    pub(super) fn reopen(&mut self, event: &Event, doubts: &mut Anomalies) -> bool {
        let at = match self.standing {
            Standing::Resolved { at } | Standing::Closed { at } => at,
            Standing::Open | Standing::Withdrawn { .. } => {
                doubts.insert(Anomaly::BadTransition);
                return false;
            }
        };
        if event.time.duration_since(at) > SignedDuration::from_hours(REOPEN_DAYS * 24) {
            doubts.insert(Anomaly::ReopenedLate);
        }
        self.standing = Standing::Open;
        self.reopens = self.reopens.saturating_add(1);
        true
    }

    /// `issue.withdrawn`: from wherever it stands; it can be reinstated there.
    pub(super) fn withdraw(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        if !self.may_judge(event, directory, doubts) {
            return false;
        }
        let from = match self.standing {
            Standing::Open => Settled::Open,
            Standing::Resolved { at } => Settled::Resolved(at),
            Standing::Closed { at } => Settled::Closed(at),
            Standing::Withdrawn { from } => from,
        };
        self.standing = Standing::Withdrawn { from };
        true
    }

    /// `issue.reinstated`: a withdrawn issue stands where it stood.
    pub(super) fn reinstate(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        if !self.may_judge(event, directory, doubts) {
            return false;
        }
        match self.standing {
            Standing::Withdrawn { from } => {
                self.standing = from.into();
                true
            }
            Standing::Open | Standing::Resolved { .. } | Standing::Closed { .. } => {
                doubts.insert(Anomaly::BadTransition);
                false
            }
        }
    }

    /// `link.added`: only `duplicate_of` changes the issue, and only its own.
    pub(super) fn link(
        &mut self,
        link: Link,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        match link.kind {
            LinkKind::DuplicateOf => {
                let counts = self.may_judge(event, directory, doubts);
                if counts {
                    self.duplicate_of = Some(link.other);
                }
                counts
            }
            LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => true,
        }
    }

    /// `link.removed`: the issue stands again where its own events put it.
    pub(super) fn unlink(
        &mut self,
        link: Link,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        match link.kind {
            LinkKind::DuplicateOf => {
                let counts = self.may_judge(event, directory, doubts);
                let linked = self.duplicate_of == Some(link.other);
                if counts && linked {
                    self.duplicate_of = None;
                } else if counts {
                    doubts.insert(Anomaly::BadTransition);
                }
                counts && linked
            }
            LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => true,
        }
    }

    /// The system of record's lifecycle facts always apply, others' only while their department owns the issue. Davy's
    /// own events apply where they sort.
    fn may_judge(&self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        let origin = event.origin.department();
        let of_record = self
            .references
            .iter()
            .find_map(|reference| directory.system_of_record(&reference.system, event.position))
            .unwrap_or(&self.heard_in);
        let counts = event.origin.is_own() || origin == of_record || *origin == self.custody.owner.department;
        if !counts {
            doubts.insert(Anomaly::NotSystemOfRecord);
        }
        counts
    }
}
