//! What events do to clocks: which begin, begin again, rest and end (`domain.md` 4.8).
//!
//! After every event, whatever it was, what holds then is compared with the clocks that are kept: so no rule of any event
//! can forget one. A few events beside that begin a clock again. The clocks of an issue that is withdrawn or a duplicate are
//! kept (see [`Issue::running_clocks`]), and a deferral in force stops none: the customer waits all the same.

mod item;
mod mark;

use jiff::SignedDuration;

use crate::{
    ActorKind, Anomalies, Anomaly, ClockKind, Clocks, Department, Directory, Event, Holding, Issue, Pause,
    Payload, Running, Standing, Started, issue::Settled, limits::HISTORY_DAYS,
};

impl Issue {
    /// Begins, begins again, rests and ends clocks after an event; `applied` says whether it did what it meant to do.
    pub(super) fn run_clocks(&mut self, event: &Event, applied: bool, directory: &Directory) {
        if self.is_unsettled() {
            let did = if applied { Some(&event.payload) } else { None };
            self.run_own(did, event, directory);
            self.run_ack(did, event, directory);
            self.run_update(did, event, directory);
            if self.clocks.resolve.is_none() {
                self.clocks.resolve = Some(self.begin(ClockKind::Resolve, event, directory));
            }
        } else {
            self.clocks.end_whole();
        }
        self.run_pause(event);
        self.run_items(event, applied);
        self.forget_announced();
    }

    /// Whether work is owed, but for a withdrawal that may be taken back and for another issue of the same matter.
    const fn is_unsettled(&self) -> bool {
        match self.standing {
            Standing::Open | Standing::Withdrawn { from: Settled::Open } => true,
            Standing::Resolved { .. }
            | Standing::Closed { .. }
            | Standing::Withdrawn { from: Settled::Resolved(_) | Settled::Closed(_) } => false,
        }
    }

    /// Until a person takes the issue. To assign it to others gives nobody more time, nor does it if somebody leaves who had
    /// not taken it; one who took it and is gone, or is so when it comes back, has to be followed by another.
    fn run_own(&mut self, did: Option<&Payload>, event: &Event, directory: &Directory) {
        if matches!(did, Some(Payload::Accepted { .. } | Payload::OfferAccepted { .. })) {
            self.clocks.own = None;
            self.clocks.orphan = None;
        }
        let owner = &self.custody.owner;
        let taken = matches!(owner.holding, Holding::Accepted { .. });
        let (back, left) = (matches!(did, Some(Payload::Reopened)), matches!(did, Some(Payload::Orphaned)));
        let owed = !taken || left || (back && owner.shown(directory, event.position).was.is_some());
        if owed && self.clocks.own.is_none() {
            let mut own = self.begin(ClockKind::Own, event, directory);
            own.since.silent |= left && self.is_history();
            self.clocks.own = Some(own);
        }
    }

    /// Until a human tells the customer who owns it; again after a reopening, also if they once were told.
    fn run_ack(&mut self, did: Option<&Payload>, event: &Event, directory: &Directory) {
        let back = matches!(did, Some(Payload::Reopened));
        if matches!(did, Some(Payload::Acknowledged { .. })) {
            self.clocks.ack = None;
        } else if self.clocks.ack.is_none() && (back || self.acknowledged.is_none()) {
            self.clocks.ack = Some(self.begin(ClockKind::Ack, event, directory));
        }
    }

    /// From one word to the customer to the next, once they were told who owns the issue. A letter of theirs begins it anew
    /// if we spoke last, so that more letters give us no more time; nor does one that comes when we are late already.
    fn run_update(&mut self, did: Option<&Payload>, event: &Event, directory: &Directory) {
        if self.clocks.ack.is_some() {
            return;
        }
        let begins = match did {
            Some(Payload::Acknowledged { .. } | Payload::UpdateSent { .. }) => {
                self.clocks.unanswered = false;
                true
            }
            Some(Payload::CustomerReplied { auto: false }) => {
                let first = !std::mem::replace(&mut self.clocks.unanswered, true);
                first && !self.is_update_late(event, directory)
            }
            Some(Payload::CustomerChased) => {
                self.clocks.unanswered = true;
                false
            }
            Some(_) | None => false,
        };
        if begins {
            self.clocks.update = Some(self.begin(ClockKind::Update, event, directory));
        }
    }

    fn is_update_late(&self, event: &Event, directory: &Directory) -> bool {
        let update = self.kept_clocks().find(|clock| clock.name.kind == ClockKind::Update);
        let deadline = update.and_then(|clock| clock.deadline(self.severity(), directory));
        deadline.is_some_and(|deadline| deadline < event.time)
    }

