//! What goes on within an issue beside its owner.

use domain::{
    Assist, AssistState, Deferral, DeferralState, EndCause, Floors, Issue, Link, LinkKind, Offer, Promise,
    PromiseOrigin, PromiseState, Severity, Since, Verdict, Waiting, Work, Workaround,
};
use jiff::Timestamp;
use proto::v1::{self, assist, deferral, promise};

use super::{count, offer, person, severity, timestamp};

/// All of it.
pub fn work(issue: &Issue) -> v1::IssueWork {
    let Work { assists, deferrals, promises, workarounds } = &issue.work;
    let Waiting { customer, external } = &issue.waiting;
    let since = |since: &Option<Since>| since.as_ref().map(|since| timestamp(since.at));
    v1::IssueWork {
        hand_off: issue.custody.offer.as_ref().map(hand_off),
        bounces: count(issue.custody.bounces),
        assists: assists.iter().map(assist).collect(),
        deferrals: deferrals.iter().map(deferral).collect(),
        promises: promises.iter().map(promise).collect(),
        workarounds: workarounds.iter().map(workaround).collect(),
        waiting_customer_since: since(customer),
        waiting_external_since: since(external),
        assessed_severity: raised(issue).map_or(v1::Severity::Unspecified, severity).into(),
        severity_floors: floors(issue),
        chasers: count(issue.floors.chasers),
        links: issue.links.iter().map(link).collect(),
    }
}

/// What was assessed, where the severity that is shown is a worse one.
fn raised(issue: &Issue) -> Option<Severity> {
    (issue.severity() != issue.assessed).then_some(issue.assessed)
}

/// The floors that raise the severity, each by itself.
fn floors(issue: &Issue) -> Vec<String> {
    let Floors { safety, withheld, chasers } = &issue.floors;
    let alone = [
        ("safety", Floors { safety: *safety, ..Floors::default() }),
        ("invoice_withheld", Floors { withheld: withheld.clone(), ..Floors::default() }),
        ("chasers", Floors { chasers: *chasers, ..Floors::default() }),
    ];
    let raising = alone.into_iter().filter(|(_, floor)| floor.raise(issue.assessed) != issue.assessed);
    raising.map(|(name, _)| name.to_owned()).collect()
}

fn hand_off(open: &Offer) -> v1::HandOffOffer {
    v1::HandOffOffer { id: open.id.to_string(), offer: Some(offer(open)), missing: open.missing.clone() }
}

fn link(link: &Link) -> v1::IssueLink {
    let Link { kind, other } = link;
    v1::IssueLink { kind: link_kind(*kind).into(), issue_id: other.to_string() }
}

const fn link_kind(kind: LinkKind) -> v1::LinkKind {
    match kind {
        LinkKind::DuplicateOf => v1::LinkKind::DuplicateOf,
        LinkKind::RecurrenceOf => v1::LinkKind::RecurrenceOf,
        LinkKind::Related => v1::LinkKind::Related,
        LinkKind::Distinct => v1::LinkKind::Distinct,
        LinkKind::BlockedBy => v1::LinkKind::BlockedBy,
    }
}

/// Work asked of another department.
fn assist(assist: &Assist) -> v1::Assist {
    let Assist { id, terms, from, state, since } = assist;
    let domain::AssistTerms { department, person: asked, question, due, blocking } = terms;
    let (shown, doer, ended_at, unrequested) = match state {
        AssistState::Requested => (assist::State::Requested, None, None, false),
        AssistState::Accepted { by } => (assist::State::Accepted, Some(by), None, false),
        AssistState::Answered { at, unrequested } => (assist::State::Answered, None, Some(*at), *unrequested),
        AssistState::Declined { at } => (assist::State::Declined, None, Some(*at), false),
        AssistState::Cancelled { at } => (assist::State::Cancelled, None, Some(*at), false),
    };
    v1::Assist {
        id: id.to_string(),
        state: shown.into(),
        department: department.to_string(),
        person: doer.or(asked.as_ref()).map(person),
        from_department: from.to_string(),
        question: question.clone(),
        due: due.map(timestamp),
        blocking: *blocking,
        unrequested,
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
        ended_at: ended_at.map(timestamp),
    }
}

