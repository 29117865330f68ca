//! What a contact is spared: the cases M1 to M3.

use domain::{Department, IssueId, Queued, QueuedKind, Recipient, Reference, bundle, collapse};

use crate::world::{T0, department, minutes};

fn issue(number: u32) -> IssueId {
    IssueId::of(&Reference { system: "zendesk".to_owned(), id: number.to_string() })
}

fn queued(contact: &str, about: u32, kind: QueuedKind, at: i64, sent: bool) -> Queued {
    let to = Recipient::Person { person: "p".to_owned(), contact: contact.to_owned() };
    Queued { to, issue: issue(about), kind, at: T0 + minutes(at), sent }
}

fn ping(contact: &str, about: u32, at: i64) -> Queued {
    queued(contact, about, QueuedKind::Ping, at, false)
}

#[test]
fn m1_pings_that_wait_fold_into_the_oldest() {
    let queue = [
        queued("foo", 1, QueuedKind::Other, 0, false),
        queued("foo", 1, QueuedKind::Other, 0, false),
        ping("foo", 1, 11),
        ping("foo", 1, 10),
        ping("foo", 1, 12),
        queued("bar", 1, QueuedKind::Ping, 9, true),
        ping("bar", 1, 13),
        ping("foo", 2, 14),
    ];
    assert_eq!(collapse(&queue), [(2, 3), (4, 3)]);
}

#[test]
fn m2_of_what_tells_how_it_stands_the_newest_is_sent() {
    let status = |about, version, sent| queued("foo", about, QueuedKind::Status(version), 0, sent);
    let queue = [
        status(1, 5, false),
        status(2, 7, false),
        status(4, 6, false),
        status(4, 4, false),
        status(4, 4, true),
    ];
    assert_eq!(collapse(&queue), [(3, 2)]);
}

#[test]
fn m3_several_issues_go_out_as_one_with_the_time_of_the_oldest() {
    let queue =
        [ping("foo", 1, 13), ping("foo", 2, 11), ping("foo", 3, 12), ping("foo", 4, 14), ping("bar", 5, 1)];
    let of = |_: IssueId| (None, department("support"));
    let bundles = bundle(&queue, of, |_, _| false);
    assert_eq!(bundles.len(), 1);
    assert_eq!((bundles[0].at, &bundles[0].members), (T0 + minutes(11), &vec![0, 1, 2, 3]));
    // One that waits already is joined, also by one alone.
    let joined = bundle(&queue[4..], of, |_, _| true);
    assert_eq!(joined[0].members, [0]);
}

#[test]
fn a_customer_comes_before_a_department() {
    let customer = domain::Leaf::new("crm", "1").unwrap().id();
    let queue = [ping("foo", 1, 1), ping("foo", 2, 2), ping("foo", 3, 3), ping("foo", 4, 4)];
    let of = |about: IssueId| -> (_, Department) {
        let theirs = [1, 3].map(issue).contains(&about);
        (theirs.then_some(customer), department("support"))
    };
    let members: Vec<_> = bundle(&queue, of, |_, _| false).into_iter().map(|bundle| bundle.members).collect();
    assert_eq!(members, [vec![0, 2], vec![1, 3]]);
}