    /// `issue.update_sent`: a machine's word is none (`domain.md` 4.6).
    pub(super) fn send_update(event: &Event, doubts: &mut Anomalies) -> bool {
        match event.actor.kind {
            ActorKind::Human => true,
            ActorKind::Bot | ActorKind::System => {
                doubts.insert(Anomaly::NotHuman);
                false
            }
        }
    }

    /// Nothing of `update` and `resolve` is used up while the customer was asked something.
    fn run_pause(&mut self, event: &Event) {
        let waits = self.waiting.customer.is_some();
        let has_room = self.clocks.can_pause();
        let Clocks { update, resolve, pauses, .. } = &mut self.clocks;
        if update.is_none() && resolve.is_none() {
            pauses.clear();
            return;
        }
        match pauses.last_mut() {
            Some(last) if last.until.is_none() => {
                if !waits && event.time > last.from {
                    last.until = Some(event.time);
                } else if !waits {
                    pauses.pop();
                }
            }
            Some(_) | None if waits && has_room => pauses.push(Pause { from: event.time, until: None }),
            Some(_) | None => {}
        }
    }

    /// The next cycle of a clock of the issue as a whole. It is a clock of the owner's department, and `resolve` comes a second
    /// time only after a reopening.
    fn begin(&mut self, kind: ClockKind, event: &Event, directory: &Directory) -> Running {
        let began = self.clocks.count(kind);
        let department = self.custody.owner.department.clone();
        let mut since = self.started(kind, department, event);
        if kind.is_owed_to_customer() {
            since.calendar = self.customers_calendar(event, directory);
        }
        Running { cycle: began, since, halved: kind == ClockKind::Resolve && began > 1 }
    }

    /// What is owed to the customer is owed since it happened, and not since before the report. A department can act only
    /// on what it could know.
    fn started(&self, kind: ClockKind, department: Department, event: &Event) -> Started {
        let at = if kind.is_owed_to_customer() {
            event.time.max(self.since())
        } else {
            event.time.max(event.stored_at)
        };
        Started { at, position: event.position, department, calendar: None, silent: is_history(event) }
    }

    /// The one that the customer has as of the event, and none that they get later (`domain.md` 4.8, "calendar" and
    /// "pinned").
    fn customers_calendar(&self, event: &Event, directory: &Directory) -> Option<String> {
        if !directory.knows_customers() {
            return None;
        }
        let customer = self.customer_id()?;
        directory.customers_calendar(customer, event.position).map(str::to_owned)
    }

    /// Nobody is told of what is history, whoever is gone.
    fn is_history(&self) -> bool {
        self.clocks.resolve.as_ref().is_some_and(|resolve| resolve.since.silent)
    }

    /// Somebody reports it now: an import that sorts before makes no history of it.
    pub(super) fn hear_live(&mut self, event: &Event) {
        if is_history(event) {
            return;
        }
        let Clocks { own, ack, resolve, .. } = &mut self.clocks;
        [own, ack, resolve].into_iter().flatten().for_each(|clock| clock.since.silent = false);
    }

    /// What was announced of clocks that ended or began again.
    fn forget_announced(&mut self) {
        if self.clocks.announced.is_empty() {
            return;
        }
        let names: Vec<_> = self.clocks.names().collect();
        self.clocks.announced.retain(|announced| names.contains(&announced.clock));
    }
}

impl Clocks {
    fn end_whole(&mut self) {
        (self.own, self.ack, self.update, self.resolve, self.orphan) = (None, None, None, None, None);
        self.unanswered = false;
    }

    /// Counts one more beginning.
    fn count(&mut self, kind: ClockKind) -> u32 {
        let [own, ack, update, resolve, orphan] = &mut self.began;
        let mut of_item = 0;
        let began = match kind {
            ClockKind::Own => own,
            ClockKind::Ack => ack,
            ClockKind::Update => update,
            ClockKind::Resolve => resolve,
            ClockKind::Orphan => orphan,
            ClockKind::HandOffAccept | ClockKind::AssistAnswer | ClockKind::Promise | ClockKind::Deferral => {
                &mut of_item
            }
        };
        *began = began.saturating_add(1);
        *began
    }
}

/// What was brought in afterwards, or was 90 days old when it was first seen (`design.md` 5).
pub(super) fn is_history(event: &Event) -> bool {
    let age = event.stored_at.duration_since(event.time);
    event.backfill || age > SignedDuration::from_hours(HISTORY_DAYS * 24)
}
