//! Postponing and promising: nothing without a day (F01, F14).

use serde_json::json;
use testkit::client::v1::{Lifecycle, deferral};

use super::office::Office;

/// "It was shelved until the following quarter."
#[test]
fn f01_nothing_is_shelved_until_the_following_quarter() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    let wish = ["defer", "zendesk:1", "--reason", "waits for the spring release", "--until"];
    let unanswered = office.refused("mia", &[&wish[..], &["20d"]].concat());
    assert!(unanswered.contains("acknowledge it first"), "{unanswered}");
    office.does("mia", &["ack", "zendesk:1", "--by", "phone", "--to", "Mr Chen"]);
    let refused = office.refused("mia", &[&wish[..], &["90d"]].concat());
    assert!(refused.contains("E_UNTIL_TOO_FAR") || refused.contains("30 days at most"), "{refused}");
    assert!(office.issue("zendesk:1").work.unwrap().deferrals.is_empty());

    // A tool that says it happened all the same is heard, and changes nothing.
    let until = "2099-01-01T00:00:00Z";
    let data = json!({"issue": {"system": "zendesk", "id": "1"}, "until": until, "reason": "next quarter"});
    office.fact("support.crm:4711.deferral.requested", &data);
    let after = office.issue("zendesk:1");
    let issue = after.issue.unwrap();
    assert!(issue.anomalies.contains(&"until_too_far".to_owned()), "{:?}", issue.anomalies);
    assert_eq!((issue.lifecycle(), after.work.unwrap().deferrals.len()), (Lifecycle::Open, 0));

    // Within the cap it is a loan that somebody else grants.
    office.does("mia", &[&wish[..], &["20d"]].concat());
    let clerk = office.refused("mia", &["defer", "zendesk:1", "--approve"]);
    assert!(clerk.contains("head"), "{clerk}");
    let elsewhere = office.refused("robin", &["defer", "zendesk:1", "--approve"]);
    assert!(elsewhere.contains("head of support (tom)"), "{elsewhere}");
    assert_eq!(office.issue("zendesk:1").issue.unwrap().lifecycle(), Lifecycle::Open);
    office.does("tom", &["defer", "zendesk:1", "--approve"]);
    let granted = office.issue("zendesk:1");
    let (issue, work) = (granted.issue.unwrap(), granted.work.unwrap());
    assert_eq!(
        (issue.lifecycle(), work.deferrals[0].state()),
        (Lifecycle::Deferred, deferral::State::Approved)
    );
    // Nobody told the customer yet: that is owed by tomorrow.
    assert!(work.promises.iter().any(|promise| promise.what.contains("waits until")), "{:?}", work.promises);

    // The customer asks again: it waits no longer.
    let chased = json!({"issue": {"system": "zendesk", "id": "1"}});
    office.fact("sales.crm:4711.issue.customer_chased", &chased);
    let broken = office.issue("zendesk:1");
    assert_eq!(broken.issue.unwrap().lifecycle(), Lifecycle::Open);
    assert_eq!(broken.work.unwrap().deferrals[0].end_cause(), deferral::EndCause::Broken);
}

/// "Observe and report back the following quarter."
#[test]
fn f14_a_promise_has_a_day() {
    let office = Office::open();
    office.reported("kim", "crm:1");
    let refused = office.refused("kim", &["promise", "crm:1", "Report back"]);
    assert!(refused.contains("due"), "{refused}");
    let made = office.does("kim", &["promise", "crm:1", "Report back", "--due", "2d", "--to", "Mr Chen"]);
    let item = made.pointer("/result/items/0").unwrap().as_str().unwrap().to_owned();
    let mine = office.does("kim", &["mine"]);
    let owed = mine["entries"].as_array().unwrap().iter().find(|entry| entry["kind"] == "WORK_KIND_PROMISE");
    assert_eq!(owed.unwrap()["item"], *item);
    office.does("kim", &["promise", "crm:1", "--kept", "called at noon"]);
    assert_eq!(office.issue("crm:1").work.unwrap().promises[0].state().as_str_name(), "STATE_KEPT");
    let past = office.refused("kim", &["promise", "crm:1", "Call", "--due", "2020-01-01T00:00:00Z"]);
    assert!(past.contains("past"), "{past}");
}
