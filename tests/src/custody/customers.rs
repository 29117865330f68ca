//! One customer under several ids: found, compared, joined and parted again (F08, F10, merge).

use serde_json::{Value, json};

use super::office::Office;

/// "Left messages in various voice mailboxes, hoping someone would call them back."
#[test]
fn f08_one_customer_who_knocks_at_many_doors_is_seen() {
    let office = Office::open();
    let doors = [
        ("sales", "tel:101", "sales-north"),
        ("support", "tel:102", "hotline"),
        ("sales", "tel:102", "reception"),
    ];
    for (department, from, mailbox) in doors {
        let data = json!({"channel": "voicemail", "mailbox": mailbox});
        office.fact(&format!("{department}.{from}.contact.missed"), &data);
    }
    office.fact("sales.crm:4711.customer.profile_set", &json!({"name": "Chen Pumps"}));
    // Whose numbers these are is not known: only one of them knocked at two doors.
    let strangers = office.does("mia", &["customers", "suggestions"]);
    assert_eq!(strangers["suggestions"][0]["manyDoors"]["otherIssueIds"].as_array().unwrap().len(), 1);
    for leaf in ["tel:101", "tel:102"] {
        office.does(
            "kim",
            &["alias", "assert", "crm:4711", leaf, "--kind", "phone", "--evidence", "called back"],
        );
    }
    let seen = office.does("mia", &["customers", "suggestions", "crm:4711"]);
    let suggestions = seen["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), 1, "{seen}");
    let found = &suggestions[0]["manyDoors"];
    let (earliest, others) =
        (found["earliestIssueId"].as_str().unwrap(), found["otherIssueIds"].as_array().unwrap());
    assert_eq!((others.len(), found["doors"].as_array().unwrap().len()), (2, 3), "{seen}");
    for other in others {
        office.does("alex", &["reference", earliest, other.as_str().unwrap()]);
    }
    let cleared = office.does("mia", &["customers", "suggestions", "crm:4711"]);
    assert_eq!(cleared["suggestions"], json!([]));
    let open = office.does("mia", &["issues", "list", "--unacknowledged", "--customer", "crm:4711"]);
    let entries = open["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{open}");
    assert_eq!(entries[0]["issue"]["id"], earliest);
    for id in [earliest].into_iter().chain(others.iter().filter_map(Value::as_str)) {
        let whole = office.issue(id);
        assert_eq!(whole.issue.unwrap().id, earliest);
        assert_eq!(whole.work.unwrap().chasers, 2, "{id}: she asked three times");
    }
}

/// Two clerks who link the same two issues at one instant, each the other way round, may both succeed, as two tools may.
#[test]
fn two_issues_that_are_each_the_others_duplicate_hide_neither() {
    let office = Office::open();
    let names = ["zendesk:1", "zendesk:2"];
    let reference = |name: &str| json!({"system": "zendesk", "id": name.split_once(':').unwrap().1});
    let ids = names.map(|name| {
        office.reported("mia", name);
        office.issue(name).issue.unwrap().id
    });
    for (one, other) in [(names[0], names[1]), (names[1], names[0])] {
        let data = json!({"issue": reference(one), "duplicate_of": reference(other)});
        office.fact("support.crm:4711.link.added", &data);
    }
    let listed = || {
        let list = office.does("mia", &["issues", "list", "--unacknowledged", "--customer", "crm:4711"]);
        let ids = list["entries"].as_array().unwrap().iter().map(|entry| entry["issue"]["id"].clone());
        ids.collect::<Vec<_>>()
    };
    let duplicates = || names.map(|name| office.issue(name).duplicate_of);
    assert_eq!(duplicates(), [ids[1].clone(), ids[0].clone()]);
    assert_eq!(listed().len(), 2, "nobody answered either");
    office.does("mia", &["link", names[0], "duplicate-of", names[1], "--remove"]);
    assert_eq!(duplicates(), [String::new(), ids[0].clone()]);
    assert_eq!(listed(), [Value::from(ids[0].clone())]);
}

/// "No employee compared notes with any other employee."
#[test]
fn f10_what_two_departments_hear_is_put_side_by_side() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("lena", &["report", "crm:4711", "Pump rattles at the site", "--ref", "dispatch:1"]);
    let listed = |department: &str| {
        let answer = office.does("alex", &["customers", "not-compared", "--department", department]);
        answer["pairs"].as_array().unwrap().len()
    };
    assert_eq!(["support", "field-service", "sales"].map(listed), [1, 1, 0]);
    office.does("mia", &["link", "zendesk:1", "distinct-from", "dispatch:1", "--note", "another pump"]);
    assert_eq!(["support", "field-service"].map(listed), [0, 0]);
    let timeline = office.run("kim", &["timeline", "crm:4711", "-o", "ndjson"]);
    for department in ["support", "field-service"] {
        assert!(timeline.stdout.contains(&format!("\"{department}\"")), "one timeline for all of them");
    }
    let itself = office.refused("mia", &["link", "zendesk:1", "duplicate-of", "zendesk:1"]);
    assert!(itself.contains("E_SELF_LINK"), "{itself}");
}

