//! The members of a payload: the exact reverse of what the forms of `data` make of them.
//!
//! Whether an offer is complete, a hand-off was read back and a question went out is read from the words of a draft, so
//! there are no members for it.

use domain::{
    Assignment, AssistTerms, Basis, DeferralTerms, EndCause, Identity, ItemRef, Link, LinkKind, Missed,
    OfferTerms, Payload, Person, PromiseOrigin, PromiseTerms, Report, Restriction, Retraction, SILENCE,
    Severity, Talk, Verdict, WorkaroundTerms,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{escalation, members::Members};

pub(super) fn members(payload: &Payload) -> Map<String, Value> {
    let mut data = Members::default();
    write(&mut data, payload);
    data.0
}

fn write(data: &mut Members, payload: &Payload) {
    match payload {
        Payload::Reported(report) => reported(data, report),
        Payload::SeverityChanged { to, word } => severity_changed(data, *to, word.as_deref()),
        Payload::Acknowledged { channel, next } => {
            data.maybe("channel", channel.as_ref());
            data.time("next_update_due", *next);
        }
        Payload::UpdateSent { next } => data.time("next_update_due", *next),
        Payload::Assigned(assignment) => assigned(data, assignment),
        Payload::Accepted { person, department } => {
            data.person("person", Some(person));
            data.department("department", department.as_ref());
        }
        Payload::Offered(terms) => offered(data, terms),
        Payload::OfferAccepted { person, read_back: _ } => data.person("person", Some(person)),
        Payload::OfferDeclined { instead } => data.department("suggested_department", instead.as_ref()),
        Payload::Closed(basis) => data.set("basis", basis_word(*basis)),
        Payload::LinkAdded(link) | Payload::LinkRemoved(link) => linked(data, *link),
        Payload::CustomerCorrected { to } => data.customer("to", Some(to)),
        Payload::KnownAs { reference } => data.reference("reference", reference),
        Payload::AssistRequested(terms) => assist_requested(data, terms),
        Payload::AssistAccepted { item, person } => assist_accepted(data, item, person),
        Payload::AssistAnswered { item, unrequested } => {
            data.item("assist", item);
            data.flag("unrequested", *unrequested);
        }
        Payload::AssistDeclined { item } | Payload::AssistCancelled { item } => data.item("assist", item),
        Payload::DeferralRequested(terms) => deferral_requested(data, terms),
        Payload::DeferralApproved { item }
        | Payload::DeferralDenied { item }
        | Payload::DeferralCancelled { item } => data.item("deferral", item),
        Payload::DeferralEnded { item, cause } => {
            data.item("deferral", item);
            data.set("cause", cause_word(*cause));
        }
        Payload::PromiseMade(terms) => promise_made(data, terms),
        Payload::PromiseKept { item } | Payload::PromiseBroken { item } => data.item("promise", item),
        Payload::PromiseRenegotiated { item, due } => promise_renegotiated(data, item, *due),
        Payload::WorkaroundApplied(terms) => workaround_applied(data, terms),
        Payload::WorkaroundReviewed { item, verdict } => {
            data.item("workaround", item);
            data.set("verdict", verdict_word(*verdict));
        }
        Payload::CustomerReplied { auto } => data.flag("auto", *auto),
        Payload::ExternalWaitStarted { due } => data.time("due_at", *due),
        Payload::InvoiceWithheld { invoice } | Payload::InvoiceReleased { invoice } => {
            data.text("invoice_no", invoice);
        }
        Payload::Retracted(Retraction { identity }) => retracted(data, identity),
        Payload::Customer(fact) => super::customer::write(data, fact),
        Payload::ClockMarked { clock, mark: _, deadline } => {
            escalation::clock(data, clock);
            data.set("deadline", deadline.to_string());
        }
        Payload::SilenceMarked { since, mark: _, deadline } => {
            data.set("clock", SILENCE);
            data.set("since", since.to_string());
            data.set("deadline", deadline.to_string());
        }
        Payload::ContactLogged(talk) => talked(data, *talk),
        Payload::RunStepped(stepped) => escalation::stepped(data, stepped),
        Payload::RunEscalated { department } => data.department("department", Some(department)),
        Payload::RunSnoozed { department, until } => {
            data.department("department", Some(department));
            data.set("until", until.to_string());
        }
        Payload::RunMigrated { department, policy } => {
            data.department("department", Some(department));
            escalation::policy(data, policy);
        }
        Payload::PingRequested(terms) => escalation::requested(data, terms),
        Payload::PingAttempted { ping, attempt, by } => {
            escalation::attempt(data, *ping, *attempt);
            data.set("by", by.as_str());
        }
        Payload::PingDelivered { ping, attempt } => escalation::attempt(data, *ping, *attempt),
        Payload::PingFailed { ping, attempt, retry_at } => {
            escalation::attempt(data, *ping, *attempt);
            data.time("retry_at", *retry_at);
        }
        Payload::PingThrottled { ping, until } => {
            data.set("ping", ping.to_string());
            data.set("until", until.to_string());
        }
        Payload::PingAnswered { ping } => data.set("ping", ping.to_string()),
        Payload::OfferTimedOut { item } => data.item("offer", item),
        Payload::CustomerWaitLapsed { asked, deadline } => {
            data.set("asked_at", asked.to_string());
            data.set("deadline", deadline.to_string());
        }
        Payload::HandOverDue { ended } => data.set("ended", ended.to_string()),
        Payload::AssistTimedOut { item } => data.item("assist", item),
        Payload::Noted
        | Payload::Orphaned
        | Payload::Declined
        | Payload::OfferWithdrawn
        | Payload::Resolved
        | Payload::Reopened
        | Payload::Withdrawn
        | Payload::Reinstated
        | Payload::CustomerAsked { proven: _ }
        | Payload::CustomerChased
        | Payload::ExternalWaitEnded
        | Payload::Unknown => {}
    }
}

fn talked(data: &mut Members, Talk { two_way, auto, purpose }: Talk) {
    data.set("two_way", two_way);
    data.set("kind", if auto { "auto" } else { "human" });
    purpose.word().into_iter().for_each(|word| data.text("purpose", word));
}

fn reported(data: &mut Members, report: &Report) {
    let Report { title, severity, severity_word, heard_by, safety, restricted, missed } = report;
    // A contact that was missed is a report by its type; its title follows from the channel.
    if let Some(Missed { channel, mailbox }) = missed {
        data.maybe("channel", channel.as_ref());
        data.maybe("mailbox", mailbox.as_ref());
        return;
    }
    data.text("title", title);
    if *severity != Severity::Unassessed {
        data.set("severity", severity_text(*severity));
    }
    // Given and empty: no tool said any.
    data.set("source_severity", severity_word.as_deref().unwrap_or_default());
    data.person("heard_by", heard_by.as_ref());
    data.flag("safety", *safety);
    if let Some(Restriction { reason, departments }) = restricted {
        let mut members = Members::default();
        members.text("reason", reason);
        members
            .set("departments", departments.iter().map(|slug| slug.as_str().into()).collect::<Vec<Value>>());
        data.members("restricted", members.0);
    }
}

fn severity_changed(data: &mut Members, to: Severity, word: Option<&str>) {
    data.set("to", severity_text(to));
    data.set("source_severity", word.unwrap_or_default());
}

/// What [`Severity::parse`] reads; no number for none.
pub(super) const fn severity_text(severity: Severity) -> &'static str {
    match severity {
        Severity::One => "1",
        Severity::Two => "2",
        Severity::Three => "3",
        Severity::Four => "4",
        Severity::Unassessed => "unassessed",
    }
}

