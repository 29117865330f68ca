//! Hand-offs: nothing is thrown over a wall (F03, F37, F37b, F38).

use serde_json::json;
use testkit::client::v1;

use super::office::Office;

const WHOLE: [&str; 12] = [
    "--to",
    "engineering",
    "--summary",
    "Resets under load",
    "--done",
    "Replaced the sensor",
    "--next",
    "Read the log @ 2d",
    "--field",
    "asset=P-4711",
    "--field",
    "revision=C",
];

/// "Incomplete tasks, missing information ... who is to know?"
#[test]
fn f37_what_a_department_asks_for_is_given() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("mia", &["take", "zendesk:1"]);
    let poor = ["hand-off", "zendesk:1", "--to", "engineering", "--summary", "broken", "--next", "look"];
    let refused = office.refused("mia", &poor);
    for field in ["done_so_far", "asset", "revision"] {
        assert!(refused.contains(field), "{refused}");
    }
    assert!(office.issue("zendesk:1").issue.unwrap().offered_to.is_none());

    // The same from a tool is an offer that lacks something. Nobody's accountability moves by it.
    let data = json!({"issue": {"system": "zendesk", "id": "1"}, "to_department": "engineering", "summary": "broken"});
    office.fact("support.crm:4711.handoff.offered", &data);
    let offered = office.issue("zendesk:1");
    assert!(offered.issue.unwrap().anomalies.contains(&"incomplete".to_owned()));
    let missing = offered.work.unwrap().hand_off.unwrap().missing;
    assert_eq!(missing, ["done_so_far", "next_actions", "asset", "revision"]);
    assert_eq!(office.owner("zendesk:1"), "support zendesk:mia accepted");

    // Whoever takes it says back what it is about, as it lacks something.
    let silent = office.refused("bo", &["accept", "zendesk:1"]);
    assert!(silent.contains("said back"), "{silent}");
    let taken = office.refused("bo", &["take", "zendesk:1"]);
    assert!(taken.contains("accept the hand-off"), "{taken}");
    office.does("bo", &["accept", "zendesk:1", "Resets under load; I read the log today and call by Friday"]);
    assert_eq!(office.owner("zendesk:1"), "engineering jira:bo accepted");
    assert_eq!(office.issue("zendesk:1").issue.unwrap().hand_offs, 1);
}

/// Two departments pass it to and fro: a third decides.
#[test]
fn f37b_what_bounces_twice_goes_to_the_arbiter() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("mia", &["take", "zendesk:1"]);
    let offer = [&["hand-off", "zendesk:1"][..], &WHOLE].concat();
    for reason in ["no capacity this week", "still none"] {
        office.does("mia", &offer);
        office.does("noor", &["decline", "zendesk:1", "--code", "no-capacity", "--reason", reason]);
        assert_eq!(office.owner("zendesk:1"), "support zendesk:mia accepted", "the sender stays accountable");
    }
    let refused = office.refused("mia", &offer);
    assert!(refused.contains("arbiter of support (alex)"), "{refused}");
    let bounced = v1::IssueFilter { bounced: true, ..v1::IssueFilter::default() };
    let request = v1::ListIssuesRequest { filter: Some(bounced), ..v1::ListIssuesRequest::default() };
    let listed = crate::block_on(office.api("alex").list_issues(request)).unwrap();
    assert_eq!(listed.issues.len(), 1);
    let assign = ["assign", "zendesk:1", "--department", "engineering", "--reason", "it is theirs"];
    let not_mine = office.refused("mia", &assign);
    assert!(not_mine.contains("arbiter of support (alex)"), "{not_mine}");
    office.does("alex", &assign);
    assert_eq!(office.owner("zendesk:1"), "engineering desk");
}

/// "The post-sale journey is passed off to everyone who was not part of the initial acquisition."
#[test]
fn f38_what_sales_promised_goes_with_it() {
    let office = Office::open();
    office.reported("kim", "crm:1");
    office.does("kim", &["take", "crm:1"]);
    for what in ["Training on site", "A second pump by June", "A named contact"] {
        office.does("kim", &["promise", "crm:1", what, "--due", "30d", "--to", "Mr Chen"]);
    }
    let offer = [
        "hand-off",
        "crm:1",
        "--to",
        "field-service",
        "--summary",
        "Delivery",
        "--done",
        "Signed",
        "--next",
        "Plan",
    ];
    office.does("kim", &offer);
    office.does(
        "lena",
        &["decline", "crm:1", "--code", "missing-info", "--missing", "site", "--reason", "which site?"],
    );
    assert_eq!(office.owner("crm:1"), "sales crm:kim accepted", "a decline leaves sales accountable");
    office.does("kim", &offer);
    let not_ours = office.refused("bo", &["accept", "crm:1", "I take it and call them by Friday"]);
    assert!(not_ours.contains("field-service"), "{not_ours}");
    office.does("lena", &["accept", "crm:1"]);
    assert_eq!(office.owner("crm:1"), "field-service dispatch:lena accepted");
    let promises = office.issue("crm:1").work.unwrap().promises;
    let owed: Vec<_> = promises.iter().map(|promise| (promise.what.as_str(), promise.state())).collect();
    let open = v1::promise::State::Open;
    assert_eq!(
        owed,
        [("Training on site", open), ("A second pump by June", open), ("A named contact", open)]
    );
    // Whoever has the issue now may keep them.
    let first = promises[0].id.clone();
    office.does("lena", &["promise", "crm:1", "--kept", "done on Monday", "--id", &first]);
}

/// "The reps tried to contact engineering": asking a department is recorded, and the owner stays.
#[test]
fn f03_help_is_asked_for_and_answered() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("mia", &["take", "zendesk:1"]);
    let ask = [
        "assist",
        "zendesk:1",
        "--of",
        "engineering",
        "Which firmware resets?",
        "--due",
        "24h",
        "--blocking",
    ];
    office.does("mia", &ask);
    let asked = office.does("bo", &["mine", "--kind", "assist"]);
    assert_eq!(asked["entries"][0]["summary"], "Which firmware resets?");
    let wrong = office.refused("kim", &["assist", "zendesk:1", "--answer", "4.2"]);
    assert!(wrong.contains("engineering"), "{wrong}");
    office.does("mia", &["ack", "zendesk:1", "--by", "phone"]);
    let early = office.refused("mia", &["resolve", "zendesk:1", "--summary", "probably fine"]);
    assert!(early.contains("assist") || early.contains("engineering"), "{early}");
    office.does("bo", &["assist", "zendesk:1", "--take"]);
    office.does("bo", &["assist", "zendesk:1", "--answer", "4.2 does; 4.3 does not"]);
    assert_eq!(office.owner("zendesk:1"), "support zendesk:mia accepted");
    office.does("mia", &["resolve", "zendesk:1", "--summary", "Firmware 4.3 installed"]);
}
