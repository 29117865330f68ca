//! Who answers for it: at every instant somebody does, and it can be said who (F09, F16, leavers).

use serde_json::json;
use testkit::client::{issue_name, v1};

use super::office::{Office, words};
use crate::block_on;

/// "Employees felt someone else was accountable and responsible."
#[test]
fn f09_somebody_answers_for_it_since_its_birth() {
    let mut office = Office::open();
    let events = [
        (0, "support", "issue.reported", json!({"text": "Pump resets"})),
        (5, "support", "owner.assigned", json!({"team": "L2"})),
        (10, "support", "owner.accepted", json!({"person": {"system": "zendesk", "id": "mia"}})),
        (15, "support", "handoff.offered", json!({"to_department": "engineering", "summary": "x"})),
        (20, "engineering", "handoff.accepted", json!({"person": {"system": "jira", "id": "bo"}})),
        (25, "engineering", "owner.declined", json!({})),
        (30, "engineering", "issue.resolved", json!({})),
    ];
    let mut last = String::new();
    for (minute, department, what, mut data) in events {
        data["issue"] = json!({"system": "zendesk", "id": "1"});
        let body = json!({"specversion": "1.0", "id": minute.to_string(), "source": "/t", "type": what,
            "time": format!("2026-03-02T10:{minute:02}:00Z"), "data": data});
        let subject = format!("davy.events.{department}.crm:4711.{what}");
        last = block_on(office.davy().publish(&subject, &[], body.to_string().as_bytes())).unwrap();
    }
    office.folded(&last);
    for minute in 0..35 {
        let as_of = Some(format!("2026-03-02T10:{minute:02}:30Z").parse().unwrap());
        let owner = office.owner_at("zendesk:1", v1::ReadOptions { as_of, ..v1::ReadOptions::default() });
        let expected = match minute {
            0..5 => "support desk",
            5..10 => "support/L2 provisional",
            10..20 => "support/L2 zendesk:mia accepted",
            20..25 => "engineering jira:bo accepted",
            _ => "engineering desk",
        };
        assert_eq!(owner, expected, "minute {minute}");
    }
    let before = Some("2026-03-02T09:59:00Z".parse().unwrap());
    let read = Some(v1::ReadOptions { as_of: before, ..v1::ReadOptions::default() });
    let request = v1::WhoOwnsRequest { issue: Some(issue_name("zendesk:1").unwrap()), read };
    assert!(block_on(office.api("mia").who_owns(request)).is_err(), "it was not born");
}

/// "The reactive finger-pointing and excuse-making commences": who knew what, when.
#[test]
fn f16_what_was_recorded_later_was_not_known() {
    let office = Office::open();
    let event = |id: &str, time: &str, what: &str, data: serde_json::Value| json!({"specversion": "1.0", "id": id, "source": "/t", "type": what, "time": time, "data": data});
    let issue = json!({"system": "zendesk", "id": "1"});
    let told =
        event("a", "2026-03-02T10:00:00Z", "issue.reported", json!({"issue": issue, "text": "Pump resets"}));
    let known = office.fact("support.crm:4711.issue.reported", &told);
    // Written down afterwards, with an earlier time.
    let late =
        event("b", "2026-03-02T10:01:00Z", "issue.acknowledged", json!({"issue": issue, "channel": "mail"}));
    let later = office.fact("support.crm:4711.issue.acknowledged", &late);
    let types = |known_at: &str| {
        let words = [
            "timeline",
            "crm:4711",
            "--as-of",
            "2026-03-02T10:02:00Z",
            "--known-at",
            known_at,
            "-o",
            "ndjson",
        ];
        let ran = office.run("robin", &words);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let entry = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].to_string();
        ran.stdout.lines().map(entry).collect::<Vec<_>>()
    };
    assert_eq!(types(&known), ["\"issue.reported\""]);
    assert_eq!(types(&later), ["\"issue.acknowledged\"", "\"issue.reported\""]);
    let acknowledged = |known_at: &str| {
        let ran = office.does("robin", &["issues", "get", "zendesk:1", "--known-at", known_at]);
        ran["issue"].get("acknowledged").is_some()
    };
    assert_eq!((acknowledged(&known), acknowledged(&later)), (false, true));
}

/// Somebody leaves: what was theirs is their department's at once, and everybody sees whose it was.
#[test]
fn leaver_nothing_is_left_behind() {
    let office = Office::open();
    for name in ["zendesk:1", "zendesk:2", "zendesk:3"] {
        office.reported("mia", name);
        office.does("mia", &["take", name]);
    }
    office.does("mia", &["promise", "zendesk:1", "Call back", "--due", "1d"]);
    office.reported("max", "zendesk:4");
    office.does("max", &["take", "zendesk:4"]);
    let org = "people:\n  - {id: mia, name: Mia Berg, departments: [support], manager: tom, accounts: [\"zendesk:mia\"], status: left}\n";
    let file = std::env::temp_dir().join(format!("davy-leaver-{}.yaml", std::process::id()));
    std::fs::write(&file, org).unwrap();
    let applied = office.run("root", &["apply", "--yes", "-f", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(applied.code, 0, "{}", applied.stderr);

    for name in ["zendesk:1", "zendesk:2", "zendesk:3"] {
        let owner = office.issue(name).issue.unwrap().owner.unwrap();
        assert_eq!(words(&owner), "support desk");
        let was = owner.was.unwrap();
        assert_eq!((was.department.as_str(), was.person.unwrap().id.as_str()), ("support", "mia"));
    }
    let orphaned = office.does("tom", &["mine", "--orphaned"]);
    let names = orphaned["entries"].as_array().unwrap().iter().map(|entry| entry["issue"]["id"].to_string());
    let distinct: std::collections::BTreeSet<_> = names.collect();
    assert_eq!(distinct.len(), 3, "{orphaned}");
    let refused =
        office.refused("tom", &["assign", "zendesk:1", "--person", "zendesk:mia", "--reason", "hers"]);
    assert!(refused.contains("left"), "{refused}");
    office.does("max", &["take", "zendesk:1"]);
    office.does("max", &["promise", "zendesk:1", "--kept", "called"]);
    assert_eq!(office.owner("zendesk:1"), "support zendesk:max accepted");
    let orphaned = office.does("tom", &["mine", "--orphaned", "--kind", "owned"]);
    assert_eq!(orphaned["entries"].as_array().unwrap().len(), 2, "{orphaned}");
    // As of before, it was hers.
    assert_eq!(office.owner("zendesk:4"), "support zendesk:max accepted");
}
