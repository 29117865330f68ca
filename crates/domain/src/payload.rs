//! What an event says, as far as the fold asks; the terms of it stand in [`terms`]. A payload is what a message is read into and what a
//! command writes; what only timelines show stays in [`crate::Event::data`].

mod terms;

use jiff::Timestamp;

pub use self::terms::{Assignment, Basis, Link, LinkKind, OfferTerms, Report, Retraction};
use crate::{
    AsReported, AssistTerms, ClockName, DeferralTerms, Department, EndCause, ItemRef, Mark, Person, PingId,
    PingTerms, PolicyVersion, PromiseTerms, Rank, Reference, Severity, Stepped, Talk, Verdict,
    WorkaroundTerms, identity::CustomerFact,
};

/// What an event says, as far as the fold asks. What only timelines show stays in [`crate::Event::data`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// `issue.reported`, and `contact.missed` that names no issue.
    Reported(Report),
    /// Shown in the timeline, changes nothing: notes, contacts, automatic replies.
    Noted,
    /// `contact.logged`.
    ContactLogged(Talk),
    /// `clock.warned` and `clock.breached` of a customer's clock, by Davy's escalator.
    SilenceMarked {
        /// Which: the one that began then.
        since: Timestamp,
        /// What is said of it.
        mark: Mark,
        /// When it runs out.
        deadline: Timestamp,
    },
    /// `issue.severity_changed`.
    SeverityChanged {
        /// The assessed severity.
        to: Severity,
        /// The tool's own word.
        word: Option<String>,
    },
    /// `issue.acknowledged`.
    Acknowledged {
        /// Such as `mail`.
        channel: Option<String>,
        /// When the customer hears more, as they were told.
        next: Option<Timestamp>,
    },
    /// `owner.assigned`.
    Assigned(Assignment),
    /// `owner.accepted`.
    Accepted {
        /// Who took it.
        person: Person,
        /// In which department, if not the origin's.
        department: Option<Department>,
    },
    /// `owner.declined`.
    Declined,
    /// `handoff.offered`.
    Offered(OfferTerms),
    /// `handoff.accepted`.
    OfferAccepted {
        /// Who took it.
        person: Person,
        /// Whether they said back what it is about and what comes next.
        read_back: bool,
    },
    /// `handoff.declined`.
    OfferDeclined {
        /// Who should be asked instead.
        instead: Option<Department>,
    },
    /// `handoff.withdrawn`.
    OfferWithdrawn,
    /// `issue.resolved`.
    Resolved,
    /// `issue.closed`.
    Closed(Basis),
    /// `issue.reopened`.
    Reopened,
    /// `issue.withdrawn`.
    Withdrawn,
    /// `issue.reinstated`.
    Reinstated,
    /// `link.added`.
    LinkAdded(Link),
    /// `link.removed`.
    LinkRemoved(Link),
    /// `issue.customer_corrected`.
    CustomerCorrected {
        /// Whose issue it is.
        to: AsReported,
    },
    /// `issue.known_as`: another reference of the same issue.
    KnownAs {
        /// The reference.
        reference: Reference,
    },
    /// `assist.requested`.
    AssistRequested(AssistTerms),
    /// `assist.accepted`.
    AssistAccepted {
        /// Which.
        item: ItemRef,
        /// Who does the work.
        person: Person,
    },
    /// `assist.answered`.
    AssistAnswered {
        /// Which.
        item: ItemRef,
        /// Nobody had asked: the help itself is what is recorded.
        unrequested: bool,
    },
    /// `assist.declined`.
    AssistDeclined {
        /// Which.
        item: ItemRef,
    },
    /// `assist.cancelled`.
    AssistCancelled {
        /// Which.
        item: ItemRef,
    },
    /// `deferral.requested`.
    DeferralRequested(DeferralTerms),
    /// `deferral.approved`.
    DeferralApproved {
        /// Which.
        item: ItemRef,
    },
    /// `deferral.denied`.
    DeferralDenied {
        /// Which.
        item: ItemRef,
    },
    /// `deferral.cancelled`.
    DeferralCancelled {
        /// Which.
        item: ItemRef,
    },
    /// `deferral.ended`, by Davy's escalator.
    DeferralEnded {
        /// Which.
        item: ItemRef,
        /// Why.
        cause: EndCause,
    },
    /// `promise.made`.
    PromiseMade(PromiseTerms),
    /// `promise.kept`.
    PromiseKept {
        /// Which.
        item: ItemRef,
    },
    /// `promise.renegotiated`.
    PromiseRenegotiated {
        /// Which.
        item: ItemRef,
        /// Until when instead.
        due: Timestamp,
    },
    /// `promise.broken`, by Davy's escalator.
    PromiseBroken {
        /// Which.
        item: ItemRef,
    },
    /// `workaround.applied`.
    WorkaroundApplied(WorkaroundTerms),
    /// `workaround.reviewed`.
    WorkaroundReviewed {
        /// Which.
        item: ItemRef,
        /// What the department that owns the matter says.
        verdict: Verdict,
    },
    /// `issue.customer_input_requested`.
    CustomerAsked {
        /// The question went out: a channel and an instant are named.
        proven: bool,
    },
    /// `issue.customer_replied`.
    CustomerReplied {
        /// By a machine.
        auto: bool,
    },
    /// `issue.customer_wait_lapsed`, by Davy's escalator: nobody waits for the customer's answer any more.
    CustomerWaitLapsed {
        /// When they were asked.
        asked: Timestamp,
        /// Until when they had time.
        deadline: Timestamp,
    },
    /// `issue.customer_chased`.
    CustomerChased,
    /// `issue.external_wait_started`.
    ExternalWaitStarted {
        /// Until when the other one is to deliver.
        due: Option<Timestamp>,
    },
    /// `issue.external_wait_ended`.
    ExternalWaitEnded,
    /// `invoice.withheld`.
    InvoiceWithheld {
        /// Its number.
        invoice: String,
    },
    /// `invoice.released`.
    InvoiceReleased {
        /// Its number.
        invoice: String,
    },
    /// `issue.update_sent`: the customer heard how it stands.
    UpdateSent {
        /// When they hear more, as they were told.
        next: Option<Timestamp>,
    },
    /// `clock.warned` and `clock.breached`, by Davy's escalator.
    ClockMarked {
        /// Which clock.
        clock: ClockName,
        /// What of it.
        mark: Mark,
        /// The deadline that it had then.
        deadline: Timestamp,
    },
    /// `run.stepped`, by Davy's escalator.
    RunStepped(Box<Stepped>),
    /// `run.escalated`: somebody does not want to wait for the next step.
    RunEscalated {
        /// Whose run.
        department: Department,
    },
    /// `run.snoozed`: somebody asks for silence.
    RunSnoozed {
        /// Whose run.
        department: Department,
        /// Until when.
        until: Timestamp,
    },
    /// `run.migrated`: it goes by a newer version of its policy.
    RunMigrated {
        /// Whose run.
        department: Department,
        /// Which one, as of where.
        policy: PolicyVersion,
    },
    /// `ping.requested`, by Davy's escalator.
    PingRequested(Box<PingTerms>),
    /// `ping.attempted`, by a pager: it claims the ping.
    PingAttempted {
        /// Which.
        ping: PingId,
        /// How often it is tried with this, from 1.
        attempt: u32,
        /// Which pager.
        by: String,
    },
    /// `ping.delivered`, by a pager.
    PingDelivered {
        /// Which.
        ping: PingId,
        /// By which attempt.
        attempt: u32,
    },
    /// `ping.failed`, by a pager.
    PingFailed {
        /// Which.
        ping: PingId,
        /// Which attempt.
        attempt: u32,
        /// When it may be tried again; absent: it failed for good.
        retry_at: Option<Timestamp>,
    },
    /// `ping.throttled`, by a pager: its contact has got enough for now.
    PingThrottled {
        /// Which.
        ping: PingId,
        /// Until when, as far as the pager knows.
        until: Timestamp,
    },
    /// `ping.acknowledged`: somebody answers a ping.
    PingAnswered {
        /// Which.
        ping: PingId,
    },
    /// `handoff.timed_out`, by Davy's escalator.
    OfferTimedOut {
        /// Which.
        item: ItemRef,
    },
    /// `handoff.due`, by Davy's escalator: the owner went off shift.
    HandOverDue {
        /// When the shift ended or, where nobody took the issue over since, when another one began.
        ended: Timestamp,
    },
    /// `assist.timed_out`, by Davy's escalator: it stays asked for.
    AssistTimedOut {
        /// Which.
        item: ItemRef,
    },
    /// `owner.orphaned`, by Davy's escalator: the owner or their department is gone.
    Orphaned,
    /// What is said about a customer, and no issue.
    Customer(CustomerFact),
    /// `event.retracted`.
    Retracted(Retraction),
    /// Of a type or version that this Davy does not know.
    Unknown,
}

