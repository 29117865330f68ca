//! The fold: events of one issue, in order, to its state. Total and deterministic: no clock, no randomness, no look at
//! another issue, and at the directory only as of each event's own position.
//!
//! Deliberately absent: duplicates and conflicts, which are settled before (the engine asks the stored events of the
//! issue), and who is shown as owner, which depends on the reader's position ([`crate::Owner::shown`]).

mod assist;
mod clock;
mod custody;
mod deferral;
mod doubt;
mod floor;
mod hand_off;
mod item;
mod lifecycle;
mod link;
mod open;
mod promise;
mod replay;
mod report;
mod restriction;
mod run;
mod strike;
mod waiting;
mod workaround;

pub(crate) use hand_off::missing;
pub use replay::{fold, listed_under, replay, replay_joined, replay_own, replay_with, stands};
pub(crate) use strike::Strikes;

use doubt::{judge_command, note_gone, overtaken};

use crate::{
    Announced, Anomalies, Anomaly, AsReported, Custody, Department, Directory, EndCause, Event, Issue,
    IssueId, Payload, Position, Since, Standing,
};

/// What became of an event within its issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What it did.
    pub effect: Effect,
    /// Why it did nothing, or with which doubts it did.
    pub anomalies: Anomalies,
}

/// What an event did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// What it meant to do.
    Applied,
    /// It was recorded and changed nothing that it meant to change.
    #[default]
    NotApplied,
    /// It was struck out, and is passed over as if it had never been.
    Retracted {
        /// Where the first retraction of it in order stands.
        by: Position,
    },
}

impl Issue {
    /// The issue before its first event in order is applied: at the desk of the department that heard it.
    pub fn named_by(id: IssueId, event: &Event) -> Self {
        open::named_by(id, event)
    }

    /// Whether the event sorts before one that was applied already, so that the issue must be folded again.
    pub fn is_late(&self, event: &Event) -> bool {
        self.event_count > 0 && event.order() < self.last_key.as_key()
    }

    /// Applies the next event in order. Retractions, and what they strike out, are for [`replay_with`].
    pub fn apply(&mut self, event: &Event, directory: &Directory) -> Applied {
        let mut doubts = event.anomalies;
        self.note(event);
        self.settle_customer(event, &mut doubts);
        let before = self.severity();
        let applied = self.change(event, directory, &mut doubts);
        if self.severity().rank() < before.rank() {
            self.break_deferral(event);
        }
        self.run_clocks(event, applied, directory);
        self.renew_lease(event, directory);
        self.note_given(event, applied, directory);
        self.settle_runs(event);
        judge_command(event, &mut doubts);
        self.anomalies.extend(doubts);
        let effect = if applied { Effect::Applied } else { Effect::NotApplied };
        Applied { effect, anomalies: doubts }
    }

    /// Takes in the next event in order, which changes nothing that it meant to change, for a reason that lies in other
    /// events.
    fn set_aside(&mut self, event: &Event, doubt: Anomaly, directory: &Directory) -> Applied {
        let mut doubts = event.anomalies;
        doubts.insert(doubt);
        self.note(event);
        self.settle_customer(event, &mut doubts);
        self.run_clocks(event, false, directory);
        judge_command(event, &mut doubts);
        self.anomalies.extend(doubts);
        Applied { effect: Effect::NotApplied, anomalies: doubts }
    }