/// A postponement.
fn deferral(deferral: &Deferral) -> v1::Deferral {
    let Deferral { id, terms, from, by, state, since } = deferral;
    let domain::DeferralTerms { until, reason, told_at } = terms;
    let (approved_by, end_cause) = match state {
        DeferralState::Approved { by, .. } => (by.as_ref().map(person), None),
        DeferralState::Ended { cause, .. } => (None, Some(end(*cause))),
        DeferralState::Requested | DeferralState::Denied { .. } => (None, None),
    };
    let (state, changed_at) = deferral_state(state);
    v1::Deferral {
        id: id.to_string(),
        state: state.into(),
        until: Some(timestamp(*until)),
        reason: reason.clone(),
        told_at: told_at.map(timestamp),
        from_department: from.to_string(),
        requested_by: by.as_ref().map(person),
        approved_by,
        end_cause: end_cause.unwrap_or_default().into(),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
        changed_at: changed_at.map(timestamp),
    }
}

const fn deferral_state(state: &DeferralState) -> (deferral::State, Option<Timestamp>) {
    match state {
        DeferralState::Requested => (deferral::State::Requested, None),
        DeferralState::Approved { at, .. } => (deferral::State::Approved, Some(*at)),
        DeferralState::Denied { at } => (deferral::State::Denied, Some(*at)),
        DeferralState::Ended { at, .. } => (deferral::State::Ended, Some(*at)),
    }
}

const fn end(cause: EndCause) -> deferral::EndCause {
    match cause {
        EndCause::Expired => deferral::EndCause::Expired,
        EndCause::Broken => deferral::EndCause::Broken,
        EndCause::Cancelled => deferral::EndCause::Cancelled,
        EndCause::Settled => deferral::EndCause::Settled,
    }
}

/// An undertaking to the customer.
fn promise(promise: &Promise) -> v1::Promise {
    let Promise { id, terms, renegotiated, state, since } = promise;
    let domain::PromiseTerms { what, to, by, due, origin } = terms;
    let (state, ended_at) = match *state {
        PromiseState::Open => (promise::State::Open, None),
        PromiseState::Kept { at } => (promise::State::Kept, Some(at)),
        PromiseState::KeptLate { at } => (promise::State::KeptLate, Some(at)),
        PromiseState::Broken { at } => (promise::State::Broken, Some(at)),
    };
    v1::Promise {
        id: id.to_string(),
        state: state.into(),
        what: what.clone(),
        to: to.clone().unwrap_or_default(),
        by: by.as_ref().map(person),
        due: Some(timestamp(*due)),
        origin: promise_origin(*origin).into(),
        renegotiated: count(*renegotiated),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
        ended_at: ended_at.map(timestamp),
    }
}

const fn promise_origin(origin: PromiseOrigin) -> v1::PromiseOrigin {
    match origin {
        PromiseOrigin::Issue => v1::PromiseOrigin::Issue,
        PromiseOrigin::Sale => v1::PromiseOrigin::Sale,
        PromiseOrigin::AfterSale => v1::PromiseOrigin::AfterSale,
        PromiseOrigin::Callback => v1::PromiseOrigin::Callback,
    }
}

/// A quick fix.
fn workaround(workaround: &Workaround) -> v1::Workaround {
    let Workaround { id, terms, from, verdict, since } = workaround;
    let domain::WorkaroundTerms { description, done_at } = terms;
    let verdict = match verdict {
        None => v1::WorkaroundVerdict::Unspecified,
        Some(Verdict::Safe) => v1::WorkaroundVerdict::Safe,
        Some(Verdict::NeedsFix) => v1::WorkaroundVerdict::NeedsFix,
        Some(Verdict::Unsafe) => v1::WorkaroundVerdict::Unsafe,
    };
    v1::Workaround {
        id: id.to_string(),
        description: description.clone(),
        done_at: done_at.map(timestamp),
        from_department: from.to_string(),
        verdict: verdict.into(),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
    }
}

#[cfg(test)]
mod tests;
