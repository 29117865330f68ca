//! Where an issue stands (`contract.md` 5), and whose word counts (`design.md` 5, system of record).

use jiff::SignedDuration;

use crate::{
    Anomalies, Anomaly, Directory, Event, Issue, Standing, Waiting, issue::Settled, limits::REOPEN_DAYS,
};

use super::overtaken;

impl Issue {
    /// `issue.resolved`: from open; repeated or after a close it changes nothing.
    pub(super) fn resolve(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        if !self.may_judge(event, directory, doubts) {
            return false;
        }
        match self.standing {
            Standing::Open | Standing::Withdrawn { .. } => {
                self.standing = Standing::Resolved { at: event.time };
                self.keep_told(event);
                self.settle(event);
            }
            Standing::Resolved { .. } | Standing::Closed { .. } => overtaken(event, doubts),
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
                self.settle(event);
            }
            Standing::Closed { .. } => overtaken(event, doubts),
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
        self.waiting = Waiting::default();
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
            Standing::Withdrawn { .. } => {
                overtaken(event, doubts);
                return true;
            }
        };
        self.standing = Standing::Withdrawn { from };
        self.end_holds(event);
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

    /// What an answer ends: the open offer, and what held the work up.
    fn settle(&mut self, event: &Event) {
        self.custody.offer = None;
        self.end_holds(event);
    }

    /// Nobody waits any more for what is not worked on.
    fn end_holds(&mut self, event: &Event) {
        self.waiting = Waiting::default();
        self.settle_deferrals(event);
    }

    /// Whether there is work to hold up; a bad transition otherwise.
    pub(super) fn is_worked_on(&self, doubts: &mut Anomalies) -> bool {
        let is_open = self.lifecycle().is_open();
        if !is_open {
            doubts.insert(Anomaly::BadTransition);
        }
        is_open
    }

    /// The system of record's lifecycle facts always apply, others' only while their department owns the issue. Davy's
    /// own events apply where they sort.
    pub(super) fn may_judge(&self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
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
