//! Documents about duty mean the same in an event, in the API and in the store's words, and what cannot be meant is told.
#![expect(clippy::panic, reason = "a test stops where something is not as it must be")]

use davy_wire::{
    Message, decode,
    directory::{By, set},
    proto::{Flaw, Flaws, document, read_duty, read_person_rules, read_quiet},
};
use domain::{
    Arrived, ClockKind, Department, Document, LeaseLimit, PingTarget, Position, Principal, Repeat, Roles,
    Severity, TimeLimit,
};
use proto::v1::{self, document::Document as Kind};

fn read(kind: &str, data: &str) -> Arrived {
    let subject = format!("davy.directory.{kind}.support");
    let stored_at = jiff::Timestamp::UNIX_EPOCH;
    let body = data.as_bytes();
    decode(&Message { position: Position::new(9), stored_at, subject: &subject, headers: &[], body }).content
}

fn said(kind: &str, data: &str) -> Document {
    match read(kind, data) {
        Arrived::Directory(change) => change.document,
        Arrived::Quarantined(found) => panic!("{}", found.detail),
        Arrived::Event(_) | Arrived::Operation(_) | Arrived::UnknownDocument { .. } => panic!("{kind}"),
    }
}

const DOCUMENTS: [(&str, &str); 7] = [
    (
        "calendar",
        r#"{"zone":"europe/berlin","open":["mon-thu 09:00-12:00","daily 22:00-06:00"],"holidays":["2026-12-25"]}"#,
    ),
    (
        "rotation",
        r#"{"name":"R","zone":"Europe/Berlin","members":["mia","bo"],"every":"2 weeks","from":"2026-01-05T09:00"}"#,
    ),
    (
        "schedule",
        r#"{"zone":"Europe/Berlin","layers":[{"rotation":"weekly","until":"2026-06-01T09:00"},{"people":["tom"],"windows":["fri-sun 22:00-06:00"]}],"temporary":[{"from":"2026-12-24T09:00","until":"2026-12-27T09:00","shifts":[{"person":"bo"}]}],"gaps_wanted":true}"#,
    ),
    (
        "override",
        r#"{"schedule":"support","from":"2026-03-02T17:00:00Z","until":"2026-03-03T17:00:00Z","adds":"bo","reason":"Concert","active":false}"#,
    ),
    (
        "policy",
        r#"{"clocks":["ack 15m 1h 4bh 2bd","own 1h"],"plans":[{"severities":1,"steps":[{"ping":["on-call","head:sales"],"wait":"5m"}],"repeat":"forever"},{"steps":[{"ping":["owner"],"wait":"1h","answers":2}],"repeat":2,"working_time":true}],"fallback":"channel:alarm"}"#,
    ),
    ("policy", r#"{"plans":[{"steps":[{"ping":["on-call:it"],"wait":"30s"}]}],"fallback":"person:mia"}"#),
    (
        "policy",
        r#"{"plans":[{"steps":[{"ping":["on-call"],"wait":"5m"}],"lease":"0"}],"fallback":"person:mia"}"#,
    ),
];

#[test]
fn a_document_is_the_same_in_an_event_and_in_the_api() {
    let principal = Principal {
        name: "token/ada".to_owned(),
        department: "operations".parse().unwrap(),
        person: None,
        roles: Roles::all(),
    };
    for (kind, data) in DOCUMENTS {
        let first = said(kind, data);
        let composed = set(By { principal: &principal, request_id: "one" }, &first, None);
        assert_eq!(said(kind, str::from_utf8(&composed.body).unwrap()), first, "{data}");
        let mut flaws = Flaws::default();
        let sent = document(&first, true).document.unwrap();
        assert_eq!((read_duty(sent, &mut flaws), flaws.0), (Some(first), Vec::new()), "{data}");
    }
}

#[test]
fn a_policy_says_what_it_leaves_out() {
    let (_, data) = DOCUMENTS[4];
    let Document::Policy(policy) = said("policy", data) else { panic!() };
    let lease = |severity| policy.plan(severity).lease;
    assert_eq!(
        [lease(Severity::One), lease(Severity::Two), lease(Severity::Four)],
        [TimeLimit::Wall(1800), TimeLimit::Wall(7200), TimeLimit::Days(1)].map(LeaseLimit::Lasts)
    );
    assert_eq!(policy.plan(Severity::One).repeat, Repeat::Forever);
    assert_eq!(policy.plan(Severity::Two).repeat, Repeat::Times(2));
    assert!(!policy.plan(Severity::Two).holds && policy.plan(Severity::Three).holds);
    assert_eq!(policy.limit(ClockKind::Ack, Severity::Three), Some(TimeLimit::Hours(4 * 3600)));
    assert_eq!(policy.limit(ClockKind::Own, Severity::Four), Some(TimeLimit::Wall(3600)));
    let sales: Department = "sales".parse().unwrap();
    let targets = &policy.plan(Severity::One).steps[0].targets;
    assert_eq!(*targets, [PingTarget::OnCall(None), PingTarget::Head(Some(sales))]);
}

#[test]
fn a_lease_of_nought_never_lapses_and_one_that_is_not_said_does() {
    let (_, data) = DOCUMENTS[6];
    let Document::Policy(policy) = said("policy", data) else { panic!() };
    assert_eq!(policy.plan(Severity::One).lease, LeaseLimit::NeverLapses);
    let soon = data.replace(r#""lease":"0""#, r#""lease":"soon""#);
    let Arrived::Quarantined(refused) = read("policy", &soon) else { panic!() };
    assert!(refused.detail.contains("use 0 for one that never lapses"), "{}", refused.detail);
}

fn flaws_of(kind: Kind) -> Vec<String> {
    let mut flaws = Flaws::default();
    assert_eq!(read_duty(kind, &mut flaws), None);
    flaws.0.into_iter().map(|Flaw { member, what: _ }| member).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn everything_that_cannot_be_meant_is_told_with_its_member() {
    let calendar = v1::CalendarDocument {
        zone: "Mars/Olympus".to_owned(),
        open: texts(&["mon-fri 09:00-17:00", "someday 09:00-17:00"]),
        holidays: texts(&["2026-12-25", "Christmas"]),
        ..v1::CalendarDocument::default()
    };
    assert_eq!(flaws_of(Kind::Calendar(calendar)), ["zone", "open[1]", "holidays[1]"]);
    let empty = v1::CalendarDocument { zone: "UTC".to_owned(), ..v1::CalendarDocument::default() };
    assert_eq!(flaws_of(Kind::Calendar(empty)), ["open"]);

    let rotation = v1::RotationDocument { every: "fortnight".to_owned(), ..v1::RotationDocument::default() };
    assert_eq!(flaws_of(Kind::Rotation(rotation)), ["zone", "every", "from"]);

    let layer = v1::ScheduleLayer { windows: texts(&["nights"]), ..v1::ScheduleLayer::default() };
    let schedule = v1::ScheduleDocument {
        zone: "UTC".to_owned(),
        layers: vec![layer],
        ..v1::ScheduleDocument::default()
    };
    assert_eq!(flaws_of(Kind::Schedule(schedule)), ["layers[0]", "layers[0].windows[0]"]);

    let exception =
        v1::OverrideDocument { from: "2026-03-02T17:00".to_owned(), ..v1::OverrideDocument::default() };
    assert_eq!(flaws_of(Kind::Override(exception)), ["from", "until"]);

    let step = v1::PolicyStep { ping: texts(&["boss"]), wait: "soon".to_owned(), answers: 0 };
    let plan = |severities: &str| v1::PolicyPlan {
        severities: severities.to_owned(),
        steps: vec![step.clone()],
        repeat: "often".to_owned(),
        ..v1::PolicyPlan::default()
    };
    let policy = v1::PolicyDocument {
        clocks: texts(&["ack 1h", "lunch 1h", "own 1h 2h"]),
        plans: vec![plan("1-2"), plan("2-3")],
        ..v1::PolicyDocument::default()
    };
    let expected = [
        "clocks[1]",
        "clocks[2]",
        "fallback",
        "plans[1].severities",
        "plans[0].steps[0].ping[0]",
        "plans[0].steps[0].wait",
        "plans[0].repeat",
        "plans[1].steps[0].ping[0]",
        "plans[1].steps[0].wait",
        "plans[1].repeat",
    ];
    assert_eq!(flaws_of(Kind::Policy(policy)), expected);
    let step = v1::PolicyStep { ping: texts(&["owner"]), wait: "5m".to_owned(), answers: 0 };
    let plan =
        v1::PolicyPlan { severities: "1-3".to_owned(), steps: vec![step], ..v1::PolicyPlan::default() };
    let policy = v1::PolicyDocument {
        plans: vec![plan],
        fallback: "channel:alarm".to_owned(),
        ..v1::PolicyDocument::default()
    };
    assert_eq!(flaws_of(Kind::Policy(policy)), ["plans"]);
}

#[test]
fn people_say_when_they_are_pinged() {
    let mut flaws = Flaws::default();
    let rule = |after: &str, severities: &str| v1::PersonalRule {
        contact: "phone".to_owned(),
        after: after.to_owned(),
        severities: severities.to_owned(),
    };
    let rules = read_person_rules(vec![rule("", ""), rule("2m", "1-2"), rule("1bd", "9")], &mut flaws);
    assert_eq!(rules.iter().map(|rule| rule.after_seconds).collect::<Vec<_>>(), [0, 120]);
    assert_eq!(rules[1].severities, [1, 2]);
    let quiet =
        v1::QuietHours { zone: "UTC".to_owned(), hours: texts(&["daily 00:00-24:00"]), ..Default::default() };
    assert_eq!(read_quiet(quiet, &mut flaws), None);
    let members: Vec<_> = flaws.0.iter().map(|flaw| flaw.member.as_str()).collect();
    assert_eq!(members, ["rules[2].after", "rules[2].severities", "quiet.hours"]);
}

#[test]
fn a_document_of_the_log_that_would_hold_up_the_escalator_is_quarantined() {
    for (kind, data) in [
        ("calendar", "{}"),
        ("calendar", r#"{"zone":"UTC","open":[]}"#),
        ("rotation", r#"{"zone":"UTC","members":[],"every":"1 week","from":"2026-01-05T09:00"}"#),
        ("schedule", r#"{"zone":"UTC","layers":[]}"#),
        ("policy", r#"{"plans":[{"steps":[]}],"fallback":"channel:a"}"#),
        ("policy", r#"{"plans":[{"steps":[{"ping":["owner"],"wait":"29s"}]}],"fallback":"channel:a"}"#),
        ("policy", r#"{"plans":[{"steps":[{"ping":["owner"],"wait":"5m"}]}]}"#),
        (
            "override",
            r#"{"schedule":"s","from":"2026-03-03T17:00:00Z","until":"2026-03-02T17:00:00Z","adds":"bo"}"#,
        ),
    ] {
        assert!(matches!(read(kind, data), Arrived::Quarantined(_)), "{kind} {data}");
    }
}
