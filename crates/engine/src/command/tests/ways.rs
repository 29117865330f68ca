//! The ways that a command can go.

use std::time::Duration;

use domain::{Arrived, Command, Event, RefusalCode};
use jiff::{SignedDuration, Timestamp};

use super::world::{Mishap, World, about, acknowledge, person, report};
use crate::{
    Codec, RawMessage, Store,
    command::{CommandError, Outcome},
    testing::MemoryStore,
};

fn refusal(given: Result<Outcome, CommandError>) -> RefusalCode {
    match given {
        Err(CommandError::Refused(refused)) => refused.refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

fn events(world: &World, messages: &[RawMessage]) -> Vec<Event> {
    let event = |message: &RawMessage| match world.codec().decode(message).content {
        Arrived::Event(event) => Some(*event),
        Arrived::Directory(_)
        | Arrived::UnknownDocument { .. }
        | Arrived::Operation(_)
        | Arrived::Quarantined(_) => None,
    };
    messages.iter().filter_map(event).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_take_an_issue_on_two_nodes_one_wins_and_the_other_learns_who() {
    let world = World::new();
    let (one, other) = (world.node(MemoryStore::default()).await, world.node(MemoryStore::default()).await);
    for number in 0..30 {
        let made = one.give(&report(&format!("r{number}"))).await.unwrap();
        let take = |who| about(&made, who, &format!("t{number}"), Command::Accept);
        let (mia, bo) = (take("mia"), take("bo"));
        let (winner, loser) = match tokio::join!(one.give(&mia), other.give(&bo)) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won.issue.unwrap().owner.owner, lost),
            outcomes => panic!("not one winner: {outcomes:?}"),
        };
        let CommandError::Refused(refused) = loser else { panic!("{loser:?}") };
        assert_eq!(refused.refusal.code, RefusalCode::Taken);
        assert_eq!(refused.owner.unwrap().owner, winner);
    }
    assert_eq!(world.log.commands().len(), 60);
}

#[tokio::test]
async fn a_lost_answer_is_found_in_the_log_and_nothing_is_done_twice() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let made = node.give(&report("r")).await.unwrap();
    for (mishap, who) in [(Mishap::AnswerLost, "1"), (Mishap::RequestLost, "2"), (Mishap::Overtaken, "3")] {
        world.log.next(mishap);
        let note = Command::AddNote { text: "More is known".to_owned(), internal: true };
        let outcome = node.give(&about(&made, "mia", who, note)).await.unwrap();
        assert!(!outcome.repeated, "{mishap:?}");
        assert_eq!(outcome.events.len(), 1);
    }
    assert_eq!(events(&world, &world.log.commands()).len(), 4);
}

#[tokio::test]
async fn what_was_done_is_told_again_after_a_restart_and_for_no_other_command() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let made = node.give(&report("r")).await.unwrap();
    let due = Some(Timestamp::from_second(1_772_500_000).unwrap());
    let order = about(&made, "mia", "a", acknowledge(due));
    let first = node.give(&order).await.unwrap();
    assert_eq!((first.events.len(), first.items.len(), first.repeated), (2, 1, false));
    let again = world.node((*node.store).clone()).await.give(&order).await.unwrap();
    assert!(again.repeated);
    assert_eq!((again.events, again.items, again.position), (first.events, first.items, first.position));
    let from_nothing = world.node(MemoryStore::default()).await.give(&report("r")).await.unwrap();
    assert!(from_nothing.repeated);
    assert_eq!(world.log.commands().len(), 3);
    let other = node.give(&about(&made, "mia", "a", Command::Accept)).await;
    assert!(
        matches!(&other, Err(CommandError::OtherCommand { recorded }) if recorded == "issue.acknowledged")
    );
}

#[tokio::test]
async fn several_events_are_one_batch_of_one_instant_and_time_never_runs_backwards() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let made = node.give(&report("r")).await.unwrap();
    world.clock.set("2026-03-02T09:00:00Z".parse().unwrap());
    let due = Some("2026-03-05T10:00:00Z".parse().unwrap());
    world.log.next(Mishap::RequestLost);
    node.give(&about(&made, "mia", "a", acknowledge(due))).await.unwrap();
    node.give(&about(&made, "mia", "t", Command::Accept)).await.unwrap();
    let messages = world.log.commands();
    let events = events(&world, &messages);
    let types: Vec<_> = events.iter().map(|event| event.type_name.to_string()).collect();
    assert_eq!(types, ["issue.reported", "issue.acknowledged", "promise.made", "owner.accepted"]);
    let micro = SignedDuration::from_micros(1);
    assert_eq!(events[1].time, events[0].time + micro);
    assert_eq!(events[2].time, events[1].time);
    assert_eq!(events[3].time, events[2].time + micro);
    let home = node.store.home("crm:1").unwrap().unwrap();
    assert_eq!((home.last_command, home.last_own_time), (messages[3].position, Some(events[3].time)));
}

#[tokio::test]
async fn what_is_only_asked_is_shown_and_not_done() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let supposed = node.give(&crate::command::Order { validate_only: true, ..report("r") }).await.unwrap();
    assert_eq!((supposed.position, world.log.commands().len()), (None, 0));
    let made = node.give(&report("r")).await.unwrap();
    assert_eq!(made.events, supposed.events);
    let mut take = about(&made, "mia", "t", Command::Accept);
    take.validate_only = true;
    let supposed = node.give(&take).await.unwrap().issue.unwrap();
    assert_eq!(supposed.owner.owner.holding.person(), Some(&person("mia")));
    assert_eq!(supposed.issue.position, made.position.unwrap());
    assert_eq!(world.log.commands().len(), 1);
    take.expected_version = Some(supposed.issue.position.next());
    assert_eq!(refusal(node.give(&take).await), RefusalCode::Stale);
    (take.expected_version, take.validate_only) = (made.position, false);
    node.give(&take).await.unwrap();
}

#[tokio::test]
async fn without_a_log_nothing_is_sent_and_who_waited_knows_what_to_do() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let made = node.give(&report("r")).await.unwrap();
    let take = about(&made, "mia", "t", Command::Accept);
    world.log.next(Mishap::Severed);
    let outcome = node.commands.give(&take, Duration::from_secs(2)).await;
    assert!(matches!(outcome, Err(CommandError::Unknown)), "{outcome:?}");
    while node.is_connected() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let note = Command::AddNote { text: "More is known".to_owned(), internal: false };
    let refused = node.give(&about(&made, "mia", "n", note)).await;
    assert!(matches!(refused, Err(CommandError::Log(_))), "{refused:?}");
    world.log.memory.set_reachable(true);
    while !node.is_connected() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(node.give(&take).await.unwrap().repeated);
    assert_eq!(world.log.commands().len(), 2);
}
