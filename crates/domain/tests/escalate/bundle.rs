//! Which pings a contact gets as one message: the cases M1 and M3. How M2 would have it nothing is sent: no message tells how an
//! issue stands.

use domain::{Queued, bundle};

fn ping(issue: &'static str, customer: &'static str, department: &'static str) -> Queued<&'static str> {
    Queued { issue, customer: Some(customer).filter(|customer| !customer.is_empty()), department }
}

#[test]
fn m1_pings_about_one_issue_are_one_message() {
    let queue = [
        ping("1", "", "support"),
        ping("2", "", "sales"),
        ping("1", "", "support"),
        // Another department's run asks the same person about it.
        ping("1", "", "engineering"),
    ];
    assert_eq!(bundle(&queue), [vec![0, 2, 3], vec![1]]);
}

#[test]
fn m3_pings_about_several_issues_of_a_department_are_one_message() {
    let support = ["1", "2", "3", "4"].map(|issue| ping(issue, "", "support"));
    assert_eq!(bundle(&support), [[0, 1, 2, 3]]);
    // One more joins those that wait.
    let more: Vec<_> =
        support.into_iter().chain([ping("5", "", "sales"), ping("6", "", "support")]).collect();
    assert_eq!(bundle(&more), [vec![0, 1, 2, 3, 5], vec![4]]);
}

#[test]
fn a_customer_comes_before_a_department() {
    let queue = [
        ping("1", "acme", "support"),
        ping("2", "", "support"),
        ping("3", "acme", "sales"),
        ping("4", "globex", "support"),
        ping("5", "", "sales"),
    ];
    assert_eq!(bundle(&queue), [vec![0, 2], vec![1, 3], vec![4]]);
}

#[test]
fn an_issue_alone_goes_alone() {
    assert_eq!(bundle(&[ping("1", "acme", "support"), ping("2", "globex", "sales")]), [[0], [1]]);
    assert!(bundle::<&str>(&[]).is_empty());
}