impl Payload {
    pub(crate) const fn rank(&self) -> Rank {
        match self {
            Self::Reported(_) => Rank::Report,
            Self::Noted
            | Self::SeverityChanged { .. }
            | Self::Acknowledged { .. }
            | Self::Assigned(_)
            | Self::Accepted { .. }
            | Self::Declined
            | Self::Offered(_)
            | Self::OfferAccepted { .. }
            | Self::OfferDeclined { .. }
            | Self::OfferWithdrawn
            | Self::ContactLogged(_)
            | Self::SilenceMarked { .. }
            | Self::Resolved
            | Self::Closed(_)
            | Self::Reopened
            | Self::Withdrawn
            | Self::Reinstated
            | Self::LinkAdded(_)
            | Self::LinkRemoved(_)
            | Self::CustomerCorrected { .. }
            | Self::KnownAs { .. }
            | Self::AssistRequested(_)
            | Self::AssistAccepted { .. }
            | Self::AssistAnswered { .. }
            | Self::AssistDeclined { .. }
            | Self::AssistCancelled { .. }
            | Self::DeferralRequested(_)
            | Self::DeferralApproved { .. }
            | Self::DeferralDenied { .. }
            | Self::DeferralCancelled { .. }
            | Self::DeferralEnded { .. }
            | Self::PromiseMade(_)
            | Self::PromiseKept { .. }
            | Self::PromiseRenegotiated { .. }
            | Self::PromiseBroken { .. }
            | Self::WorkaroundApplied(_)
            | Self::WorkaroundReviewed { .. }
            | Self::CustomerAsked { .. }
            | Self::CustomerReplied { .. }
            | Self::CustomerWaitLapsed { .. }
            | Self::CustomerChased
            | Self::ExternalWaitStarted { .. }
            | Self::ExternalWaitEnded
            | Self::InvoiceWithheld { .. }
            | Self::InvoiceReleased { .. }
            | Self::UpdateSent { .. }
            | Self::ClockMarked { .. }
            | Self::RunStepped(_)
            | Self::RunEscalated { .. }
            | Self::RunSnoozed { .. }
            | Self::RunMigrated { .. }
            | Self::PingRequested(_)
            | Self::PingAttempted { .. }
            | Self::PingDelivered { .. }
            | Self::PingFailed { .. }
            | Self::PingThrottled { .. }
            | Self::PingAnswered { .. }
            | Self::OfferTimedOut { .. }
            | Self::HandOverDue { .. }
            | Self::AssistTimedOut { .. }
            | Self::Orphaned
            | Self::Customer(_)
            | Self::Retracted(_)
            | Self::Unknown => Rank::Other,
        }
    }
}
