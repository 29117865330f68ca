//! What lists showed lately is never older than the batch before the question.

use std::sync::Arc;

use domain::{DepartmentDocument, Document, Severity};

use super::{Say, Town, issue};
use crate::query::{IssueFilter, IssuesQuery, Order, ReadAt, Shown, ShownIssue, Which};

/// The list of the unacknowledged, decoded rows in front.
fn shown(town: &Town) -> Vec<Arc<ShownIssue>> {
    let query = IssuesQuery {
        which: Which::Unacknowledged,
        filter: IssueFilter::default(),
        order: Order::OldestFirst,
        read: ReadAt::default(),
        page_size: 50,
        after: None,
    };
    let rows = town.reader.issues(&query).unwrap().value.rows;
    rows.into_iter()
        .filter_map(|row| match row {
            Shown::Issue(shown) => Some(shown),
            Shown::Quarantined(_) => None,
        })
        .collect()
}

fn owners(town: &Town) -> Vec<String> {
    shown(town)
        .iter()
        .map(|shown| {
            let owner = &shown.owner.owner;
            format!("{}/{}", owner.department, owner.holding.team().unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_changed_issue_is_seen_at_once_and_the_others_are_kept() {
    let mut town = Town::heard([Say::reported(1, 1, Severity::Two), Say::reported(2, 2, Severity::Two)]);
    let before = shown(&town);
    town.say(Say::team(2, 3, "L2"));
    let after = shown(&town);
    assert_eq!(owners(&town), ["support/", "support/L2"]);
    assert!(Arc::ptr_eq(&before[0], &after[0]), "decoded once");
    assert_eq!((after[1].issue.id, after[1].issue.position), (issue(2), town.projection.position()));
    town.say(Say::acknowledged(2, 4));
    assert_eq!(owners(&town), ["support/"]);
}

#[test]
fn a_changed_directory_is_seen_at_once() {
    let mut town = Town::heard([Say::reported(1, 1, Severity::Two), Say::team(1, 2, "L2")]);
    assert_eq!(owners(&town), ["support/L2"]);
    let closed = |active| {
        Document::Department(DepartmentDocument {
            active,
            successor: Some("service".parse().unwrap()),
            ..DepartmentDocument::new("support".parse().unwrap())
        })
    };
    town.set(closed(false));
    assert_eq!(owners(&town), ["service/"]);
    town.set(closed(true));
    assert_eq!(owners(&town), ["support/L2"]);
}

#[test]
fn more_issues_than_are_kept_are_all_shown_as_they_are() {
    let mut town = Town::heard((1..=9).map(|number| Say::reported(number, number.into(), Severity::Two)));
    for number in 1..=9 {
        town.say(Say::team(number, 10, &format!("T{number}")));
        let shown = shown(&town);
        assert_eq!(shown.len(), 9);
        for (shown, other) in shown.iter().zip(1..) {
            let team = shown.owner.owner.holding.team().map(ToOwned::to_owned);
            assert_eq!(team, (other <= number).then(|| format!("T{other}")), "{other} of {number}");
        }
    }
}