    fn change(&mut self, event: &Event, directory: &Directory, doubts: &mut Anomalies) -> bool {
        match &event.payload {
            Payload::Reported(report) => self.report(report, event, doubts),
            Payload::Noted => true,
            Payload::ContactLogged(_) => self.note_contact(event),
            Payload::SeverityChanged { to, word } => self.assess(*to, word.as_deref()),
            Payload::Acknowledged { channel, next } => {
                let told = self.acknowledge(event, channel.as_deref(), doubts);
                self.tell_customer(told, *next, event, doubts)
            }
            Payload::Assigned(assignment) => self.assign(assignment, event, directory, doubts),
            Payload::Accepted { person, department } => {
                self.accept(person, department.as_ref(), event, directory, doubts)
            }
            Payload::Declined => self.decline(event),
            Payload::Offered(terms) => self.offer(terms, event, directory, doubts),
            Payload::OfferAccepted { person, read_back } => {
                self.accept_offer(person, *read_back, event, directory, doubts)
            }
            Payload::OfferDeclined { instead: _ } => self.decline_offer(event, doubts),
            Payload::OfferWithdrawn => self.withdraw_offer(doubts),
            Payload::Resolved => self.resolve(event, directory, doubts),
            Payload::Closed(_) => self.close(event, directory, doubts),
            Payload::Reopened => self.reopen(event, doubts),
            Payload::Withdrawn => self.withdraw(event, directory, doubts),
            Payload::Reinstated => self.reinstate(event, directory, doubts),
            Payload::LinkAdded(link) => self.link(*link, event, directory, doubts),
            Payload::LinkRemoved(link) => self.unlink(*link, event, directory, doubts),
            Payload::CustomerCorrected { to } => self.correct_customer(to),
            Payload::KnownAs { reference } => self.know_as(reference, doubts),
            Payload::AssistRequested(terms) => self.request_assist(terms, event, directory, doubts),
            Payload::AssistAccepted { item, person } => self.accept_assist(item, person, event, doubts),
            Payload::AssistAnswered { item, unrequested } => {
                self.answer_assist(item, *unrequested, event, doubts)
            }
            Payload::AssistDeclined { item } => self.decline_assist(item, event, doubts),
            Payload::AssistCancelled { item } => self.cancel_assist(item, event, doubts),
            Payload::DeferralRequested(terms) => self.request_deferral(terms, event, doubts),
            Payload::DeferralApproved { item } => self.approve_deferral(item, event, directory, doubts),
            Payload::DeferralDenied { item } => self.deny_deferral(item, event, doubts),
            Payload::DeferralCancelled { item } => {
                self.end_deferral(item, EndCause::Cancelled, event, doubts)
            }
            Payload::DeferralEnded { item, cause } => self.end_deferral(item, *cause, event, doubts),
            Payload::PromiseMade(terms) => self.make_promise(terms, event, doubts),
            Payload::PromiseKept { item } => self.keep_promise(item, event, doubts),
            Payload::PromiseRenegotiated { item, due } => self.renegotiate_promise(item, *due, event, doubts),
            Payload::PromiseBroken { item } => self.break_promise(item, event, doubts),
            Payload::WorkaroundApplied(terms) => self.apply_workaround(terms, event, doubts),
            Payload::WorkaroundReviewed { item, verdict } => {
                self.review_workaround(item, *verdict, event, doubts)
            }
            Payload::CustomerAsked { proven } => self.ask_customer(*proven, event, doubts),
            Payload::CustomerReplied { auto } => self.hear_reply(*auto),
            Payload::CustomerWaitLapsed { .. } => self.lapse_wait(event, directory),
            Payload::CustomerChased => self.hear_chaser(event),
            Payload::ExternalWaitStarted { due: _ } => self.wait_outside(event, doubts),
            Payload::ExternalWaitEnded => self.stop_waiting_outside(doubts),
            Payload::InvoiceWithheld { invoice } => self.withhold(invoice, event, doubts),
            Payload::InvoiceReleased { invoice } => self.release(invoice, doubts),
            Payload::UpdateSent { next } => {
                let told = Self::send_update(event, doubts);
                self.tell_customer(told, *next, event, doubts)
            }
            Payload::ClockMarked { clock, mark, deadline } => {
                let mark = Announced { clock: *clock, mark: *mark, deadline: *deadline, at: event.time };
                self.mark_clock(&mark, event, directory)
            }
            Payload::RunStepped(stepped) => self.step_run(stepped, event),
            Payload::RunEscalated { department } => self.escalate_run(department, event, doubts),
            Payload::RunSnoozed { department, until } => self.snooze_run(department, *until, doubts),
            Payload::RunMigrated { department, policy } => {
                self.migrate_run(department, policy, directory, doubts)
            }
            Payload::PingRequested(terms) => self.request_ping(terms, event),
            Payload::PingAttempted { ping, attempt, by } => self.attempt_ping(*ping, *attempt, by, event),
            Payload::PingDelivered { ping, attempt } => self.deliver_ping(*ping, *attempt, event),
            Payload::PingFailed { ping, attempt, retry_at } => {
                self.fail_ping(*ping, *attempt, *retry_at, event)
            }
            Payload::PingThrottled { ping, until } => self.throttle_ping(*ping, *until),
            Payload::PingAnswered { ping } => self.answer_ping(*ping, event, directory, doubts),
            Payload::OfferTimedOut { item } => self.time_out_offer(item, event, directory),
            Payload::HandOverDue { ended } => self.note_hand_over(*ended, event),
            Payload::AssistTimedOut { item } => self.time_out_assist(item, event, directory),
            Payload::Orphaned => self.orphan(event, directory),
            // What it strikes out is for the replay, which sees all events.
            // What is said about a customer names no issue.
            Payload::Customer(_)
            | Payload::SilenceMarked { .. }
            | Payload::Retracted(_)
            | Payload::Unknown => false,
        }
    }

