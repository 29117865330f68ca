//! Every mistake of a request at once, and limits of pages.

use engine::query::OwnerFilter;
use proto::v1;
use tonic_types::StatusExt as _;

use super::*;

#[test]
fn every_bad_member_is_reported_at_once() {
    let mut check = Check::default();
    check.filter(Some(&v1::IssueFilter {
        department: "Sales!".to_owned(),
        owner_system: "jira".to_owned(),
        severity_at_least: 9,
        customer: "4711".to_owned(),
        lifecycles: vec![0, 77],
        older_than: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
        ..Default::default()
    }));
    check.read(Some(&v1::ReadOptions {
        as_of: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
        known_at: "18446".to_owned(),
        min_position: "1-1".to_owned(),
    }));
    check.page_size(-1);
    check.order(5);
    check.issue("issue", None);
    let status = check.done(Some(())).unwrap_err();
    let details = status.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|bad| bad.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "filter.department",
            "filter.owner",
            "filter.severity_at_least",
            "filter.customer",
            "filter.lifecycles[0]",
            "filter.lifecycles[1]",
            "filter.older_than",
            "read.as_of",
            "read.known_at",
            "read.min_position",
            "page_size",
            "order_by",
            "issue"
        ]
    );
    assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some("INVALID_REQUEST"));
}

#[test]
fn what_is_left_out_filters_nothing() {
    let mut check = Check::default();
    assert_eq!(check.filter(Some(&v1::IssueFilter::default())), check.filter(None));
    assert_eq!([0, 7, 9_999].map(|size| check.page_size(size)), [50, 7, 500]);
    assert!(check.done(Some(())).is_ok());
}

#[test]
fn an_empty_team_and_a_lifecycle_are_filters() {
    let mut check = Check::default();
    let sent = v1::IssueFilter {
        team: Some(String::new()),
        owner: "bo".to_owned(),
        lifecycles: vec![v1::Lifecycle::Deferred.into()],
        customer: "_".to_owned(),
        severity_at_least: v1::Severity::Severity2.into(),
        ..Default::default()
    };
    let filter = check.filter(Some(&sent));
    assert_eq!(filter.team, Some(None));
    assert_eq!(filter.owner, Some(OwnerFilter::Id("bo".to_owned())));
    assert_eq!(filter.lifecycles, Some(vec![domain::Lifecycle::Deferred]));
    assert_eq!(filter.customer, Some(None));
    assert_eq!(filter.worst_of, Some(2));
    assert!(check.done(Some(())).is_ok());
}

#[test]
fn tokens_ids_and_raw_personal_ids_name_the_same_customer() {
    let mut check = Check::default();
    let leaf = wire::proto::customer_leaf("crm:4711").unwrap();
    assert_eq!(check.customer("customer", "crm:4711"), check.customer("customer", &leaf.id().to_string()));
    let hashed = wire::customer_token("crm", "ana@example.org").unwrap();
    assert_eq!(check.customer("customer", "crm:ana@example.org"), check.customer("customer", &hashed));
    assert!(check.done(Some(())).is_ok());
}

#[test]
fn what_is_to_be_known_is_waited_for() {
    let mut check = Check::default();
    let options =
        v1::ReadOptions { known_at: "0-9".to_owned(), min_position: "0-3".to_owned(), ..Default::default() };
    assert_eq!(check.read(Some(&options)).wait_for, Some(Position::new(9)));
}
