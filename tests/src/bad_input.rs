//! Bad input through the public doors: an anomaly, a quarantine entry or a clear error; nothing lost, nothing stopped.

use serde_json::{Value, json};
use testkit::{
    Davy,
    client::{Api, ApiError, Code, issue_name, v1},
};

use crate::{DAVY, block_on, issues};

const REPORT: &str = "davy.events.support.crm:1.issue.reported";

fn event(id: &str, members: Value, data: Value) -> String {
    let mut event = json!({"specversion": "1.0", "id": id, "source": "/zendesk", "data": data});
    event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    event.to_string()
}

fn on(id: &str) -> Value {
    json!({"issue": {"system": "zendesk", "id": id}})
}

fn text(id: &str) -> Value {
    json!({"issue": {"system": "zendesk", "id": id}, "text": "x"})
}

#[derive(Debug)]
enum Becomes {
    Quarantined(&'static str),
    /// The issue's anomalies.
    Issue(&'static str, &'static [&'static str]),
    Unfolded,
    Duplicate,
}
use Becomes::{Duplicate, Issue, Quarantined, Unfolded};

fn cases() -> Vec<(&'static str, String, Becomes)> {
    let none = || json!({});
    let long = "ä".repeat(1_000);
    let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    vec![
        (REPORT, "not json".to_owned(), Quarantined("unreadable")),
        (REPORT, deep, Quarantined("unreadable")),
        ("davy.events.support.issue.reported", "{}".to_owned(), Quarantined("wrong_subject")),
        ("davy.events.support.crm:1.issue.reported.now", "{}".to_owned(), Quarantined("wrong_subject")),
        (REPORT, event("a0", json!({"type": "issue.closed"}), text("1")), Quarantined("type_mismatch")),
        (REPORT, event("a1", none(), json!({"text": 7})), Quarantined("wrong_types")),
        ("davy.events.support.crm:1.issue.closed", event("a2", none(), none()), Quarantined("no_issue")),
        ("davy.events.support.crm:1.weather.changed", event("a3", none(), on("unknown-type")), Unfolded),
        (
            REPORT,
            event("a4", json!({"dataschema": "https://davy.dev/schemas/issue.reported/v9"}), text("newer")),
            Unfolded,
        ),
        ("davy.events.support._.issue.reported", event("a5", none(), text("nobody")), Issue("nobody", &[])),
        (
            REPORT,
            event(
                "a6",
                none(),
                json!({"issue": {"system": "zendesk", "id": "actor"}, "text": "x", "actor": {"department": "sales"}}),
            ),
            Issue("actor", &["department_mismatch"]),
        ),
        (
            REPORT,
            event("a7", json!({"time": "2999-01-01T00:00:00Z"}), text("future")),
            Issue("future", &["clock_skew"]),
        ),
        (REPORT, event("a8", json!({"time": "1970-01-01T00:00:00Z"}), text("old")), Issue("old", &[])),
        (
            REPORT,
            event("a9", json!({"time": "2026-03-02T10:00:00"}), text("zoneless")),
            Issue("zoneless", &["clock_skew"]),
        ),
        (REPORT, event("b0", none(), text("timeless")), Issue("timeless", &[])),
        (REPORT, event("b1", none(), text("a b.c/ü")), Issue("a%20b%2Ec%2F%C3%BC", &[])),
        (
            REPORT,
            event("b2", none(), json!({"issue": {"system": "zendesk", "id": long}, "text": "x"})),
            Issue("", &[]),
        ),
        (
            "davy.events.support.crm:ana@example.issue.reported",
            event("b3", none(), text("mail")),
            Issue("mail", &["personal_id"]),
        ),
        (
            "davy.events.support.crm:1.issue.acknowledged",
            event("b4", json!({"time": "2026-03-02T09:00:00Z"}), on("early")),
            Issue("early", &[]),
        ),
        (
            REPORT,
            event("b5", json!({"time": "2026-03-02T10:00:00Z"}), text("early")),
            Issue("early", &["before_report"]),
        ),
        (REPORT, event("b6", none(), text("twice")), Issue("twice", &[])),
        (
            "davy.events.sales.crm:1.issue.reported",
            event("b6", none(), text("twice")),
            Quarantined("conflicting_duplicate"),
        ),
        (
            "davy.events.support.crm:1.issue.progress_noted",
            event("b7", none(), on("never-reported")),
            Issue("never-reported", &[]),
        ),
        (REPORT, event("b6", none(), text("twice")), Duplicate),
    ]
}

#[test]
fn nothing_that_is_published_is_lost() {
    let davy = Davy::start(DAVY).unwrap();
    let api = block_on(davy.api()).unwrap();
    let total = cases().len();
    for (subject, body, becomes) in cases() {
        let position = block_on(davy.publish(subject, &[], body.as_bytes())).unwrap();
        let found = block_on(trace(&api, &position));
        match &becomes {
            Quarantined(reason) => {
                assert_eq!(found.quarantined.as_ref().unwrap().reason, *reason, "{subject}")
            }
            Unfolded => assert_eq!(found.outcome(), v1::EventOutcome::Unfolded, "{subject}"),
            Duplicate => assert_eq!(found.outcome(), v1::EventOutcome::Duplicate, "{subject}"),
            Issue("", _) => assert_eq!(found.outcome(), v1::EventOutcome::Applied),
            Issue(id, anomalies) => assert_eq!(block_on(anomalies_of(&api, id)), *anomalies, "{id}"),
        }
    }
    let status = block_on(api.get_status(v1::GetStatusRequest::default())).unwrap();
    assert_eq!(status.position, format!("0-{total}"));
    assert_eq!((status.duplicates, status.quarantined_total), (1, 8));
    assert_eq!(status.phase(), v1::Phase::Live);
}

async fn trace(api: &Api, position: &str) -> v1::TraceEventResponse {
    let read = Some(v1::ReadOptions { min_position: position.to_owned(), ..v1::ReadOptions::default() });
    api.list_quarantine(v1::ListQuarantineRequest { read, ..Default::default() }).await.unwrap();
    let event = Some(v1::trace_event_request::Event::Position(position.to_owned()));
    api.trace_event(v1::TraceEventRequest { event }).await.unwrap()
}

async fn anomalies_of(api: &Api, id: &str) -> Vec<String> {
    let issue = Some(issue_name(&format!("zendesk:{id}")).unwrap());
    let answer = api.get_issue(v1::GetIssueRequest { issue, read: None }).await.unwrap();
    answer.issue.unwrap().anomalies
}

#[test]
fn the_same_event_a_thousand_times_is_one() {
    let davy = Davy::start(DAVY).unwrap();
    let position = block_on(async {
        let publisher = davy.publisher().await.unwrap();
        let body = event("one", json!({}), text("one"));
        let message =
            || v1::EventMessage { subject: REPORT.to_owned(), body: body.clone().into(), headers: [].into() };
        let mut last = String::new();
        for _ in 0..1_000 {
            last = publisher.publish(message()).await.unwrap().position;
        }
        last
    });
    assert_eq!(issues(&davy, &["--min-position", &position]).lines().count(), 1);
    let status = block_on(block_on(davy.api()).unwrap().get_status(v1::GetStatusRequest::default())).unwrap();
    assert_eq!((status.duplicates, status.issues), (999, 1));
}

#[test]
fn publishing_over_the_api_says_at_once_what_is_wrong() {
    let davy = Davy::start(DAVY).unwrap();
    let api = block_on(davy.api()).unwrap();
    let message = |subject: &str, body: String| v1::EventMessage {
        subject: subject.to_owned(),
        body: body.into(),
        headers: [].into(),
    };
    let events = vec![
        message(REPORT, event("c1", json!({}), text("c"))),
        message(REPORT, event("c1", json!({}), text("c"))),
        message(
            REPORT,
            event("c1", json!({}), json!({"issue": {"system": "zendesk", "id": "c"}, "text": "other"})),
        ),
        message(REPORT, "{".to_owned()),
        message("davy.events.command.crm:1.issue.closed", event("c2", json!({}), on("c"))),
        message(REPORT, format!(r#"{{"text":"{}"}}"#, "x".repeat(300 * 1024))),
        message(REPORT, r#"{"text":"bare"}"#.to_owned()),
    ];
    let outcomes = |events: Vec<v1::EventMessage>| {
        let answer = block_on(api.publish_events(v1::PublishEventsRequest { events })).unwrap();
        answer.outcomes.into_iter().filter_map(|outcome| outcome.outcome).map(outcome).collect::<Vec<_>>()
    };
    let first = outcomes(events.clone());
    assert_eq!(
        first[..5],
        ["at 0-1", "again 0-1", "no conflicting_duplicate", "no unreadable", "no reserved_origin"]
    );
    assert!(first[5].starts_with("no "), "{first:?}");
    assert_eq!(first[6], "at 0-2");
    // The same once more: what was appended is found, also the bare one within its two minutes.
    assert_eq!(outcomes(vec![events[0].clone(), events[6].clone()]), ["again 0-1", "again 0-2"]);
    let status = block_on(api.get_status(v1::GetStatusRequest::default())).unwrap();
    assert_eq!((status.tail.as_str(), status.quarantined_total), ("0-2", 0));
}

fn outcome(outcome: v1::publish_outcome::Outcome) -> String {
    match outcome {
        v1::publish_outcome::Outcome::Position(position) => format!("at {position}"),
        v1::publish_outcome::Outcome::DuplicateOf(position) => format!("again {position}"),
        v1::publish_outcome::Outcome::Rejected(rejection) => format!("no {}", rejection.reason),
    }
}

#[test]
fn a_message_over_the_limit_is_refused_with_a_reason() {
    let davy = Davy::start(DAVY).unwrap();
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(10 << 20));
    let error = block_on(davy.publish(REPORT, &[], body.as_bytes())).unwrap_err();
    assert!(format!("{error:#}").contains("KiB") || format!("{error:#}").contains("bytes"), "{error:#}");
    assert_eq!(issues(&davy, &[]), "");
}

#[test]
fn a_client_that_asks_for_a_million_rows_gets_a_page() {
    let davy = Davy::start(DAVY).unwrap();
    let api = block_on(davy.api()).unwrap();
    let events = (0..600).map(|number| v1::EventMessage {
        subject: REPORT.to_owned(),
        body: event(&format!("p{number}"), json!({}), text(&format!("p{number}"))).into(),
        headers: [].into(),
    });
    let position =
        block_on(api.publish_events(v1::PublishEventsRequest { events: events.collect() })).unwrap().position;
    let read = Some(v1::ReadOptions { min_position: position, ..v1::ReadOptions::default() });
    let request = v1::ListIssuesRequest { page_size: 1_000_000, read, ..v1::ListIssuesRequest::default() };
    let page = block_on(api.list_issues(request.clone())).unwrap();
    assert_eq!(page.issues.len(), 500);

    let next = v1::ListIssuesRequest { page_token: page.next_page_token.clone(), ..request.clone() };
    assert_eq!(block_on(api.list_issues(next)).unwrap().issues.len(), 100);
    let mut tampered = page.next_page_token.clone();
    tampered.replace_range(3..4, if &tampered[3..4] == "A" { "B" } else { "A" });
    for (token, page_size) in [(tampered, 500), (page.next_page_token, -1)] {
        let refused = block_on(api.list_issues(v1::ListIssuesRequest {
            page_token: token,
            page_size,
            ..request.clone()
        }));
        assert_eq!(code(refused), Code::InvalidArgument);
    }
    let ahead = Some(v1::ReadOptions { min_position: "0-999999".to_owned(), ..v1::ReadOptions::default() });
    assert_eq!(
        code(block_on(api.list_issues(v1::ListIssuesRequest { read: ahead, ..request }))),
        Code::OutOfRange
    );
}

fn code<T: std::fmt::Debug>(answer: Result<T, ApiError>) -> Code {
    answer.unwrap_err().code
}
