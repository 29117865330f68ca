//! What becomes of messages, well-formed and not: the sentences of `contract.md` 1 as cases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where something is not as it must be"
)]

use davy_wire::{Message, decode};
use domain::{Anomaly, Arrived, Event, Payload, Position, Quarantined, Reason};
use jiff::Timestamp;

const STORED: &str = "2026-03-02T10:00:00Z";

fn arrived(subject: &str, headers: &[(&str, &str)], body: &[u8]) -> Arrived {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let stored_at = STORED.parse().unwrap();
    decode(&Message { position: Position::new(11), stored_at, subject, headers: &headers, body }).content
}

#[track_caller]
fn event(subject: &str, headers: &[(&str, &str)], body: &str) -> Event {
    match arrived(subject, headers, body.as_bytes()) {
        Arrived::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn quarantined(subject: &str, headers: &[(&str, &str)], body: &str) -> Quarantined {
    match arrived(subject, headers, body.as_bytes()) {
        Arrived::Quarantined(quarantined) => *quarantined,
        other => panic!("{other:?}"),
    }
}

fn anomalies(event: &Event) -> Vec<&'static str> {
    event.anomalies.iter().map(Anomaly::code).collect()
}

const REPORT: &str = "davy.events.support.crm:4711.issue.reported";
const NOTE: &str = "davy.events.support.crm:4711.issue.progress_noted";
const ON_55: &str = r#"{"issue":{"system":"zendesk","id":"55"}}"#;

fn cloud_event(members: &str, data: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"z-1","source":"/zendesk"{members},"data":{data}}}"#)
}

#[test]
fn a_bare_report_gets_its_ids_from_where_it_stands() {
    let body = r#"{"text":"Wants her money back","reporter":"kim"}"#;
    let event = event("davy.events.sales.crm:4711.issue.reported", &[], body);
    assert_eq!(event.identity.to_string(), "/sales/9d63a944-0706-503b-8260-137149fed1e3");
    assert_eq!(event.issue.unwrap().id.to_string(), "d9006f3f-40bf-5434-9bfa-62766932408d");
    assert_eq!(event.time, STORED.parse().unwrap());
    let Payload::Reported(report) = event.payload else { panic!() };
    assert_eq!(report.title, "Wants her money back");
    assert_eq!(report.heard_by.unwrap().account.to_string(), "sales:kim");
}