/// Two tickets, one matter: what was done about either was done about both, and either number leads to it for ever.
#[test]
fn two_tickets_of_one_matter_are_one_issue() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("lena", &["report", "crm:4711", "Pump rattles at the site", "--ref", "dispatch:1"]);
    office.does("mia", &["take", "zendesk:1"]);
    office.does("mia", &["reference", "zendesk:1", "dispatch:1"]);
    office.does("mia", &["ack", "dispatch:1", "--by", "phone"]);
    let [one, other] = ["zendesk:1", "dispatch:1"].map(|name| office.issue(name));
    assert_eq!(one.issue, other.issue);
    assert!(one.redirected_from.is_empty() && !other.redirected_from.is_empty());
    let issue = one.issue.unwrap();
    assert_eq!((issue.references.len(), issue.acknowledged.is_some()), (2, true));
    let listed = office.does("mia", &["issues", "list", "--customer", "crm:4711"]);
    assert_eq!(listed["issues"].as_array().unwrap().len(), 1, "{listed}");
}

/// Joined and parted again, both are as if it had never been.
#[test]
fn merge_then_unmerge_changes_nothing() {
    let office = Office::open();
    let report = |customer: &str, name: &str| {
        office.does("kim", &["report", customer, "Pump resets", "--severity", "3", "--ref", name])
    };
    report("crm:1", "zendesk:1");
    report("sap:9", "zendesk:9");
    for words in [["merge", "sap:9", "sap:9"], ["merge", "crm:1", "crm:1"]] {
        assert!(office.refused("root", &words).contains("E_SELF_LINK"));
    }
    let not_hers = office.run("kim", &["merge", "sap:9", "crm:1", "--reason", "one company"]);
    assert_eq!(not_hers.code, 5, "{}", not_hers.stderr);
    let before = ["crm:1", "sap:9"].map(|customer| seen(&office, customer));
    office.does("root", &["merge", "sap:9", "crm:1", "--reason", "one company, entered twice"]);
    let twice = office.refused("root", &["merge", "sap:9", "crm:1", "--reason", "again"]);
    assert!(twice.contains("E_ALREADY"), "{twice}");
    let cycle = office.refused("root", &["merge", "crm:1", "sap:9", "--reason", "the other way round"]);
    assert!(cycle.contains("E_ALREADY"), "{cycle}");

    let one = office.does("mia", &["customers", "get", "sap:9"]);
    assert_eq!((&one["customer"]["token"], &one["customer"]["issues"]), (&"crm:1".into(), &json!(2)));
    assert_eq!(one["customer"]["leaves"].as_array().unwrap().len(), 2);
    for number in 0..5 {
        report("crm:1", &format!("zendesk:1{number}"));
        report("sap:9", &format!("zendesk:9{number}"));
    }
    assert_eq!(seen(&office, "crm:1").1.len(), seen(&office, "sap:9").1.len());

    office.does("root", &["unmerge", "crm:1", "--reason", "a subsidiary"]);
    for ((customer, numbers), (counts, entries)) in
        [("crm:1", "zendesk:1"), ("sap:9", "zendesk:9")].iter().zip(before)
    {
        let after = seen(&office, customer);
        assert_eq!(after.0, counts + 5, "{customer}");
        let mut theirs = entries.clone();
        for number in 0..5 {
            let issue = office.does("mia", &["issues", "get", &format!("{numbers}{number}")]);
            theirs.push(issue["issue"]["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(after.1, theirs, "{customer}");
    }
}

/// Issues of a customer, and the issue of every entry of their timeline but those of identity, oldest first.
fn seen(office: &Office, customer: &str) -> (u64, Vec<String>) {
    let count = office.does("mia", &["customers", "get", customer])["customer"]["issues"].as_u64().unwrap();
    let ran = office.run("mia", &["timeline", customer, "--order", "oldest", "-o", "ndjson"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let entries = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_issues = entries.filter(|entry| entry["type"].as_str().unwrap() == "issue.reported");
    (count, of_issues.map(|entry| entry["issueId"].as_str().unwrap().to_owned()).collect())
}
