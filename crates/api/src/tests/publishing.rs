//! PublishEvents, ValidateEvent and TraceEvent over an in-memory log.

use domain::Position;
use engine::{EventLog as _, NewMessage, Phase};
use jiff::SignedDuration;
use proto::v1::{self, validate_event_response::Verdict};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{System, bare, event, reason};

const REPORT: &str = r#""text":"Pump resets","severity":"2","reporter":"mia""#;

#[tokio::test]
async fn one_bad_event_never_stops_the_others() {
    let system = System::start().await;
    let mut own = bare("issue.acknowledged", r#"{"actor":{"department":"sales"}}"#);
    own.subject = own.subject.replace("sales", "command");
    let mut ordering = event("z-8", "issue.progress_noted", r#""note":"x""#);
    ordering.headers.insert("Nats-Rollup".to_owned(), "all".to_owned());
    let large = format!(r#""text":"{}""#, "x".repeat(domain::limits::MESSAGE_BYTES));
    let outcomes = system
        .publish(vec![
            event("z-1", "issue.reported", REPORT),
            bare("issue.reported", r#"{"text": "#),
            event("z-1", "issue.reported", REPORT),
            event("z-1", "issue.reported", r#""text":"Pump dead""#),
            own,
            event("z-2", "issue.reported", &large),
            bare("issue.resolved", "{}"),
            ordering,
            event("z-3", "invoice.sent", r#""total":3"#),
        ])
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [
            "0-1",
            "unreadable",
            "= 0-1",
            "conflicting_duplicate",
            "reserved_origin",
            "too_large",
            "no_issue",
            "bad_header",
            "0-2"
        ]
    );
    assert_eq!(system.unacknowledged("0-2").await, ["Pump resets"]);
}

#[tokio::test]
async fn what_the_log_holds_is_not_appended_again_at_any_distance() {
    let system = System::start().await;
    let report = event("z-1", "issue.reported", REPORT);
    assert_eq!(system.publish(vec![report.clone()]).await.unwrap(), ["0-1"]);
    system.clock.set("2026-03-05T10:00:00Z".parse().unwrap());
    let changed = event("z-1", "issue.reported", r#""text":"Pump dead""#);
    assert_eq!(
        system.publish(vec![report.clone(), changed]).await.unwrap(),
        ["= 0-1", "conflicting_duplicate"]
    );
    let mut elsewhere = report;
    elsewhere.subject = elsewhere.subject.replace("support", "engineering");
    assert_eq!(system.publish(vec![elsewhere]).await.unwrap(), ["conflicting_duplicate"]);
    assert_eq!(system.log.all().len(), 1);
}

#[tokio::test]
async fn equal_bare_events_are_one_within_two_minutes_of_the_first() {
    let system = System::start().await;
    let report = || bare("issue.reported", r#"{"text":"Wants her money back","reporter":"kim"}"#);
    assert_eq!(system.publish(vec![report(), report()]).await.unwrap(), ["0-1", "= 0-1"]);
    let start = "2026-03-02T10:00:00Z".parse::<jiff::Timestamp>().unwrap();
    system.clock.set(start + SignedDuration::from_secs(120));
    assert_eq!(system.publish(vec![report()]).await.unwrap(), ["= 0-1"]);
    system.clock.set(start + SignedDuration::from_secs(121));
    assert_eq!(system.publish(vec![report()]).await.unwrap(), ["0-2"]);
    assert_eq!(system.unacknowledged("0-2").await.len(), 2);
}

// A message id never reaches the log: one that the server knows would reject the whole batch. What it says does.
#[tokio::test]
async fn a_bare_events_message_id_stays_its_id() {
    let system = System::start().await;
    let mut named = bare("issue.reported", r#"{"text":"Wants her money back"}"#);
    named.headers.insert("Nats-Msg-Id".to_owned(), "call 7".to_owned());
    assert_eq!(system.publish(vec![named.clone()]).await.unwrap(), ["0-1"]);
    let stored = system.log.all();
    assert!(stored[0].headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("nats-msg-id")));

    // The same over NATS, with its header, is the same event.
    let headers = named.headers.clone().into_iter().collect();
    let over_nats = NewMessage { subject: named.subject.clone(), headers, body: named.body.to_vec() };
    system.log.append_now(over_nats);
    assert_eq!(system.unacknowledged("0-2").await.len(), 1);
    assert_eq!(system.publish(vec![named]).await.unwrap(), ["= 0-1"]);

    let issue = domain::Reference { system: "/sales".to_owned(), id: "call 7".to_owned() };
    let name = v1::issue_name::Name::Id(domain::IssueId::of(&issue).to_string());
    let request = v1::GetIssueRequest { issue: Some(v1::IssueName { name: Some(name) }), read: None };
    assert_eq!(system.issues().get_issue(request).await.unwrap().into_inner().body, "Wants her money back");
}

#[tokio::test]
async fn nothing_is_published_to_a_log_that_is_gone_or_another() {
    let system = System::start().await;
    system.log.reachable.send_replace(false);
    let status = system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "LOG_UNREACHABLE"));
    system.log.reachable.send_replace(true);
    assert_eq!(system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap(), ["0-1"]);
    let problem = "the stream was replaced".to_owned();
    let phases = [
        // An operator decides.
        (Phase::Diverged { problem: problem.clone() }, Code::FailedPrecondition, "LOG_DIVERGED", false),
        // To wait helps.
        (Phase::Replaced { problem }, Code::Unavailable, "LOG_REPLACED", true),
    ];
    for (phase, code, why, waits) in phases {
        system.projection.set_phase(phase);
        let status = system.publish(vec![event("z-2", "issue.reported", REPORT)]).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, why));
        assert_eq!(status.get_details_retry_info().is_some(), waits, "{why}");
    }
    assert_eq!(system.log.state().await.unwrap().tail, Position::new(1));
}

#[tokio::test]
async fn an_empty_or_endless_request_is_refused() {
    let system = System::start().await;
    for count in [0, 1_001] {
        let events = vec![bare("issue.reported", "{}"); count];
        assert_eq!(system.publish(events).await.unwrap_err().code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn validating_appends_nothing_and_says_what_would_be_read() {
    let system = System::start().await;
    let verdict = async |event| {
        let request = v1::ValidateEventRequest { event: Some(event) };
        system.events().validate_event(request).await.unwrap().into_inner().verdict.unwrap()
    };
    let Verdict::Accepted(accepted) = verdict(event("z-1", "issue.reported", REPORT)).await else { panic!() };
    assert_eq!(accepted.issue_id, "03ef809f-94b2-5eee-9bd2-9c2a8198024c");
    assert_eq!((accepted.customer.as_str(), accepted.department.as_str()), ("crm:4711", "support"));
    assert!(accepted.known_type);
    let Verdict::Accepted(bare) = verdict(bare("issue.reported", r#"{"text":"x"}"#)).await else { panic!() };
    assert_eq!((bare.id.as_str(), bare.issue_id.as_str()), ("", ""), "they follow from the position");
    let Verdict::Rejected(rejection) = verdict(event("z-1", "issue.reported", r#""text":7"#)).await else {
        panic!()
    };
    assert_eq!(rejection.reason, "wrong_types");
    assert_eq!(system.log.all(), []);
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    system.unacknowledged("0-1").await;
    assert_eq!(verdict(event("z-1", "issue.reported", REPORT)).await, Verdict::DuplicateOf("0-1".to_owned()));
}
