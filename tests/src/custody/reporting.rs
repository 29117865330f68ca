//! Hearing a complaint: whoever hears it reports it, with as little as they know (F02, F04, F06).

use serde_json::{Value, json};
use testkit::client::v1::{Lifecycle, Severity, WorkaroundVerdict};

use super::office::Office;

/// "A few former customers did, in fact, complain to their sales reps over a number of months."
#[test]
fn f02_a_complaint_that_sales_hears_is_one_like_any_other() {
    let office = Office::open();
    office.does("kim", &["report", "crm:4711", "The pump resets", "--channel", "visit", "--ref", "crm:1"]);
    let listed = office.does("mia", &["issues", "list", "--unacknowledged", "--department", "sales"]);
    let entry = &listed["entries"][0]["issue"];
    assert_eq!(
        (&entry["title"], &entry["owner"]["department"]),
        (&"The pump resets".into(), &"sales".into())
    );
    assert_eq!(office.owner("crm:1"), "sales crm:kim provisional", "whoever heard it answers for it");
    office.does("kim", &["take", "crm:1"]);
    office.does("kim", &["ack", "crm:1", "--by", "phone", "--to", "Mr Chen"]);
    let listed = office.does("mia", &["issues", "list", "--unacknowledged", "--department", "sales"]);
    assert_eq!(listed["entries"], json!([]));
}

/// "It took too much time when protocol and processes were followed."
#[test]
fn f06_three_fields_suffice() {
    let office = Office::open();
    let answer = office.does("kim", &["report", "crm:4711", "Pump resets"]);
    let issue = &answer["result"]["issue"];
    assert_eq!((&issue["title"], &issue["lifecycle"]), (&"Pump resets".into(), &"LIFECYCLE_OPEN".into()));
    assert_eq!(issue["severity"], "SEVERITY_UNSPECIFIED");
    let defaulted = answer.pointer("/result/defaulted").and_then(Value::as_array).unwrap();
    let fields: Vec<_> = defaulted.iter().map(|filled| filled["field"].as_str().unwrap()).collect();
    for field in ["severity", "heard_by"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    // A tool's message of the same three fields does as well.
    office.fact("sales.crm:4711.issue.reported", &json!({"text": "Pump rattles", "reporter": "kim"}));
    let listed = office.does("mia", &["issues", "list", "--customer", "crm:4711"]);
    assert_eq!(listed["issues"].as_array().unwrap().len(), 2);
}

/// "Handling the situation themselves with various, quick fixes."
#[test]
fn f04_a_quick_fix_is_told_and_looked_at() {
    let office = Office::open();
    let told = ["workaround", "--customer", "crm:4711", "--problem", "Pump resets", "--ref", "dispatch:1"];
    let fix = ["--done", "Bridged the relay", "--at", "1d", "--temporary", "--reviewer", "engineering"];
    office.does("lena", &[&told[..], &fix].concat());
    let owner = office.owner("dispatch:1");
    assert!(owner.starts_with("field-service"), "{owner}");
    let asked = office.does("bo", &["mine"]);
    assert_eq!(asked["entries"][0]["summary"], "Review the workaround: Bridged the relay");
    office.does("lena", &["take", "dispatch:1"]);
    office.does("lena", &["ack", "dispatch:1", "--by", "visit", "--to", "Mr Chen"]);
    for words in [
        &["resolve", "dispatch:1", "--summary", "Relay bridged"][..],
        &["close", "dispatch:1", "--confirmed-by", "Mr Chen"],
    ] {
        let refused = office.refused("lena", words);
        assert!(refused.contains("E_UNREVIEWED_FIX") && refused.contains("engineering"), "{refused}");
    }
    office.does("bo", &["workaround", "dispatch:1", "--review", "unsafe"]);
    let after = office.issue("dispatch:1");
    let issue = after.issue.unwrap();
    assert_eq!(after.work.unwrap().workarounds[0].verdict(), WorkaroundVerdict::Unsafe);
    assert_eq!(issue.severity(), Severity::Severity1, "it endangers somebody");
    assert_ne!(issue.lifecycle(), Lifecycle::Closed);
}

/// One message five times, late ones first: the same as each once and in order.
#[test]
fn dup_a_message_counts_once() {
    let mut office = Office::open();
    let story = |number: &str| -> Vec<(&'static str, Value)> {
        let event = |id: &str, minute: u32, mut data: Value| {
            data["issue"] = json!({"system": "zendesk", "id": number});
            json!({"specversion": "1.0", "id": format!("{number}-{id}"), "source": "/zendesk",
                "time": format!("2026-03-02T10:{minute:02}:00Z"), "data": data})
        };
        vec![
            ("issue.reported", event("1", 0, json!({"text": "Pump resets", "reporter": "mia"}))),
            ("owner.assigned", event("2", 1, json!({"team": "L2"}))),
            ("issue.acknowledged", event("3", 2, json!({"channel": "mail"}))),
            ("handoff.offered", event("4", 3, json!({"to_department": "engineering", "summary": "x"}))),
            ("issue.resolved", event("5", 4, json!({}))),
            ("issue.reopened", event("6", 5, json!({}))),
        ]
    };
    let mut publish = |what: &str, body: &Value| {
        let mut body = body.clone();
        body["type"] = what.into();
        let subject = format!("davy.events.support.crm:4711.{what}");
        crate::block_on(office.davy().publish(&subject, &[], body.to_string().as_bytes())).unwrap()
    };
    let mut last = String::new();
    for (what, body) in story("1") {
        last = publish(what, &body);
    }
    for round in 0..5 {
        let mut shuffled = story("2");
        shuffled.rotate_left(round);
        shuffled.reverse();
        for (what, body) in &shuffled {
            last = publish(what, body);
        }
    }
    office.folded(&last);
    let seen = |name: &str| {
        let (issue, work) = (office.issue(name).issue.unwrap(), office.issue(name).work.unwrap());
        let owner = issue.owner.as_ref().map(super::office::words).unwrap();
        let acknowledged = issue.acknowledged.as_ref().and_then(|acknowledged| acknowledged.at);
        let counts = (issue.owner_changes, issue.hand_offs, issue.reopens, issue.event_count);
        (owner, acknowledged, counts, issue.lifecycle(), work.hand_off.is_some(), issue.anomalies)
    };
    assert_eq!(seen("zendesk:1"), seen("zendesk:2"));
    let status = office.does("root", &["status"]);
    assert_eq!(status["duplicates"], "24", "6 events, 4 times more than needed");
}
