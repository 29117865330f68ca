//! Whatever a command makes is read again as what it was: payload, issue, customer, actor and time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where something is not as it must be"
)]

mod drafts;

use davy_wire::{About, Composed, Message, Own, Voice, compose, decode};
use domain::{
    Actor, ActorKind, Arrived, AsReported, Draft, Event, IssueId, IssueName, Leaf, Origin, Payload, Person,
    Position, Principal, Reference, Role, Said, Words,
};
use jiff::Timestamp;
use proptest::prelude::*;

const NOW: &str = "2026-03-02T10:00:00.123456Z";

fn read(Composed { subject, body, identity }: &Composed) -> Event {
    let stored_at = NOW.parse().unwrap();
    let message = Message { position: Position::new(7), stored_at, subject, headers: &[], body };
    match decode(&message).content {
        Arrived::Event(event) => {
            assert_eq!(event.identity, *identity);
            *event
        }
        other => panic!("{other:?}"),
    }
}

fn principal(person: Option<Person>) -> Principal {
    let department = "support".parse().unwrap();
    Principal {
        name: "token/7".to_owned(),
        department,
        person,
        roles: [Role::Responder].into_iter().collect(),
    }
}

fn mia() -> Person {
    let account = Reference { system: "zendesk".to_owned(), id: "mia".to_owned() };
    Person { account, name: Some("Mia".to_owned()) }
}

fn on_55() -> IssueName {
    let reference = Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    IssueName { id: IssueId::of(&reference), reference: Some(reference) }
}

proptest! {
    #[test]
    fn a_draft_is_read_as_what_it_is(
        draft in drafts::draft(),
        person in proptest::option::of(drafts::person()),
        issue in drafts::issue_name(),
        customer in proptest::option::of(drafts::customer()),
        micros in 0..1_772_445_600_123_456_i64,
    ) {
        let principal = principal(person.clone());
        let time = Timestamp::from_microsecond(micros).unwrap();
        // A missed contact that is a report makes its issue.
        let makes_one = draft.type_name == "contact.missed" && draft.payload != Payload::Noted;
        let issue = (!makes_one).then_some(&issue);
        let about =
            About { home: "crm:4711", id: "e-1", time, issue, customer: customer.as_ref(), voice: Voice::Command(&principal) };
        let event = read(&compose(&draft, &about));

        prop_assert_eq!(&event.payload, &draft.payload);
        prop_assert_eq!(&*event.type_name, draft.type_name);
        prop_assert_eq!(event.time, time);
        prop_assert_eq!(&event.customer, &customer);
        prop_assert_eq!(event.token.as_deref(), Some("crm:4711"));
        prop_assert_eq!(event.origin, Origin::Command(principal.department));
        let kind = if person.is_some() { ActorKind::Human } else { ActorKind::Bot };
        prop_assert_eq!(event.actor, Actor { kind, person });
        prop_assert!(event.anomalies.is_empty());
        match issue {
            Some(issue) => prop_assert_eq!(event.issue.as_ref(), Some(issue)),
            None => prop_assert_eq!(&event.issue.unwrap().reference.unwrap().system, "/davy"),
        }
        // And the store reads it again.
        let again = davy_wire::payload(draft.type_name, &event.data, true, !makes_one).unwrap();
        prop_assert_eq!(again, draft.payload);
    }
}

proptest! {
    #[test]
    fn davys_own_are_read_as_what_they_are((own, draft) in drafts::own(), issue in drafts::issue_name()) {
        let principal = principal(None);
        let voice = match own {
            Own::Command => Voice::Command(&principal),
            Own::Escalator => Voice::Escalator(&principal.department),
            Own::Pager => Voice::Pager(&principal.department),
        };
        let time = NOW.parse().unwrap();
        let about = About { home: "crm:4711", id: "e-1", time, issue: Some(&issue), customer: None, voice };
        let event = read(&compose(&draft, &about));
        prop_assert_eq!(&event.payload, &draft.payload);
        let department = principal.department.clone();
        let (origin, kind) = match own {
            Own::Command => (Origin::Command(department), ActorKind::Bot),
            Own::Escalator => (Origin::Escalator(department), ActorKind::System),
            Own::Pager => (Origin::Pager(department), ActorKind::System),
        };
        prop_assert_eq!((&event.origin, event.actor.kind), (&origin, kind));
        prop_assert!(event.anomalies.is_empty());
        let again = davy_wire::payload(draft.type_name, &event.data, true, true).unwrap();
        prop_assert_eq!(again, draft.payload);
    }
}

