//! A command that is sent again does nothing twice: after a lost answer, after whatever came since, after a restart, and on
//! the other aggregator.

use testkit::{
    client::{issue_name, v1},
    messages,
};

use super::pair::{Pair, options, report};
use crate::{block_on, spawn};

fn result(answer: v1::AcceptIssueResponse) -> v1::CommandResult {
    answer.result.unwrap()
}

#[test]
fn a_command_sent_again_is_answered_as_before() {
    let mut pair = Pair::open();
    let first = pair.api(0, "support/zendesk:mia");
    let reporting = report("crm:1", "1", "report");
    let reported = block_on(first.report_issue(reporting.clone())).unwrap().result.unwrap();
    let take =
        v1::AcceptIssueRequest { issue: Some(issue_name("zendesk:1").unwrap()), options: options("take") };
    let taken = result(block_on(first.accept_issue(take.clone())).unwrap());
    assert!(!taken.repeated);

    // Much happens since: other tools' facts, others' commands, and it is nobody's to take any more.
    for number in 0..300 {
        let note =
            format!("{{\"issue\": {{\"system\": \"zendesk\", \"id\": \"1\"}}, \"text\": \"{number}\"}}");
        block_on(pair.davys[0].publish("davy.events.sales.crm:1.issue.progress_noted", &[], note.as_bytes()))
            .unwrap();
    }
    let (issue, to) = (take.issue.clone(), "engineering".to_owned());
    let assign = v1::AssignIssueRequest {
        issue,
        department: to,
        reason: "theirs".to_owned(),
        options: options("a"),
        ..v1::AssignIssueRequest::default()
    };
    let assigned = block_on(pair.api(1, "operations/ops:alex").assign_issue(assign)).unwrap().result.unwrap();
    let read = v1::ReadOptions { min_position: assigned.position, ..v1::ReadOptions::default() };

    let again = |pair: &Pair, number: usize, when: &str| {
        let api = pair.api(number, "support/zendesk:mia");
        let repeated = result(block_on(api.accept_issue(take.clone())).unwrap());
        assert!(repeated.repeated, "{when}");
        assert_eq!((&repeated.events, &repeated.position), (&taken.events, &taken.position), "{when}");
        let told = block_on(api.report_issue(reporting.clone())).unwrap().result.unwrap();
        assert!(told.repeated, "{when}");
        assert_eq!(told.events, reported.events, "{when}");
        let asked = v1::WhoOwnsRequest { issue: take.issue.clone(), read: Some(read.clone()) };
        let owner = block_on(api.who_owns(asked)).unwrap().owner.unwrap();
        assert_eq!((owner.department.as_str(), owner.person), ("engineering", None), "{when}");
    };
    again(&pair, 0, "on the same one");
    again(&pair, 1, "on the other one");
    pair.davys[0].kill().unwrap();
    pair.davys[0].restart().unwrap();
    again(&pair, 0, "after a restart");
    // Somebody else's request of the same id is their own.
    let other = block_on(pair.api(0, "engineering/jira:bo").accept_issue(take.clone())).unwrap();
    assert!(!result(other).repeated);
    assert_eq!(count(&pair, "issue.reported"), 1);
    assert_eq!(count(&pair, "owner.accepted"), 2);
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again() {
    let mut pair = Pair::open();
    let api = pair.api(0, "support/zendesk:mia");
    let request = |number: usize| report("crm:1", &number.to_string(), &format!("report-{number}"));
    let sent: Vec<_> = (0..60)
        .map(|number| {
            let api = api.clone();
            spawn(async move { api.report_issue(request(number)).await.is_ok() })
        })
        .collect();
    // It dies once some are in the log, and others on their way.
    block_on(testkit::eventually("the first in the log", || async {
        let log = messages(pair.nats.url()).await.ok()?;
        (log.len() > 5).then_some(())
    }))
    .unwrap();
    pair.davys[0].kill().unwrap();
    sent.iter().for_each(tokio::task::JoinHandle::abort);
    let other = pair.api(1, "support/zendesk:mia");
    let mut repeated = 0;
    for number in 0..60 {
        let answer = block_on(other.report_issue(request(number))).unwrap().result.unwrap();
        repeated += usize::from(answer.repeated);
    }
    assert!(repeated > 5, "{repeated}");
    assert_eq!(count(&pair, "issue.reported"), 60, "{repeated} were there");
    pair.davys[0].restart().unwrap();
    for number in 0..60 {
        let answer = block_on(pair.api(0, "support/zendesk:mia").report_issue(request(number))).unwrap();
        assert!(answer.result.unwrap().repeated, "{number}");
    }
    assert_eq!(count(&pair, "issue.reported"), 60);
}

fn count(pair: &Pair, what: &str) -> usize {
    let log = block_on(messages(pair.nats.url())).unwrap();
    log.iter().filter(|message| message.subject.ends_with(what)).count()
}