#[test]
fn the_three_forms_say_the_same() {
    let structured =
        cloud_event(r#","type":"issue.reported","time":"2026-03-02T09:58:00Z""#, r#"{"text":"Pump"}"#);
    let headers = [
        ("CE-ID", "z-1"),
        ("ce-source", "%2Fzendesk"),
        ("ce-type", "issue.reported"),
        ("ce-Time", "2026-03-02T09:58:00Z"),
    ];
    let one = event(REPORT, &[("content-type", "Application/CloudEvents+JSON; charset=utf-8")], &structured);
    let other = event(REPORT, &headers, r#"{"text": "Pump"}"#);
    assert_eq!(one, other);
    assert_eq!(event(REPORT, &[], &structured), one);
    let bare = event(REPORT, &[("Nats-Msg-Id", "/zendesk/z-1")], r#"{"text":"Pump"}"#);
    assert_eq!((bare.identity.source.as_str(), bare.identity.id.as_str()), ("/support", "/zendesk/z-1"));
}

#[test]
fn a_time_or_trace_header_that_cannot_be_decoded_never_quarantines() {
    let headers =
        [("ce-id", "z-1"), ("ce-source", "/zendesk"), ("ce-time", "50%zz"), ("ce-traceparent", "100%")];
    let read = event(REPORT, &headers, r#"{"text":"Pump"}"#);
    assert_eq!(read.time, STORED.parse().unwrap());
    assert!(read.anomalies.contains(Anomaly::ClockSkew));
    assert_eq!(read.traceparent.as_deref(), Some("100%"));
}

#[test]
fn content_is_subject_type_time_sequence_backfill_and_data() {
    let base = event(REPORT, &[], &cloud_event(r#","sequence":"1""#, r#"{"text":"a","severity":2}"#));
    let same = [r#","sequence":"1","traceparent":"00-1""#, r#","sequence":1"#];
    for members in same {
        let other =
            event(REPORT, &[("x-header", "y")], &cloud_event(members, r#"{ "severity": 2, "text": "a" }"#));
        assert_eq!(other.content, base.content, "{members}");
    }
    for members in [
        r#","sequence":"2""#,
        "",
        r#","sequence":"1","time":"2026-03-02T09:00:00Z""#,
        r#","sequence":"1","backfill":false"#,
    ] {
        assert_ne!(
            event(REPORT, &[], &cloud_event(members, r#"{"text":"a","severity":2}"#)).content,
            base.content
        );
    }
    let elsewhere = event(
        "davy.events.sales.crm:4711.issue.reported",
        &[],
        &cloud_event(r#","sequence":"1""#, r#"{"text":"a","severity":2}"#),
    );
    assert_ne!(elsewhere.content, base.content);
    assert_eq!(elsewhere.identity, base.identity);
}

#[test]
fn bad_times_are_doubted_and_never_quarantined() {
    for (time, doubts) in [
        (r#","time":"2026-03-02T09:58:00Z""#, vec![]),
        ("", vec![]),
        (r#","time":"2999-01-01T00:00:00Z""#, vec!["clock_skew"]),
        (r#","time":"2026-03-02T09:58:00""#, vec!["clock_skew"]),
        (r#","time":5"#, vec!["clock_skew"]),
        (r#","time":"1970-01-01T00:00:00Z""#, vec![]),
    ] {
        assert_eq!(anomalies(&event(NOTE, &[], &cloud_event(time, ON_55))), doubts, "{time}");
    }
}

#[test]
fn what_cannot_be_read_or_placed_says_why() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    for (subject, body, reason) in [
        (REPORT, r#"{"text": "#, Reason::Unreadable),
        (REPORT, "[1,2]", Reason::Unreadable),
        (REPORT, deep.as_str(), Reason::Unreadable),
        ("davy.events.support.crm:4711.issue.progress_noted.extra", "{}", Reason::WrongSubject),
        ("davy.events.support.crm:4711.issue", "{}", Reason::WrongSubject),
        ("davy.events.Support.crm:4711.issue.reported", "{}", Reason::WrongSubject),
        ("davy.events.support.4711.issue.reported", "{}", Reason::WrongSubject),
        ("davy.events.support.crm:a%2b.issue.reported", "{}", Reason::WrongSubject),
        ("davy.directory.person", "{}", Reason::WrongSubject),
        (REPORT, &cloud_event(r#","type":"issue.resolved""#, ON_55), Reason::TypeMismatch),
        (REPORT, r#"{"text": 5}"#, Reason::WrongTypes),
        (REPORT, r#"{"specversion":"1.0","source":"/x","data":{}}"#, Reason::WrongTypes),
        (NOTE, r#"{"issue": "55"}"#, Reason::WrongTypes),
        ("davy.events.support._.owner.accepted", ON_55, Reason::WrongTypes),
        (NOTE, r#"{"summary":"x"}"#, Reason::NoIssue),
        ("davy.events.command.crm:4711.issue.resolved", ON_55, Reason::WrongTypes),
    ] {
        let found = quarantined(subject, &[], body);
        assert_eq!(found.reason, reason, "{subject} {}", found.detail);
        assert!(!found.detail.is_empty());
    }
}

#[test]
fn unknown_types_and_versions_are_kept_unfolded() {
    let unknown = event("davy.events.field.crm:4711.visit.completed", &[], ON_55);
    assert_eq!((unknown.payload.clone(), anomalies(&unknown)), (Payload::Unknown, vec!["unknown_type"]));
    assert!(unknown.issue.is_some());
    let newer = event(
        REPORT,
        &[],
        &cloud_event(r#","dataschema":"https://davy.dev/schemas/issue.reported/v2""#, "{}"),
    );
    assert_eq!(anomalies(&newer), ["unknown_version"]);
    let first = event(REPORT, &[], &cloud_event(r#","dataschema":"x/v1""#, "{}"));
    assert_eq!(anomalies(&first), [""; 0]);
}

#[test]
fn departments_in_the_payload_are_never_trusted() {
    let actor = r#"{"issue":{"system":"zendesk","id":"55"},"actor":{"department":"sales"}}"#;
    let event = event(NOTE, &[], actor);
    assert_eq!(event.origin.department().as_str(), "support");
    assert_eq!(anomalies(&event), ["department_mismatch"]);
}

#[test]
fn customers_come_from_the_subject_first() {
    let named = r#"{"text":"x","customer":{"system":"crm","id":"ana@example.org"}}"#;
    let unknown = event("davy.events.support._.issue.reported", &[], named);
    let other = event(REPORT, &[], named);
    assert_eq!(unknown.customer.as_ref().unwrap().id(), "ana@example.org");
    assert_eq!(unknown.token, None);
    assert_eq!(other.customer.as_ref().unwrap().id(), "4711");
    assert_eq!(anomalies(&other), ["customer_mismatch"]);
    let leaf = unknown.customer.unwrap().leaf;
    let same = event(&format!("davy.events.support.{leaf}.issue.reported"), &[], named);
    assert_eq!(
        (same.customer.as_ref().unwrap().id().as_str(), anomalies(&same)),
        ("ana@example.org", vec![])
    );
}

#[test]
fn directory_documents_are_read_by_kind() {
    for (subject, body) in [
        ("davy.directory.department.sales", r#"{"active":false,"successor":"support"}"#),
        ("davy.directory.system.zendesk", r#"{"department":"support"}"#),
        ("davy.directory.person.mia", r#"{"active":false,"accounts":[{"system":"zendesk","id":5}]}"#),
    ] {
        assert!(matches!(arrived(subject, &[], body.as_bytes()), Arrived::Directory(_)), "{subject}");
    }
    assert!(matches!(arrived("davy.directory.office.main", &[], b"{}"), Arrived::UnknownDocument { .. }));
}

#[test]
fn every_example_of_the_catalogue_is_read_and_read_again() {
    for known in davy_wire::catalogue() {
        let subject = known
            .subject()
            .replace("<department>", "support")
            .replace("<customer>", "crm:4711")
            .replace("<home>", "crm:4711")
            .replace("<id>", "x");
        match arrived(&subject, &[], known.example.as_bytes()) {
            Arrived::Event(event) => {
                assert_ne!(event.payload, Payload::Unknown, "{}", known.name);
                let names_issue = known.example.contains("\"issue\"");
                let again = davy_wire::payload(&event.type_name, &event.data, true, names_issue).unwrap();
                // People given as a text are written out in full, so the second reading needs no context.
                assert_eq!(again, event.payload, "{}", known.name);
            }
            Arrived::Directory(_) => assert_eq!(known.scope, davy_wire::Scope::Directory),
            Arrived::Operation(_) => assert_eq!(known.scope, davy_wire::Scope::Operation),
            other => panic!("{}: {other:?}", known.name),
        }
    }
}

#[test]
fn what_is_davys_own_is_of_no_known_type_where_anybody_else_says_it() {
    for known in davy_wire::catalogue().filter(|known| known.scope == davy_wire::Scope::Issue) {
        let Some(own) = known.own else { continue };
        for speaker in ["support", "command", "escalator", "pager"] {
            let subject = format!("davy.events.{speaker}.crm:4711.{}", known.name);
            let event = event(&subject, &[], known.example);
            assert_eq!(event.payload == Payload::Unknown, speaker != own.as_str(), "{subject}");
        }
    }
}

#[test]
fn large_data_is_cut_for_the_store_alone() {
    let body = format!(r#"{{"text":"{}"}}"#, "\\u0001".repeat(40_000));
    let event = event(REPORT, &[], &body);
    assert!(event.data.len() <= domain::limits::FOLDED_EVENT_BYTES);
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(subject in "davy\\.(events|directory)\\.[ -~]{0,60}", body: Vec<u8>, header in "[ -~]{0,20}") {
        let headers = [("ce-id".to_owned(), header.clone()), ("Content-Type".to_owned(), header)];
        let stored_at = Timestamp::UNIX_EPOCH;
        decode(&Message { position: Position::new(1), stored_at, subject: &subject, headers: &headers, body: &body });
    }
}

#[test]
fn a_correction_names_the_customer_that_it_should_have_been() {
    let subject = "davy.events.support.crm:4711.issue.customer_corrected";
    for (data, whose) in [
        (
            r#"{"issue":{"system":"z","id":"1"},"to":{"system":"crm","id":"2"},"customer":{"system":"crm","id":"3"}}"#,
            "crm:2",
        ),
        (r#"{"issue":{"system":"z","id":"1"},"customer":{"system":"crm","id":"3"}}"#, "crm:3"),
        (r#"{"issue":{"system":"z","id":"1"}}"#, "crm:4711"),
    ] {
        let event = event(subject, &[], data);
        let Payload::CustomerCorrected { to } = &event.payload else { panic!() };
        assert_eq!(to.leaf.to_string(), whose);
        assert_eq!(davy_wire::payload(&event.type_name, &event.data, true, true).unwrap(), event.payload);
    }
}