/// A step that begins the rules of many people is kept whole, or of fewer of them: the same wherever it is read.
#[test]
fn a_step_of_many_people_is_read_again_as_it_was() {
    let at: Timestamp = NOW.parse().unwrap();
    let left = |rule| domain::RuleLeft { rule, contact: "x".repeat(100), after_seconds: 60 };
    let person = |number: u32| domain::PersonalCycle {
        person: format!("person-{number}"),
        cycle: 1,
        step: 0,
        pass: 0,
        started_at: at,
        left: (0..20).map(left).collect(),
    };
    let stepped = domain::Stepped {
        department: "support".parse().unwrap(),
        cycle: 1,
        policy: domain::PolicyVersion { id: "default".to_owned(), position: Position::new(1) },
        severity: domain::Severity::One,
        fired: domain::Fired::Step { step: 0, pass: 0 },
        next_at: at,
        late_by: 0,
        empty: Vec::new(),
        people: (0..50).map(person).collect(),
        unreachable: false,
        next_shift: None,
    };
    let department = "support".parse().unwrap();
    let draft = Draft::new("run.stepped", Payload::RunStepped(Box::new(stepped)));
    let (time, issue, voice) = (at, on_55(), Voice::Escalator(&department));
    let about = About { home: "_", id: "e-1", time, issue: Some(&issue), customer: None, voice };
    let event = read(&compose(&draft, &about));
    let again = davy_wire::payload(draft.type_name, &event.data, true, true).unwrap();
    assert_eq!(again, event.payload);
    let Payload::RunStepped(kept) = again else { panic!() };
    assert!((1..50).contains(&kept.people.len()), "{}", kept.people.len());
}

fn composed(draft: &Draft, issue: Option<&IssueName>) -> Event {
    let leaf = Leaf::new("crm", "~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
    let customer = AsReported { leaf, raw: None };
    let principal = principal(Some(mia()));
    let time = NOW.parse().unwrap();
    let about = About {
        home: "_",
        id: "e-1",
        time,
        issue,
        customer: Some(&customer),
        voice: Voice::Command(&principal),
    };
    let event = read(&compose(draft, &about));
    assert_eq!(event.customer, Some(customer));
    assert_eq!(event.token, None);
    event
}

#[test]
fn words_are_kept_beside_what_the_fold_reads_and_replace_none_of_it() {
    let terms = domain::DeferralTerms {
        until: "2026-03-20T17:00:00Z".parse().unwrap(),
        reason: "Fixed with 4.3".to_owned(),
        told_at: Some(NOW.parse().unwrap()),
    };
    let contact = Said::Members(vec![("contact".to_owned(), Said::Text("Ana".to_owned()))]);
    let words = Words::none().text("interim_measure", "Reset it").with("customer_told", contact);
    let words = words.text("reason", "another").text("principal", "root").text("issue", "none");
    let draft = Draft::new("deferral.requested", Payload::DeferralRequested(terms)).saying(words);
    let event = composed(&draft, Some(&on_55()));
    assert_eq!(event.payload, draft.payload);
    assert_eq!(event.issue, Some(on_55()));
    let data: serde_json::Value = serde_json::from_slice(&event.data).unwrap();
    assert_eq!(
        data,
        serde_json::json!({
            "until": "2026-03-20T17:00:00Z",
            "reason": "Fixed with 4.3",
            "interim_measure": "Reset it",
            "customer_told": {"contact": "Ana", "at": NOW},
            "principal": "token/7",
        })
    );
    assert_eq!(davy_wire::summary(&event.data), "Fixed with 4.3");
}

#[test]
fn only_davys_own_events_say_by_which_credential_they_came() {
    let subject = "davy.events.support.crm:4711.issue.progress_noted";
    let body = br#"{"issue":{"system":"zendesk","id":"55"},"summary":"x","principal":"root"}"#;
    let stored_at = NOW.parse().unwrap();
    let message = Message { position: Position::new(7), stored_at, subject, headers: &[], body };
    let Arrived::Event(event) = decode(&message).content else { panic!() };
    assert_eq!(&*event.data, br#"{"summary":"x"}"#);
}
