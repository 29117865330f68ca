//! The worked example of `contract.md` 8, published over NATS message by message, and what every reader must see after each.

use serde_json::Value;
use testkit::{
    Davy,
    client::{issue_name, v1},
};

use crate::{DAVY, block_on, issues};

const EXAMPLE: &str = include_str!("../fixtures/worked_example.json");
const ISSUE: &str = "03ef809f-94b2-5eee-9bd2-9c2a8198024c";

#[test]
fn the_worked_example_gives_the_states_of_its_table() {
    let davy = Davy::start(DAVY).unwrap();
    let rows: Vec<Value> = serde_json::from_str(EXAMPLE).unwrap();
    let mut positions = Vec::new();
    for row in &rows {
        let headers: Vec<_> = row["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str().unwrap()))
            .collect();
        let body = row["body"].as_str().unwrap().as_bytes();
        let position = block_on(davy.publish(row["subject"].as_str().unwrap(), &headers, body)).unwrap();
        assert_after(&davy, row, &position);
        positions.push(position);
    }
    assert_eq!(positions.last().unwrap(), "0-13");
    assert_unacknowledged(&davy);
    assert_past(&davy);
    assert_timeline(&davy);
}

fn assert_after(davy: &Davy, row: &Value, position: &str) {
    let ran = davy.run(["issues", "get", "zendesk:55", "--min-position", position, "-o", "json"]).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let (issue, after) = (&answer["issue"], &row["after"]["issue"]);
    assert_eq!(issue["id"], ISSUE);
    for member in ["lifecycle", "severity", "handOffs", "ownerChanges", "reopens", "title"] {
        assert_eq!(issue[member], after[member], "row {} {member}", row["row"]);
    }
    assert_eq!(
        issue.pointer("/acknowledged/at").unwrap_or(&Value::Null),
        &after["acknowledgedAt"],
        "row {}",
        row["row"]
    );
    let owner = &issue["owner"];
    let person = owner.get("person").map_or_else(String::new, |person| {
        format!("{}/{}", person["system"].as_str().unwrap(), person["id"].as_str().unwrap())
    });
    for (found, wanted) in [
        (&owner["department"], &after["owner"]["department"]),
        (&owner["team"], &after["owner"]["team"]),
        (&owner["kind"], &after["owner"]["kind"]),
        (&Value::from(person), &after["owner"]["person"]),
    ] {
        assert_eq!(found, wanted, "row {}", row["row"]);
    }
    if let Some(reason) = row["after"].get("quarantined") {
        let ran = davy.run(["quarantine", "list", "-o", "ndjson"]).unwrap();
        let newest: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
        assert_eq!((&newest["reason"], newest["position"].as_str()), (reason, Some(position)));
    }
}

fn assert_unacknowledged(davy: &Davy) {
    let api = block_on(davy.api()).unwrap();
    let answer = block_on(api.list_unacknowledged(v1::ListUnacknowledgedRequest::default())).unwrap();
    let mut shown: Vec<String> =
        answer.entries.into_iter().filter_map(|entry| entry.entry).map(describe).collect();
    shown.sort();
    assert_eq!(shown, ["conflicting_duplicate 0-3", "sales Wants her money back", "unreadable 0-12"]);
    assert_eq!(answer.quarantined_total, 3);
    let status: Value = serde_json::from_str(&davy.run(["status", "-o", "json"]).unwrap().stdout).unwrap();
    assert_eq!((&status["duplicates"], &status["quarantinedTotal"]), (&"1".into(), &"3".into()));
}

fn describe(entry: v1::unacknowledged_entry::Entry) -> String {
    match entry {
        v1::unacknowledged_entry::Entry::Issue(issue) => {
            format!("{} {}", issue.owner.unwrap().department, issue.title)
        }
        v1::unacknowledged_entry::Entry::Quarantined(event) => format!("{} {}", event.reason, event.position),
    }
}

/// As of 10:04: support/L2 provisional, acknowledged at 10:00; as then known at `0-6`, not acknowledged.
fn assert_past(davy: &Davy) {
    let who = |read: v1::ReadOptions| {
        let issue = Some(issue_name("zendesk:55").unwrap());
        let api = block_on(davy.api()).unwrap();
        block_on(api.who_owns(v1::WhoOwnsRequest { issue, read: Some(read) })).unwrap()
    };
    let as_of = Some("2026-03-02T10:04:00Z".parse().unwrap());
    let then = who(v1::ReadOptions { as_of, ..v1::ReadOptions::default() });
    let known = who(v1::ReadOptions { as_of, known_at: "0-6".to_owned(), ..v1::ReadOptions::default() });
    for (answer, acknowledged) in [(&then, Some("2026-03-02T10:00:00Z")), (&known, None)] {
        let owner = answer.owner.as_ref().unwrap();
        assert_eq!((owner.department.as_str(), owner.team.as_str()), ("support", "L2"));
        assert_eq!(owner.kind(), v1::OwnerKind::Provisional);
        let at =
            answer.acknowledged.as_ref().and_then(|acknowledged| acknowledged.at).map(|at| at.to_string());
        assert_eq!(at.as_deref(), acknowledged);
    }
}

/// Rows 6 and 8 came on `engineering._` and stand in the timeline of crm:4711.
fn assert_timeline(davy: &Davy) {
    let ran = davy.run(["timeline", "crm:4711", "-o", "ndjson"]).unwrap();
    let entries: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let departments = entries.iter().filter(|entry| entry["department"] == "engineering").count();
    assert_eq!((entries.len(), departments), (9, 2), "{}", ran.stdout);
    assert_eq!(issues(davy, &[]).lines().count(), 2);
}
