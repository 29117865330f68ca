//! Rebuilding because somebody asks for it.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn answers_go_on_and_are_the_same_while_a_store_is_rebuilt_beside() {
    let town = Town::start().await;
    let last = town.report(0..3_000).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    let begun = davy.ask(false).await.unwrap();
    assert_eq!(begun.reason, "a test");
    let joined = davy.ask(false).await.unwrap();
    assert!(joined.generation == begun.generation || davy.generation() != before);
    let mut position = Position::START;
    let mut more = 3_000_u32;
    eventually("the other store", async || {
        more += 1;
        town.report(more..more + 1).await;
        let customers = davy.customers().unwrap();
        assert!((3_000..=more as usize + 1).contains(&customers), "{customers} customers");
        let now = davy.projection.position();
        assert!(now >= position, "positions run backwards: {now} after {position}");
        position = now;
        davy.generation() == begun.generation
    })
    .await;
    let last = town.report(more + 1..more + 2).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap() as u64, last.sequence());
    assert_eq!(davy.told.rebuilding(), None);
    eventually("the replaced store to be deleted", || async { generations(&town) == [davy.generation()] })
        .await;
    eventually("the other store to be verified", || async { davy.told.is_verified() }).await;
    let generation = davy.generation();
    davy.stop().await;
    let davy = town.davy().await;
    assert_eq!(davy.generation(), generation, "over a restart");
    assert_eq!(davy.projection.position(), last);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_cut_off_leaves_the_store_that_answered() {
    let town = Town::start().await;
    let last = town.report(0..5_000).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    davy.ask(false).await.unwrap();
    davy.stop().await;
    let davy = town.davy().await;
    davy.folds(last).await;
    assert_eq!((davy.customers().unwrap(), generations(&town)), (5_000, vec![davy.generation()]));
    assert!(davy.generation() == before || davy.stores.generations.kept().is_none());
    davy.stop().await;
}
