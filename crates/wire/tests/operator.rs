//! What operators do: events of Davy's own, written and read again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where something is not as it must be"
)]

use davy_wire::{
    Message, decode,
    operator::{self, Among, By, Composed},
};
use domain::{
    Anomaly, Arrived, Event, Identity, IssueId, Leaf, Loss, Operation, OperationKind, Origin, Payload,
    Person, Position, Reason, Reference,
};
use jiff::Timestamp;

const STORED: &str = "2026-03-02T10:00:00Z";
const LATER: &str = "2026-03-03T08:00:00Z";

fn read(subject: &str, body: &[u8]) -> Arrived {
    let stored_at = LATER.parse().unwrap();
    decode(&Message { position: Position::new(40), stored_at, subject, headers: &[], body }).content
}

#[track_caller]
fn operation(Composed { subject, body, identity }: &Composed) -> Operation {
    match read(subject, body) {
        Arrived::Operation(operation) => {
            assert_eq!(operation.identity, *identity);
            *operation
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn event(Composed { subject, body, .. }: &Composed) -> Event {
    match read(subject, body) {
        Arrived::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

fn mia() -> By {
    let account = Reference { system: "zendesk".to_owned(), id: "mia".to_owned() };
    let person = Some(Person { account, name: Some("Mia".to_owned()) });
    let principal = "token/desk".to_owned();
    By {
        department: "support".parse().unwrap(),
        person,
        principal,
        reason: "A test of the gateway".to_owned(),
    }
}

/// The message at `0-17`, read again.
#[track_caller]
fn redriven(subject: &str, headers: &[(&str, &str)], body: &[u8]) -> Arrived {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let stored_at = STORED.parse().unwrap();
    let of = Position::new(17);
    let message = Message { position: of, stored_at, subject, headers: &headers, body };
    match operation(&operator::redriven(&mia(), of, &message)).kind {
        OperationKind::Redriven { of: found, arrived } if found == of => *arrived,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_is_read() {
    let of = Position::new(17);
    let skipped = operation(&operator::skipped(&mia(), of));
    assert_eq!(skipped.kind, OperationKind::Skipped { of });
    let By { department, person, principal: _, reason } = mia();
    assert_eq!((skipped.department, skipped.person, skipped.reason), (department, person, reason));
    assert_eq!(skipped.stored_at, LATER.parse().unwrap());

    let loss = Loss { from: Position::new(3), to: Position::new(5) };
    assert_eq!(operation(&operator::loss_accepted(&mia(), loss)).kind, OperationKind::LossAccepted(loss));
    assert_eq!(operator::skipped(&mia(), of), operator::skipped(&mia(), of));
    assert_ne!(operator::skipped(&mia(), of).identity, operator::skipped(&mia(), of.next()).identity);
    let Composed { body, identity, .. } = operator::skipped(&mia(), of);
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["data"]["principal"], "token/desk");
    let other = By { principal: "token/other".to_owned(), ..mia() };
    assert_ne!(operator::skipped(&other, of).identity, identity);
}

#[test]
fn a_retraction_stands_among_the_events_of_what_it_names() {
    let identity = Identity { source: "/zendesk".to_owned(), id: "z-1".to_owned() };
    let issue = IssueId::of(&Reference { system: "zendesk".to_owned(), id: "55".to_owned() });
    let about = operator::retracted(&mia(), &Among::Issue(issue, "crm:4711".to_owned()), &identity);
    assert_eq!(about.subject, "davy.events.command.crm:4711.event.retracted");
    let read = event(&about);
    assert_eq!((read.issue.as_ref().map(|name| name.id), &read.customer), (Some(issue), &None));
    assert_eq!(read.origin, Origin::Command("support".parse().unwrap()));
    let Payload::Retracted(retraction) = &read.payload else { panic!() };
    assert_eq!(retraction.identity, identity);
    assert_eq!(davy_wire::payload(&read.type_name, &read.data, true, true).unwrap(), read.payload);
    assert_eq!(davy_wire::summary(&read.data), "A test of the gateway");

    for leaf in ["4711", "Caller%202403", "~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let leaf = Leaf::new("crm", leaf).unwrap();
        let read = event(&operator::retracted(&mia(), &Among::Customer(leaf.clone()), &identity));
        assert_eq!((read.issue, read.customer.map(|customer| customer.leaf)), (None, Some(leaf)));
    }
    let nobodys = event(&operator::retracted(&mia(), &Among::Nobody, &identity));
    assert_eq!((nobodys.issue, nobodys.customer), (None, None));
}

#[test]
fn a_department_takes_its_own_event_back_with_a_plain_message() {
    let body = br#"{"issue":{"system":"zendesk","id":"55"},"event":{"source":"/zendesk","id":7}}"#;
    let Arrived::Event(read) = read("davy.events.support.crm:4711.event.retracted", body) else { panic!() };
    let Payload::Retracted(retraction) = &read.payload else { panic!() };
    assert_eq!(retraction.identity.to_string(), "/zendesk/7");
    assert!(read.anomalies.is_empty());
}

#[test]
fn what_is_read_again_stands_where_it_is_read_and_gets_the_id_it_would_have_had() {
    let subject = "davy.events.sales.crm:4711.issue.reported";
    let body = r#"{"text":"Wants her money back"}"#.as_bytes();
    let Arrived::Event(again) = redriven(subject, &[], body) else { panic!() };
    let first = domain::bare_event_id(subject, body, Position::new(17));
    assert_eq!((again.identity.id, again.position), (first, Position::new(40)));
    assert_eq!((again.stored_at, again.time), (STORED.parse().unwrap(), STORED.parse().unwrap()));

    let headers = [("Nats-Msg-Id", "42"), ("nats-msg-id", "43")];
    let Arrived::Event(named) = redriven(subject, &headers, body) else { panic!() };
    assert_eq!(named.identity.to_string(), "/sales/42");
    let set = redriven("davy.directory.system.zendesk", &[], br#"{"department":"support"}"#);
    assert!(matches!(set, Arrived::Directory(change) if change.position == Position::new(40)));
    assert!(matches!(redriven(subject, &[], b"{\"text\": \xff"), Arrived::Quarantined(_)));
}

#[test]
fn nothing_of_davys_own_is_inside_an_event() {
    let skipped = operator::skipped(&mia(), Position::new(3));
    for subject in [skipped.subject.as_str(), "davy.events.escalator.crm:1.owner.orphaned"] {
        let Arrived::Quarantined(refused) = redriven(subject, &[], &skipped.body) else { panic!() };
        assert_eq!(refused.reason, Reason::WrongSubject);
    }
}

#[test]
fn an_operation_of_anybody_else_is_of_no_known_type() {
    let Composed { body, .. } = operator::skipped(&mia(), Position::new(3));
    for origin in ["support", "pager"] {
        let Arrived::Event(read) = read(&format!("davy.events.{origin}._.event.skipped"), &body) else {
            panic!()
        };
        assert_eq!(read.payload, Payload::Unknown);
        assert!(read.anomalies.contains(Anomaly::UnknownType));
    }
}

#[test]
fn an_operation_that_says_nothing_is_quarantined() {
    let actor = r#""reason":"x","actor":{"department":"it"}"#;
    for (kind, data) in [
        ("event.skipped", r#""of":"17""#),
        ("event.skipped", r#""to":"0-17""#),
        ("event.redriven", r#""of":"0-17","stored_at":"2026-03-02T10:00:00Z","message":{"subject":"x"}"#),
        ("event.redriven", r#""of":"0-17","stored_at":"now","message":{"subject":"x","body":""}"#),
        ("log.loss_accepted", r#""from":"0-5","to":"0-4""#),
        ("log.loss_accepted", r#""from":"0-0","to":"0-4""#),
    ] {
        let body = format!("{{{data},{actor}}}");
        let Arrived::Quarantined(found) = read(&format!("davy.events.command._.{kind}"), body.as_bytes())
        else {
            panic!("{kind} {data}")
        };
        assert_eq!(found.reason, Reason::WrongTypes, "{}", found.detail);
    }
}

/// A message of each type must be read for ever; those of Davy's own can be published by nobody else.
#[test]
fn fixtures_of_every_operation_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/events/v1");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let fixture: serde_json::Value = serde_json::from_str(&text).unwrap();
        let subject = fixture["subject"].as_str().unwrap();
        let own = davy_wire::event_type(fixture["body"]["type"].as_str().unwrap());
        if own.is_some_and(|known| known.scope == davy_wire::Scope::Operation) {
            let Arrived::Operation(read) = read(subject, fixture["body"].to_string().as_bytes()) else {
                panic!("{subject}")
            };
            assert!(read.stored_at > Timestamp::UNIX_EPOCH);
            seen += 1;
        }
    }
    assert_eq!(seen, 3);
}
