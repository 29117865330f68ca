//! Commands in few words.

use domain::{
    AsReported, Assignment, AssistTerms, Basis, Command, ContactTerms, DeclineCode, HandOffTerms, IssueId,
    IssueName, Item, Leaf, LinkKind, MissedTerms, NextAction, PromiseOrigin, ReportTerms, ResolutionKind,
    Severity, SignalTerms, Told, Verdict,
};
use jiff::{SignedDuration, Timestamp};

use crate::people::{MIDNIGHT, department, person, reference};

/// So many days after midnight.
pub(crate) fn day(days: i64) -> Timestamp {
    MIDNIGHT + SignedDuration::from_hours(days * 24)
}

pub(crate) fn customer(token: &str) -> AsReported {
    let (system, id) = token.split_once(':').unwrap();
    AsReported { leaf: Leaf::new(system, id).unwrap(), raw: None }
}

pub(crate) fn terms(text: &str) -> ReportTerms {
    ReportTerms {
        customer: Some(customer("crm:4711")),
        reference: None,
        text: text.to_owned(),
        severity: Severity::Unassessed,
        customer_severity: None,
        heard_by: None,
        channel: None,
        remedy_sought: None,
        safety: false,
        restricted: None,
    }
}

pub(crate) fn report() -> Command {
    Command::Report(terms("Pump resets every two hours\nSince Friday."))
}

pub(crate) fn acknowledge() -> Command {
    Command::Acknowledge {
        channel: Some("mail".to_owned()),
        to: Some("Jo".to_owned()),
        summary: None,
        next_update_due: None,
    }
}

/// `department/team/person`; `-` for what is not named.
pub(crate) fn assign(to: &str) -> Command {
    let [department, team, person] = parts(to);
    let to = Assignment {
        department: department.map(crate::people::department),
        team: team.map(str::to_owned),
        person: person.map(crate::people::person),
    };
    Command::Assign { to, reason: "it is theirs".to_owned() }
}

fn parts(text: &str) -> [Option<&str>; 3] {
    let mut parts = text.split('/').map(|part| (part != "-").then_some(part));
    [(); 3].map(|()| parts.next().flatten())
}

/// With everything that anybody asks for.
pub(crate) fn offering(to: &str) -> HandOffTerms {
    let [slug, team, name] = parts(to);
    HandOffTerms {
        department: department(slug.unwrap()),
        team: team.map(str::to_owned),
        person: name.map(person),
        summary: "Resets under load".to_owned(),
        done_so_far: "Swapped the supply".to_owned(),
        next_actions: vec![NextAction { what: "Read the log".to_owned(), due: Some(day(3)) }],
        promises: Vec::new(),
        risks: String::new(),
        fields: vec![("asset".to_owned(), "P-100".to_owned())],
    }
}

pub(crate) fn offer(to: &str) -> Command {
    Command::OfferHandOff(offering(to))
}

pub(crate) fn take_over(read_back: &str) -> Command {
    Command::AcceptHandOff { read_back: read_back.to_owned() }
}

pub(crate) fn no_capacity() -> Command {
    let (missing, instead) = (Vec::new(), None);
    Command::DeclineHandOff { code: DeclineCode::NoCapacity, missing, instead, reason: "full".to_owned() }
}

pub(crate) fn asking(slug: &str) -> AssistTerms {
    AssistTerms {
        department: department(slug),
        person: None,
        question: "Which firmware is it?".to_owned(),
        due: None,
        blocking: true,
    }
}

pub(crate) fn ask(slug: &str) -> Command {
    Command::RequestAssist { terms: asking(slug) }
}

pub(crate) fn answer() -> Command {
    Command::AnswerAssist { item: Some(Item::Only), answer: "2.1".to_owned() }
}

pub(crate) fn defer(until: Timestamp) -> Command {
    Command::RequestDeferral {
        until,
        reason: "The part is on its way".to_owned(),
        interim_measure: None,
        told: Some(Told { contact: "Jo".to_owned(), at: None }),
    }
}

pub(crate) fn decide(approve: bool) -> Command {
    Command::DecideDeferral { item: Item::Only, approve, reason: "so be it".to_owned() }
}

pub(crate) fn cancel() -> Command {
    Command::CancelDeferral { item: Item::Only, reason: "the part is here".to_owned() }
}

