//! What every log must do with what is expected of it, run against each of them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "only tests use it: what fails is a failed test")]

use domain::Position;

use crate::{EventLog, Expected, LogError, NewMessage};

/// Runs every check on one log, which may hold other messages and which nobody else appends to.
///
/// # Panics
/// Where the log breaks the contract.
pub async fn log_contract(log: &impl EventLog) {
    what_is_expected_of_nothing_holds_once(log).await;
    a_wildcard_covers_a_home_and_no_other(log).await;
    a_batch_needs_all_that_it_expects(log).await;
    of_two_that_race_one_wins(log).await;
}

async fn what_is_expected_of_nothing_holds_once(log: &impl EventLog) {
    let subject = "davy.events.command.crm:1.issue.acknowledged";
    let first = appended(log, &[subject], &[(subject, Position::START)]).await;
    conflicts(log, &[subject], &[(subject, Position::START)]).await;
    conflicts(log, &[subject], &[(subject, first.next())]).await;
    appended(log, &[subject], &[(subject, first)]).await;
}

async fn a_wildcard_covers_a_home_and_no_other(log: &impl EventLog) {
    let home = "davy.events.command.crm:2.>";
    let first =
        appended(log, &["davy.events.command.crm:2.issue.acknowledged"], &[(home, Position::START)]).await;
    appended(log, &["davy.events.command.crm:20.owner.accepted"], &[]).await;
    appended(log, &["davy.events.support.crm:2.issue.reported"], &[]).await;
    let other = &["davy.events.command.crm:2.owner.accepted"];
    conflicts(log, other, &[(home, Position::START)]).await;
    let second = appended(log, other, &[(home, first)]).await;
    conflicts(log, other, &[(home, first)]).await;
    // Of one event a batch is not better than a message.
    let third = appended(log, &[other[0], other[0]], &[(home, second)]).await;
    conflicts(log, &[other[0], other[0]], &[(home, second)]).await;
    appended(log, other, &[(home, third)]).await;
}

async fn a_batch_needs_all_that_it_expects(log: &impl EventLog) {
    let batch = ["crm:3", "crm:4", "crm:3"].map(|home| format!("davy.events.command.{home}.link.added"));
    let batch = batch.each_ref().map(String::as_str);
    let homes = ["davy.events.command.crm:3.>", "davy.events.command.crm:4.>"];
    let last = appended(log, &batch, &homes.map(|home| (home, Position::START))).await;
    let middle = Position::new(last.sequence() - 1);
    for expected in [[last, last], [middle, middle], [last, Position::START]] {
        conflicts(log, &batch, &[(homes[0], expected[0]), (homes[1], expected[1])]).await;
    }
    appended(log, &batch, &[(homes[0], last), (homes[1], middle)]).await;
}

async fn of_two_that_race_one_wins(log: &impl EventLog) {
    let mut last = Position::START;
    for count in [1, 2, 1, 2, 1, 2] {
        let race = || {
            let messages = vec![message("davy.events.command.crm:5.issue.acknowledged"); count];
            log.append(messages, vec![expected("davy.events.command.crm:5.>", last)])
        };
        last = match tokio::join!(race(), race()) {
            (Ok(won), Err(LogError::Conflict)) | (Err(LogError::Conflict), Ok(won)) => *won.last().unwrap(),
            outcomes => panic!("not one winner: {outcomes:?}"),
        };
    }
}

/// Appends, and answers with the last position.
async fn appended(log: &impl EventLog, subjects: &[&str], of: &[(&str, Position)]) -> Position {
    let before = tail(log).await;
    let positions = append(log, subjects, of).await.unwrap();
    let sequences: Vec<_> = positions.iter().map(|position| position.sequence()).collect();
    let first = before.next().sequence();
    assert_eq!(sequences, (first..).take(subjects.len()).collect::<Vec<_>>());
    *positions.last().unwrap()
}

/// Does not append anything.
async fn conflicts(log: &impl EventLog, subjects: &[&str], of: &[(&str, Position)]) {
    let before = tail(log).await;
    let outcome = append(log, subjects, of).await;
    assert!(matches!(outcome, Err(LogError::Conflict)), "{subjects:?} after {of:?}: {outcome:?}");
    assert_eq!(tail(log).await, before);
}

async fn append(
    log: &impl EventLog,
    subjects: &[&str],
    of: &[(&str, Position)],
) -> Result<Vec<Position>, LogError> {
    let messages = subjects.iter().map(|subject| message(subject)).collect();
    log.append(messages, of.iter().map(|(filter, last)| expected(filter, *last)).collect()).await
}

async fn tail(log: &impl EventLog) -> Position {
    log.state().await.unwrap().tail
}

fn message(subject: &str) -> NewMessage {
    NewMessage { subject: subject.to_owned(), headers: Vec::new(), body: b"{}".to_vec() }
}

fn expected(filter: &str, last: Position) -> Expected {
    Expected { filter: filter.to_owned(), last }
}
