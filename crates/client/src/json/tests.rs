//! The bytes of the JSON, as contract.md 6 wants them.

use expect_test::expect;

use super::*;

#[test]
fn every_message_of_the_package_has_a_form() {
    let pool = DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
    let missing: Vec<_> = pool
        .all_messages()
        .filter(|message| message.package_name() == "davy.v1" && !message.is_map_entry())
        .map(|message| message.name().to_owned())
        .filter(|name| !NAMES.contains(&name.as_str()))
        .collect();
    assert_eq!(missing, [""; 0]);
    for name in NAMES {
        assert_eq!(descriptor(name).name(), *name);
    }
}

fn time(seconds: i64, nanos: i32) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos })
}

fn owner() -> v1::Owner {
    v1::Owner {
        department: "engineering".into(),
        team: "Firmware".into(),
        person: Some(v1::Person { system: "jira".into(), id: "bo".into(), name: String::new() }),
        kind: v1::OwnerKind::Accepted.into(),
        since: time(1_772_445_600, 0),
        by_event: "/jira/j-10".into(),
        was: None,
        closed: false,
    }
}

fn full() -> v1::Issue {
    let reference = |system: &str, id: &str| v1::Reference { system: system.into(), id: id.into() };
    v1::Issue {
        id: "03ef809f-94b2-5eee-9bd2-9c2a8198024c".into(),
        references: vec![reference("zendesk", "55")],
        home: "crm:Caller%202403".into(),
        customer: Some(v1::CustomerRef { id: "c".into(), display_name: "Caller 2403".into() }),
        customer_as_reported: Some(reference("crm", "Caller 2403")),
        title: "Pump resets".into(),
        lifecycle: v1::Lifecycle::Open.into(),
        severity: v1::Severity::Severity2.into(),
        source_severity: "2".into(),
        acknowledged: Some(v1::Acknowledgement {
            at: time(1_772_445_600, 250_000_000),
            by: Some(v1::Person { system: "zendesk".into(), id: "mia".into(), name: "Mia".into() }),
            channel: "mail".into(),
        }),
        owner: Some(owner()),
        owner_changes: 3,
        hand_offs: 1,
        reopens: 1,
        reported_at: time(1_772_445_480, 1_000),
        first_seen_at: time(1_772_445_600, 1),
        last_event_at: time(1_772_446_140, 0),
        position: "0-10".into(),
        event_count: 8,
        anomalies: vec!["before_report".into()],
        ..v1::Issue::default()
    }
}

#[test]
fn a_full_issue_is_written_as_the_contract_says() {
    expect![[r#"{"id":"03ef809f-94b2-5eee-9bd2-9c2a8198024c","references":[{"system":"zendesk","id":"55"}],"home":"crm:Caller%202403","customer":{"id":"c","displayName":"Caller 2403"},"customerAsReported":{"system":"crm","id":"Caller 2403"},"title":"Pump resets","lifecycle":"LIFECYCLE_OPEN","severity":"SEVERITY_2","sourceSeverity":"2","acknowledged":{"at":"2026-03-02T10:00:00.250Z","by":{"system":"zendesk","id":"mia","name":"Mia"},"channel":"mail"},"owner":{"department":"engineering","team":"Firmware","person":{"system":"jira","id":"bo","name":""},"kind":"OWNER_KIND_ACCEPTED","since":"2026-03-02T10:00:00Z","byEvent":"/jira/j-10","closed":false},"ownerChanges":3,"handOffs":1,"returns":0,"reopens":1,"reportedAt":"2026-03-02T09:58:00.000001Z","firstSeenAt":"2026-03-02T10:00:00.000000001Z","lastEventAt":"2026-03-02T10:09:00Z","position":"0-10","eventCount":8,"anomalies":["before_report"],"restricted":false}"#]]
    .assert_eq(&to_string(&full()).unwrap());
}

#[test]
fn an_empty_issue_prints_every_field_without_presence() {
    expect![[r#"{"id":"","references":[],"home":"","title":"","lifecycle":"LIFECYCLE_UNSPECIFIED","severity":"SEVERITY_UNSPECIFIED","sourceSeverity":"","ownerChanges":0,"handOffs":0,"returns":0,"reopens":0,"position":"","eventCount":0,"anomalies":[],"restricted":false}"#]]
    .assert_eq(&to_string(&v1::Issue::default()).unwrap());
}

#[test]
fn counts_of_64_bits_are_strings_and_an_optional_zero_is_printed() {
    let page = v1::ListQuarantineResponse {
        quarantined_total: 3,
        read_state: Some(v1::ReadState { position: "0-13".into(), lag: Some(0) }),
        ..Default::default()
    };
    expect![[
        r#"{"events":[],"nextPageToken":"","quarantinedTotal":"3","readState":{"position":"0-13","lag":"0"}}"#
    ]]
    .assert_eq(&to_string(&page).unwrap());
}

#[test]
fn what_is_written_is_read_back() {
    let issue = full();
    assert_eq!(from_str::<v1::Issue>(&to_string(&issue).unwrap()).unwrap(), issue);
    assert_eq!(
        to_value(&issue).unwrap(),
        serde_json::from_str::<Value>(&to_string(&issue).unwrap()).unwrap()
    );
    let error = from_str::<v1::Issue>(r#"{"titel":"x"}"#).unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("titel"), "{error:?}");
}

#[test]
fn a_time_that_does_not_exist_is_an_error_and_no_panic() {
    let issue = v1::Issue { reported_at: time(i64::MAX, 0), ..v1::Issue::default() };
    assert!(matches!(to_string(&issue), Err(JsonError::Write { message: "Issue", .. })));
}