pub(crate) fn promise(due: Option<Timestamp>) -> Command {
    Command::MakePromise {
        what: "Call back".to_owned(),
        to: None,
        by: None,
        due,
        origin: PromiseOrigin::Issue,
    }
}

pub(crate) fn keep() -> Command {
    Command::KeepPromise { item: Item::Only, evidence: None }
}

/// With a report where there is no issue.
pub(crate) fn patch(reviewer: Option<&str>) -> Command {
    Command::ReportWorkaround {
        report: Some(terms("Pump resets every two hours")),
        description: "Bridged the relay".to_owned(),
        done_at: None,
        temporary: true,
        customer_aware: false,
        reviewer: reviewer.map(department),
    }
}

/// Of an issue that there is.
pub(crate) fn patch_it(reviewer: Option<&str>) -> Command {
    Command::ReportWorkaround {
        report: None,
        description: "Bridged the relay".to_owned(),
        done_at: None,
        temporary: true,
        customer_aware: false,
        reviewer: reviewer.map(department),
    }
}

pub(crate) fn review(verdict: Verdict) -> Command {
    Command::ReviewWorkaround { item: Item::Only, verdict, note: None }
}

pub(crate) fn assess(to: Severity, reason: &str) -> Command {
    Command::ChangeSeverity { to, reason: reason.to_owned() }
}

pub(crate) fn ask_customer(sent_at: Option<Timestamp>) -> Command {
    Command::RequestCustomerInput {
        question: "Which model is it?".to_owned(),
        channel: Some("mail".to_owned()),
        sent_at,
        message_ref: None,
    }
}

pub(crate) fn update(due: Option<Timestamp>) -> Command {
    let (channel, summary) = (Some("phone".to_owned()), "We look into it".to_owned());
    Command::SendUpdate { channel, summary, next_update_due: due }
}

pub(crate) fn log(purpose: &str) -> Command {
    Command::LogContact(ContactTerms {
        customer: None,
        direction: "outbound".to_owned(),
        channel: "phone".to_owned(),
        two_way: true,
        purpose: purpose.to_owned(),
        contact: None,
        summary: None,
    })
}

pub(crate) fn missed(callback_due: Option<Timestamp>) -> Command {
    Command::ReportMissedContact(MissedTerms {
        customer: Some(customer("crm:4711")),
        channel: "voicemail".to_owned(),
        mailbox: Some("sales-2".to_owned()),
        transcript: None,
        callback_due,
    })
}

pub(crate) fn resolve(kind: ResolutionKind) -> Command {
    let (summary, root_cause) = ("Swapped the board".to_owned(), None);
    Command::Resolve { kind, summary, root_cause, customer_told: false }
}

pub(crate) fn close() -> Command {
    Command::Close { basis: Basis::Confirmed, contact: Some("Jo".to_owned()), attempts: 0 }
}

pub(crate) fn reopen() -> Command {
    Command::Reopen { reason: "It resets again".to_owned(), by_customer: true }
}

pub(crate) fn withdraw(contact_ref: Option<&str>) -> Command {
    let contact_ref = contact_ref.map(str::to_owned);
    Command::Withdraw { reason: "It was the fuse".to_owned(), contact_ref }
}

pub(crate) fn link(kind: LinkKind, other: IssueId) -> Command {
    Command::Link { kind, other: IssueName { id: other, reference: None }, note: None }
}

pub(crate) fn unlink(kind: LinkKind, other: IssueId) -> Command {
    Command::Unlink { kind, other: IssueName { id: other, reference: None }, note: None }
}

pub(crate) fn known_as(id: &str) -> Command {
    Command::AddReference { reference: reference("jira", id) }
}

pub(crate) fn correct(token: &str) -> Command {
    Command::CorrectCustomer { to: customer(token), reason: "The invoice says so".to_owned() }
}

pub(crate) fn observe(polarity: i64) -> Command {
    Command::ObserveSignal(SignalTerms {
        customer: None,
        polarity,
        theme: "reliability".to_owned(),
        summary: "They ask for quotes elsewhere".to_owned(),
        urgency: None,
    })
}

pub(crate) fn disposition(reason: &str) -> Command {
    Command::DispositionSignal {
        signal: "s-1".to_owned(),
        action: "noted".to_owned(),
        reason: reason.to_owned(),
        told_observer_at: None,
    }
}
