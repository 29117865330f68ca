//! A disk that fills up.

use super::*;

const LOW: Room = Room { free: Some(12 << 20), mark: 512 << 20, is_low: true };
const ENOUGH: Room = Room { free: Some(600 << 20), mark: 512 << 20, is_low: false };

#[tokio::test(flavor = "multi_thread")]
async fn folding_stops_below_the_mark_and_goes_on_above_it() {
    let town = Town::start().await;
    let last = town.report(0..10).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    davy.room.send_replace(LOW);
    let problem = davy.says("12 MB is free").await;
    assert!(problem.contains("512 MB is needed"), "{problem}");
    let more = town.report(10..20).await;
    assert!(matches!(davy.ask(false).await, Err(RebuildRefusal::OutOfSpace(_))));
    assert_eq!(davy.customers().unwrap(), 10, "queries go on");
    assert_eq!(davy.projection.position(), last);
    eventually("the lag to be told", async || davy.projection.lag(last) == Some(10)).await;
    davy.room.send_replace(ENOUGH);
    davy.folds(more).await;
    assert_eq!(davy.customers().unwrap(), 20);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_breaks_on_a_full_disk_is_deleted_and_rebuilt_when_there_is_room() {
    let town = Town::start().await;
    let last = town.report(0..10).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    davy.room.send_replace(LOW);
    davy.says("12 MB is free").await;
    davy.projection.suspect("commit a batch: no space left on device".to_owned());
    davy.says("rebuilt from the log when there is room").await;
    assert!(matches!(davy.customers(), Err(QueryError::CatchingUp { .. })));
    eventually("the store to be deleted", || async { generations(&town).is_empty() }).await;
    davy.room.send_replace(ENOUGH);
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 10);
    davy.stop().await;
}