    /// What every event leaves behind, whatever it says.
    fn note(&mut self, event: &Event) {
        if let Some(reference) = event.issue.as_ref().and_then(|name| name.reference.as_ref())
            && !self.references.contains(reference)
        {
            self.references.push(reference.clone());
        }
        self.come_from(event);
        self.count(event);
    }

    /// The first message in the log that named the issue, retracted or not.
    fn come_from(&mut self, event: &Event) {
        if event.position < self.first_position {
            self.first_position = event.position;
            self.first_seen_at = event.stored_at;
            self.home = open::home(self.id, event);
        }
    }

    fn count(&mut self, event: &Event) {
        self.last_event_at = self.last_event_at.max(event.time);
        self.position = self.position.max(event.position);
        self.event_count = self.event_count.saturating_add(1);
        if self.event_count == 1 || event.order() > self.last_key.as_key() {
            self.last_key = event.order().into();
        }
    }

    /// The customer is that of the first report that knows one; until then that of the first event that does.
    fn settle_customer(&mut self, event: &Event, doubts: &mut Anomalies) {
        let is_report = matches!(event.payload, Payload::Reported(_));
        let Some(named) = &event.customer else { return };
        match &self.customer {
            Some(known) if known.leaf == named.leaf => {
                if is_report && !self.customer_settled {
                    self.customer = Some(named.clone());
                }
                self.customer_settled |= is_report;
            }
            Some(_) if self.customer_settled || !is_report => {
                if !matches!(event.payload, Payload::CustomerCorrected { .. }) {
                    doubts.insert(Anomaly::CustomerMismatch);
                }
            }
            Some(_) | None => {
                self.customer = Some(named.clone());
                self.customer_settled = is_report;
            }
        }
    }

    fn correct_customer(&mut self, to: &AsReported) -> bool {
        self.customer = Some(to.clone());
        self.customer_settled = true;
        true
    }
}

/// When and by which event something becomes so.
fn since(event: &Event) -> Since {
    Since { at: event.time, by: event.identity.clone() }
}

/// At the desk of the department that an event comes from.
fn desk(event: &Event) -> (Department, Custody) {
    let department = event.origin.department().clone();
    let custody = Custody::at_desk(department.clone(), since(event));
    (department, custody)
}

/// The standing of an issue that nothing has happened to.
const FRESH: Standing = Standing::Open;
