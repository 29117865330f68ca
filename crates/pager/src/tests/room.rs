//! More pings than are kept: everybody has room, the worst go first, and nothing is forgotten.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use super::{
    scripted::{Does, Scripted},
    world::{Api, Given, clock, ping, run_throttled, until},
};
use crate::{
    Frame, Row, Severity, Throttle,
    board::{Board, Effect},
};

const ANA: (&str, &str) = ("scripted", "ana");

/// Issues of one ping each.
fn rows(given: impl IntoIterator<Item = Given>) -> Frame {
    let row = |Given { owed, .. }: Given| Row { issue: owed.issue.clone(), pings: vec![owed] };
    Frame::Snapshot { reset: false, rows: given.into_iter().map(row).collect() }
}

fn of<'a>(person: &'a str, count: u32) -> impl Iterator<Item = Given> + use<'a> {
    (0..count).map(move |n| ping(&format!("{person}-{n:05}"), person, ANA))
}

fn wall() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn left_out(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::LeftOut)).count()
}

fn board() -> Board {
    let mut board = Board::new(Throttle::default());
    board.begin_snapshot();
    board
}

#[test]
fn a_backlog_of_one_keeps_nobody_elses_out() {
    let mut board = board();
    let effects = board.apply(rows(of("ana", 5_000)), wall());
    assert_eq!((board.len(), left_out(&effects)), (1_000, 4_000));
    let effects = board.apply(rows([ping("b", "bo", ANA)]), wall());
    assert!(matches!(&effects[..], [Effect::Begin(_)]), "{effects:?}");
    board.apply(Frame::Complete, wall());
    assert!(!board.has_room_again(), "a snapshot would bring nothing");
    // Half of them are over.
    let over = (0..500).map(|n| Row { issue: format!("i-ana-{n:05}"), pings: Vec::new() }).collect();
    board.apply(Frame::Snapshot { reset: false, rows: over }, wall());
    assert!(board.has_room_again());
}

#[test]
fn a_worse_one_goes_before_a_milder_one_that_is_kept() {
    let mut board = board();
    board.apply(rows(of("ana", 1_000).map(|given| given.severity(Severity::Three))), wall());
    let effects = board.apply(rows([ping("worse", "ana", ANA).severity(Severity::One)]), wall());
    assert_eq!((board.len(), left_out(&effects)), (1_000, 0));
    let effects = board.apply(rows([ping("as bad", "ana", ANA).severity(Severity::Three)]), wall());
    assert_eq!((board.len(), left_out(&effects)), (1_000, 1));
    // One that gave way is told of once more, and is over in the end: the count holds.
    board.apply(rows(of("ana", 1_000).map(|given| given.severity(Severity::Three))), wall());
    board.apply(rows([]), wall());
    board.begin_snapshot();
    board.apply(Frame::Complete, wall());
    assert_eq!(board.len(), 0);
}

#[test]
fn however_many_are_owed_everybody_has_some_room_and_memory_has_a_bound() {
    let mut board = board();
    for n in 0..30 {
        board.apply(rows(of(&format!("person{n}"), 1_000)), wall());
    }
    assert_eq!(board.len(), 20_000 + 10 * 50, "those that came last have room for a digest each");
    let effects = board.apply(rows(of("ana", 60)), wall());
    assert_eq!(left_out(&effects), 10);
    for n in 0..1_000 {
        board.apply(rows(of(&format!("other{n}"), 50)), wall());
    }
    assert_eq!(board.len(), 40_000);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_out_is_sent_when_there_is_room() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    of("ana", 1_400).for_each(|given| api.owe(given.apart().late()));
    let throttle = Throttle { burst: 1_000, every: Duration::from_secs(1) };
    let running = run_throttled(throttle, &api, &clock, &channel);
    until("all are delivered", || api.records().len() == 1_400).await;
    assert!(running.figures.left_out() >= 400);
    let pings: BTreeSet<_> =
        channel.pings().iter().flat_map(|pings| pings.split(' ').map(str::to_owned)).collect();
    assert_eq!(pings.len(), 1_400);
    assert_eq!(api.claims().len(), 1_400, "each once");
}
