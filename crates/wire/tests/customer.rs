//! What is said about customers, as messages: read, kept, read again, and written by Davy itself.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails where a message is not read as it should be"
)]

// By the name that the other crates know it by.
extern crate davy_wire as wire;

use domain::{
    Arrived, AsReported, Draft, Event, Leaf, Mark, Payload, Position, Principal, Purpose, Reason, Roles,
    Talk, Words,
    identity::{AliasAssertion, Confidence, CustomerFact, CustomerName, LeafKind},
};

fn read(subject: &str, body: &str) -> Arrived {
    let message = wire::Message {
        position: Position::new(7),
        stored_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        subject,
        headers: &[],
        body: body.as_bytes(),
    };
    wire::decode(&message).content
}

fn event(subject: &str, body: &str) -> Event {
    match read(&format!("davy.events.{subject}"), body) {
        Arrived::Event(event) => *event,
        other @ (Arrived::Directory(_)
        | Arrived::UnknownDocument { .. }
        | Arrived::Operation(_)
        | Arrived::Quarantined(_)) => panic!("{subject} {body}: {other:?}"),
    }
}

fn leaf(system: &str, id: &str) -> AsReported {
    AsReported { leaf: Leaf::new(system, id).unwrap(), raw: None }
}

const MESSAGES: [(&str, &str); 9] = [
    ("sales.crm:1.customer.alias_asserted", r#"{"leaf":{"system":"sap","id":99},"confidence":"strong"}"#),
    (
        "sales._.customer.alias_asserted",
        r#"{"leaf":{"system":"mail","id":"ana@example.org","kind":"contact_email"},"to":"crm:1"}"#,
    ),
    ("sales.crm:1.customer.alias_retracted", r#"{"assertion":"a-1"}"#),
    ("sales._.customers.merged", r#"{"from":"sap:99","into":{"system":"crm","id":"1"}}"#),
    ("sales.crm:1.customers.merged", r#"{"from":"03ef809f-94b2-5eee-9bd2-9c2a8198024c"}"#),
    ("sales.crm:1.customers.unmerged", r#"{"merge":{"source":"/davy","id":"m-1"}}"#),
    ("sales.crm:1.customer.profile_set", r#"{"name":"Works","account_owner":"kim","care_flags":["slow"]}"#),
    ("sales.crm:1.customer.profile_set", r#"{"cadence_days":900}"#),
    (
        "sales.crm:1.contract.upserted",
        r#"{"contract_no":7,"starts_on":"2026-01-01","ends_on":"2025-01-01","value":{"amount_minor":1,"currency":"EUR"}}"#,
    ),
];

#[test]
fn what_is_kept_is_read_the_same_again() {
    for (subject, body) in MESSAGES {
        let event = event(subject, body);
        assert!(matches!(event.payload, Payload::Customer(_)), "{body}");
        let again = wire::payload(&event.type_name, &event.data, true, false).unwrap();
        assert_eq!(again, event.payload, "{body}");
        assert!(event.customer.is_some(), "{body}");
        assert_eq!(event.issue, None);
    }
}

#[test]
fn an_issue_that_is_named_makes_it_no_matter_of_the_issue() {
    let (subject, body) =
        ("sales.crm:1.customers.merged", r#"{"from":"sap:99","issue":{"system":"zendesk","id":"1"}}"#);
    assert_eq!(event(subject, body).issue, None);
}

#[test]
fn what_names_no_customer_or_no_day_is_quarantined() {
    for (subject, body) in [
        ("sales._.customer.profile_set", r#"{"name":"Works"}"#),
        ("sales._.customers.unmerged", r#"{"merge":"m-1"}"#),
        ("sales.crm:1.customers.merged", r#"{"from":"nobody"}"#),
        ("sales.crm:1.contract.upserted", r#"{"contract_no":"7","starts_on":"soon","ends_on":"2025-01-01"}"#),
    ] {
        let read = read(&format!("davy.events.{subject}"), body);
        assert!(
            matches!(&read, Arrived::Quarantined(message) if message.reason == Reason::WrongTypes),
            "{body}"
        );
    }
}

#[test]
fn what_davy_writes_is_what_was_decided() {
    let hashed = AsReported {
        leaf: Leaf::new("mail", "~q24smcqrltvmrguxhcxsg2lm4os5obcj").unwrap(),
        raw: Some("ana@example.org".to_owned()),
    };
    let assertion = AliasAssertion {
        leaf: hashed,
        kind: LeafKind::ContactEmail,
        to: CustomerName::Leaf(leaf("crm", "1")),
        confidence: Confidence::Strong,
    };
    let merged = CustomerFact::Merged {
        from: CustomerName::Leaf(leaf("sap", "99")),
        into: CustomerName::Leaf(leaf("crm", "1")),
    };
    let merge = domain::Identity { source: "/davy".to_owned(), id: "m-1".to_owned() };
    let facts = [
        ("customer.alias_asserted", CustomerFact::AliasAsserted(assertion)),
        ("customers.merged", merged),
        ("customers.unmerged", CustomerFact::Unmerged { merge: merge.clone() }),
        ("customer.alias_retracted", CustomerFact::AliasRetracted { assertion: merge }),
    ];
    let principal = Principal {
        name: "admin".to_owned(),
        department: "sales".parse().unwrap(),
        person: None,
        roles: Roles::all(),
    };
    for (type_name, fact) in facts {
        let draft = Draft { type_name, payload: Payload::Customer(fact), words: Words::none() };
        let home = leaf("crm", "1");
        let about = wire::About {
            home: "crm:1",
            id: "e-1",
            time: "2026-03-02T09:00:00Z".parse().unwrap(),
            issue: None,
            customer: Some(&home),
            voice: wire::Voice::Command(&principal),
        };
        let composed = wire::compose(&draft, &about);
        let Arrived::Event(event) = read(&composed.subject, str::from_utf8(&composed.body).unwrap()) else {
            panic!("{type_name} is no event");
        };
        assert_eq!((event.payload, event.customer), (draft.payload, Some(home)));
    }
}

fn quarantined(subject: &str, body: &str) -> Reason {
    match read(&format!("davy.events.{subject}"), body) {
        Arrived::Quarantined(message) => message.reason,
        other @ (Arrived::Directory(_)
        | Arrived::UnknownDocument { .. }
        | Arrived::Operation(_)
        | Arrived::Event(_)) => panic!("{subject} {body}: {other:?}"),
    }
}

#[test]
fn a_contact_says_who_spoke_and_what_for() {
    let talk = |body: &str| event("sales.crm:1.contact.logged", body).payload;
    let of = |two_way, auto, purpose| Payload::ContactLogged(Talk { two_way, auto, purpose });
    assert_eq!(talk(r#"{"two_way":true,"purpose":" Renewal"}"#), of(true, false, Purpose::Renewal));
    assert_eq!(talk(r#"{"kind":"Auto","purpose":"chat"}"#), of(false, true, Purpose::Unsaid));
    assert_eq!(talk("{}"), of(false, false, Purpose::Unsaid));
}

#[test]
fn what_davy_announces_of_a_customers_clock_is_read_again_and_that_of_an_issue_needs_one() {
    let (since, deadline) =
        ("2026-03-02T10:00:00.123456789Z".parse().unwrap(), "2026-05-31T10:00:00Z".parse().unwrap());
    let department = "sales".parse().unwrap();
    for (type_name, mark) in [("clock.warned", Mark::Warned), ("clock.breached", Mark::Breached)] {
        let draft = Draft::new(type_name, Payload::SilenceMarked { since, mark, deadline });
        let about = wire::About {
            home: "crm:1",
            id: "e-1",
            time: deadline,
            issue: None,
            customer: Some(&leaf("crm", "1")),
            voice: wire::Voice::Escalator(&department),
        };
        let composed = wire::compose(&draft, &about);
        let read =
            event(&composed.subject["davy.events.".len()..], std::str::from_utf8(&composed.body).unwrap());
        assert_eq!((read.payload, read.issue, read.customer), (draft.payload, None, Some(leaf("crm", "1"))));
    }
    let said = |clock: &str| {
        format!(
            r#"{{"clock":"{clock}","cycle":1,"since":"{since}","deadline":"{deadline}","actor":{{"kind":"system","department":"sales"}}}}"#
        )
    };
    assert_eq!(quarantined("escalator.crm:1.clock.breached", &said("ack")), Reason::NoIssue);
    assert_eq!(quarantined("escalator.crm:1.clock.breached", &said("silence")), Reason::WrongTypes);
}