fn assigned(data: &mut Members, assignment: &Assignment) {
    let Assignment { department, team, person } = assignment;
    data.department("department", department.as_ref());
    data.maybe("team", team.as_ref());
    data.person("person", person.as_ref());
}

fn offered(data: &mut Members, terms: &OfferTerms) {
    let OfferTerms { department, team, person, given: _ } = terms;
    data.department("to_department", Some(department));
    data.maybe("to_team", team.as_ref());
    data.person("to_person", person.as_ref());
}

const fn basis_word(basis: Basis) -> &'static str {
    match basis {
        Basis::Confirmed => "confirmed",
        Basis::Unanswered => "unanswered",
        Basis::Source => "source",
    }
}

fn linked(data: &mut Members, link: Link) {
    let Link { kind, other } = link;
    let kind = match kind {
        LinkKind::DuplicateOf => "duplicate_of",
        LinkKind::RecurrenceOf => "recurrence_of",
        LinkKind::Related => "related",
        LinkKind::Distinct => "distinct",
        LinkKind::BlockedBy => "blocked_by",
    };
    data.set("kind", kind);
    data.set("other", other.to_string());
}

fn assist_requested(data: &mut Members, terms: &AssistTerms) {
    let AssistTerms { department, person, question, due, blocking } = terms;
    data.department("to_department", Some(department));
    data.person("to_person", person.as_ref());
    data.text("question", question);
    data.time("due_at", *due);
    data.flag("blocking", *blocking);
}

fn assist_accepted(data: &mut Members, item: &ItemRef, person: &Person) {
    data.item("assist", item);
    data.person("person", Some(person));
}

fn deferral_requested(data: &mut Members, terms: &DeferralTerms) {
    let DeferralTerms { until, reason, told_at } = terms;
    data.time("until", Some(*until));
    data.text("reason", reason);
    if told_at.is_some() {
        let mut told = Members::default();
        told.time("at", *told_at);
        data.members("customer_told", told.0);
    }
}

const fn cause_word(cause: EndCause) -> &'static str {
    match cause {
        EndCause::Expired => "expired",
        EndCause::Broken => "broken",
        EndCause::Cancelled => "cancelled",
        EndCause::Settled => "settled",
    }
}

fn promise_made(data: &mut Members, terms: &PromiseTerms) {
    let PromiseTerms { what, to, by, due, origin } = terms;
    data.text("what", what);
    data.maybe("to_contact", to.as_ref());
    data.person("by_person", by.as_ref());
    data.time("due_at", Some(*due));
    data.set(
        "origin",
        match origin {
            PromiseOrigin::Issue => "issue",
            PromiseOrigin::Sale => "sale",
            PromiseOrigin::AfterSale => "after_sale",
            PromiseOrigin::Callback => "callback",
        },
    );
}

fn promise_renegotiated(data: &mut Members, item: &ItemRef, due: Timestamp) {
    data.item("promise", item);
    data.time("new_due", Some(due));
}

fn workaround_applied(data: &mut Members, terms: &WorkaroundTerms) {
    let WorkaroundTerms { description, done_at } = terms;
    data.text("description", description);
    data.time("done_at", *done_at);
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::NeedsFix => "needs_fix",
        Verdict::Unsafe => "unsafe",
    }
}

fn retracted(data: &mut Members, identity: &Identity) {
    let Identity { source, id } = identity;
    let mut event = Members::default();
    event.set("source", source.as_str());
    event.set("id", id.as_str());
    data.members("event", event.0);
}
