//! What holds the work on an open issue up, and the customer's words, or their silence, that end it (`domain.md` 4.4 T3 to T5).

use jiff::Timestamp;

use crate::{
    Anomalies, Anomaly, Directory, Event, Issue, LastContact, TimeLimit, clock::Ticking, limits::WAIT_DAYS,
};

use super::since;

impl Issue {
    /// `issue.customer_input_requested`: the customer is waited for from the first question on. A fact has to name how and
    /// when it went out.
    pub(super) fn ask_customer(&mut self, proven: bool, event: &Event, doubts: &mut Anomalies) -> bool {
        let counts = proven || event.origin.is_own();
        if !counts {
            doubts.insert(Anomaly::PauseUnproven);
        }
        let asked = counts && self.is_worked_on(doubts);
        if asked {
            self.waiting.customer.get_or_insert_with(|| since(event));
        }
        asked
    }

    /// When the customer had so long to answer that nobody waits for them any more (`domain.md` 4.4 T4): in the calendar of
    /// the clock that their silence holds up first of all. None while nobody waits, or of history.
    pub(crate) fn wait_lapses(&self, directory: &Directory) -> Option<Timestamp> {
        let asked = self.waiting.customer.as_ref()?;
        let rests = |clock: Ticking<'_>| clock.name.kind.pauses() && !clock.since.silent;
        let resolve = self.clocks.resolve.as_ref().filter(|_| self.ticking().any(rests))?;
        resolve.since.calendar(directory).deadline(asked.at, TimeLimit::Days(WAIT_DAYS), &[])
    }

    /// `issue.customer_wait_lapsed`: void before that. From here on the clocks run again, with the time that they had left.
    pub(super) fn lapse_wait(&mut self, event: &Event, directory: &Directory) -> bool {
        let lapses = self.wait_lapses(directory).is_some_and(|at| at <= event.time);
        let lapsed = lapses && event.origin.is_own();
        if lapsed {
            self.waiting.customer = None;
        }
        lapsed
    }

    /// Whether nobody waits any more for what the customer was asked then, and they were asked nothing since.
    pub(crate) fn has_lapsed(&self, asked: Timestamp) -> bool {
        let last = self.clocks.pauses.last();
        self.waiting.customer.is_none() && last.is_some_and(|pause| pause.from == asked)
    }

    /// `issue.customer_replied`: a machine's reply is none.
    pub(super) fn hear_reply(&mut self, auto: bool) -> bool {
        if !auto {
            self.waiting.customer = None;
        }
        true
    }

    /// `issue.customer_chased`: raises the severity the third time, and nobody waits for the customer or tomorrow.
    pub(super) fn hear_chaser(&mut self, event: &Event) -> bool {
        self.waiting.customer = None;
        self.floors.chasers = self.floors.chasers.saturating_add(1);
        self.break_deferral(event);
        true
    }

    /// `contact.logged`: the timeline's alone (`contract.md` 1), but that it may end the customer's silence.
    pub(super) fn note_contact(&mut self, event: &Event) -> bool {
        LastContact::of(event).into_iter().for_each(|last| LastContact::keep_later(&mut self.contact, last));
        true
    }

    /// `issue.external_wait_started`: from the first one on.
    pub(super) fn wait_outside(&mut self, event: &Event, doubts: &mut Anomalies) -> bool {
        let waits = self.is_worked_on(doubts);
        if waits {
            self.waiting.external.get_or_insert_with(|| since(event));
        }
        waits
    }

    /// `issue.external_wait_ended`.
    pub(super) fn stop_waiting_outside(&mut self, doubts: &mut Anomalies) -> bool {
        let ended = self.waiting.external.take().is_some();
        if !ended {
            doubts.insert(Anomaly::UnknownRef);
        }
        ended
    }
}
