//! What departments do beside owning an issue, in few words: help, postpone, promise, patch, wait, withhold.

use domain::{
    AssistTerms, DeferralTerms, EndCause, ItemRef, Payload, PromiseOrigin, PromiseTerms, Verdict,
    WorkaroundTerms,
};

use crate::draft::{Deed, clock, deed, department, person, reference};

/// An item by the id of the event that made it; `-` for the oldest that the answer fits.
pub(crate) fn item(text: &str) -> ItemRef {
    if text == "-" { ItemRef::Open } else { ItemRef::Named(text.to_owned()) }
}

pub(crate) fn known_as(system: &str, id: &str) -> Deed {
    deed("issue.known_as", Payload::KnownAs { reference: reference(system, id) })
}

pub(crate) fn assist_requested(slug: &str) -> Deed {
    let terms = AssistTerms {
        department: department(slug),
        person: None,
        question: "Which revision?".to_owned(),
        due: None,
        blocking: true,
    };
    deed("assist.requested", Payload::AssistRequested(terms))
}

pub(crate) fn assist_accepted(which: &str, name: &str) -> Deed {
    deed("assist.accepted", Payload::AssistAccepted { item: item(which), person: person(name) })
}

pub(crate) fn assist_answered(which: &str) -> Deed {
    deed("assist.answered", Payload::AssistAnswered { item: item(which), unrequested: false })
}

pub(crate) fn helped() -> Deed {
    deed("assist.answered", Payload::AssistAnswered { item: ItemRef::Open, unrequested: true })
}

pub(crate) fn assist_declined(which: &str) -> Deed {
    deed("assist.declined", Payload::AssistDeclined { item: item(which) })
}

pub(crate) fn assist_cancelled(which: &str) -> Deed {
    deed("assist.cancelled", Payload::AssistCancelled { item: item(which) })
}

pub(crate) fn deferral_requested(until: &str) -> Deed {
    let terms =
        DeferralTerms { until: clock(until), reason: "The part is not made yet".to_owned(), told_at: None };
    deed("deferral.requested", Payload::DeferralRequested(terms))
}

pub(crate) fn deferral_approved(which: &str) -> Deed {
    deed("deferral.approved", Payload::DeferralApproved { item: item(which) })
}

pub(crate) fn deferral_denied(which: &str) -> Deed {
    deed("deferral.denied", Payload::DeferralDenied { item: item(which) })
}

pub(crate) fn deferral_cancelled(which: &str) -> Deed {
    deed("deferral.cancelled", Payload::DeferralCancelled { item: item(which) })
}

pub(crate) fn deferral_ended(which: &str, cause: EndCause) -> Deed {
    deed("deferral.ended", Payload::DeferralEnded { item: item(which), cause })
}

pub(crate) fn promised(what: &str, due: &str) -> Deed {
    let terms = PromiseTerms {
        what: what.to_owned(),
        to: Some("Jo".to_owned()),
        by: None,
        due: clock(due),
        origin: PromiseOrigin::Issue,
    };
    deed("promise.made", Payload::PromiseMade(terms))
}

pub(crate) fn promise_kept(which: &str) -> Deed {
    deed("promise.kept", Payload::PromiseKept { item: item(which) })
}

pub(crate) fn promise_renegotiated(which: &str, due: &str) -> Deed {
    deed("promise.renegotiated", Payload::PromiseRenegotiated { item: item(which), due: clock(due) })
}

pub(crate) fn promise_broken(which: &str) -> Deed {
    deed("promise.broken", Payload::PromiseBroken { item: item(which) })
}

pub(crate) fn patched() -> Deed {
    let terms = WorkaroundTerms { description: "Bypassed the valve".to_owned(), done_at: None };
    deed("workaround.applied", Payload::WorkaroundApplied(terms))
}

pub(crate) fn reviewed(which: &str, verdict: Verdict) -> Deed {
    deed("workaround.reviewed", Payload::WorkaroundReviewed { item: item(which), verdict })
}

pub(crate) fn asked_customer() -> Deed {
    deed("issue.customer_input_requested", Payload::CustomerAsked { proven: true })
}

pub(crate) fn asked_customer_somehow() -> Deed {
    deed("issue.customer_input_requested", Payload::CustomerAsked { proven: false })
}

pub(crate) fn replied() -> Deed {
    deed("issue.customer_replied", Payload::CustomerReplied { auto: false })
}

pub(crate) fn replied_by_machine() -> Deed {
    deed("issue.customer_replied", Payload::CustomerReplied { auto: true })
}

pub(crate) fn chased() -> Deed {
    deed("issue.customer_chased", Payload::CustomerChased)
}

/// A contact that nobody took, of which no issue was known: a report.
pub(crate) fn missed() -> Deed {
    let mut deed = crate::draft::reported();
    if let Payload::Reported(report) = &mut deed.payload {
        report.missed = Some(domain::Missed { channel: Some("voicemail".to_owned()), mailbox: None });
    }
    Deed { type_name: "contact.missed", ..deed }
}

pub(crate) fn wait_started() -> Deed {
    deed("issue.external_wait_started", Payload::ExternalWaitStarted { due: None })
}

pub(crate) fn wait_ended() -> Deed {
    deed("issue.external_wait_ended", Payload::ExternalWaitEnded)
}

pub(crate) fn withheld(invoice: &str) -> Deed {
    deed("invoice.withheld", Payload::InvoiceWithheld { invoice: invoice.to_owned() })
}

pub(crate) fn released(invoice: &str) -> Deed {
    deed("invoice.released", Payload::InvoiceReleased { invoice: invoice.to_owned() })
}
