//! Many people claim the same issues at once: one gets each, and all others learn who.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use testkit::{
    client::{Api, Code, issue_name, v1},
    eventually, messages,
};

use super::pair::{Pair, options, report};
use crate::{block_on, spawn};

const CLIENTS: usize = 200;
const ISSUES: usize = 100;
/// Issues that each client claims, of which its first is another one than most others'.
const CLAIMS: usize = 10;

/// What each client was told of each issue: whether it is theirs, or whose.
type Told = Vec<(usize, Result<(), String>)>;

#[test]
fn of_two_hundred_who_claim_one_issue_one_gets_it() {
    let mut pair = Pair::open();
    reported(&pair);
    let won = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let api = pair.api(client, &format!("support/zendesk:agent-{client}"));
            (client, spawn(claim(api, client, Arc::clone(&won))))
        })
        .collect();
    // The broker dies while they are at it, and is back a moment later.
    block_on(eventually("the first winners", || async {
        (won.load(Ordering::Relaxed) >= ISSUES / 4).then_some(())
    }))
    .unwrap();
    pair.nats.kill9().unwrap();
    let before = won.load(Ordering::Relaxed);
    pair.nats.restart().unwrap();

    let told: BTreeMap<usize, Told> =
        clients.into_iter().map(|(client, task)| (client, block_on(task).unwrap())).collect();
    let mut winners = BTreeMap::new();
    for (client, told) in &told {
        for (issue, _) in told.iter().filter(|(_, outcome)| outcome.is_ok()) {
            assert_eq!(winners.insert(*issue, *client), None, "two were told that issue {issue} is theirs");
        }
    }
    assert_eq!(winners.len(), ISSUES, "{before} were taken before the broker died");
    for (client, told) in &told {
        for (issue, outcome) in told {
            let winner = format!("zendesk:agent-{} ", winners[issue]);
            if let Err(why) = outcome {
                assert!(why.contains(&winner), "client {client} of issue {issue}, which {winner} has: {why}");
            }
        }
    }
    both_say_the_same(&pair, &winners);
    let log = block_on(messages(pair.nats.url())).unwrap();
    let taken = log.iter().filter(|message| message.subject.ends_with(".owner.accepted")).count();
    assert_eq!(taken, ISSUES, "nothing was appended twice");
}

fn reported(pair: &Pair) {
    let api = pair.api(0, "support/zendesk:mia");
    let mut last = String::new();
    for issue in 0..ISSUES {
        // Ten issues a customer: commands about one customer's issues meet in the log.
        let request = report(&format!("crm:{}", issue % 10), &issue.to_string(), &format!("report-{issue}"));
        last = block_on(api.report_issue(request)).unwrap().result.unwrap().position;
    }
    let read = Some(v1::ReadOptions { min_position: last, ..v1::ReadOptions::default() });
    let request = v1::ListIssuesRequest { page_size: 1, read, ..v1::ListIssuesRequest::default() };
    block_on(pair.api(1, "support").list_issues(request)).unwrap();
}

async fn claim(api: Api, client: usize, won: Arc<AtomicUsize>) -> Told {
    let mut told = Vec::new();
    for number in 0..CLAIMS {
        let issue = (client / 20 * 10 + number) % ISSUES;
        let request = v1::AcceptIssueRequest {
            issue: Some(issue_name(&format!("zendesk:{issue}")).unwrap()),
            options: options(format!("take-{client}-{issue}")),
        };
        let outcome = loop {
            match api.accept_issue(request.clone()).await {
                Ok(_) => break Ok(()),
                // Overtaken time and again by commands about the same customer.
                Err(error) if error.code == Code::Aborted => {}
                Err(error) => {
                    let said = (error.code, error.reason.as_str());
                    assert_eq!(said, (Code::FailedPrecondition, "E_TAKEN"), "{error}");
                    break Err(error.message);
                }
            }
        };
        won.fetch_add(usize::from(outcome.is_ok()), Ordering::Relaxed);
        told.push((issue, outcome));
    }
    told
}

fn both_say_the_same(pair: &Pair, winners: &BTreeMap<usize, usize>) {
    let last = pair.api(0, "support");
    let position = block_on(last.get_status(v1::GetStatusRequest::default())).unwrap().tail;
    for number in 0..2 {
        let api = pair.api(number, "support").with_deadline(Duration::from_secs(30));
        for (issue, winner) in winners {
            let read = Some(v1::ReadOptions { min_position: position.clone(), ..v1::ReadOptions::default() });
            let name = issue_name(&format!("zendesk:{issue}")).unwrap();
            let answer = block_on(api.who_owns(v1::WhoOwnsRequest { issue: Some(name), read })).unwrap();
            let person = answer.owner.unwrap().person.unwrap();
            assert_eq!(person.id, format!("agent-{winner}"));
        }
    }
    let distinct: BTreeSet<_> = winners.keys().collect();
    assert_eq!(distinct.len(), ISSUES);
}
