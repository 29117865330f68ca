//! A store that cannot be relied on.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_a_query_finds_damaged_is_rebuilt() {
    let town = Town::start().await;
    let last = town.report(0..2_000).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    davy.projection.suspect("read a customer: it is cut off".to_owned());
    let after = davy.generation_is_not(&before).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 2_000);
    eventually("the damaged one to be deleted", || async { generations(&town) == [after.clone()] }).await;
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overwritten_on_the_disk_is_found_by_the_verification_and_rebuilt() {
    let town = Town::start().await;
    let last = town.report(0..5_000).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let generation = davy.generation();
    davy.stop().await;
    let file = town.store_dir().join("projection").join(&generation).join("db");
    eventually("the store to be closed", || async { store::Generations::open(&town.store_dir()).is_ok() })
        .await;
    let mut bytes = fs::read(&file).unwrap();
    // Half of what is written, so that something that is read is hit whatever sled put where.
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end / 4..end / 4 * 3].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let davy = town.davy().await;
    davy.generation_is_not(&generation).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 5_000);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_in_a_row_are_made_with_pauses() {
    let town = Town::start().await;
    let last = town.report(0..5).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    davy.projection.suspect("once".to_owned());
    let between = davy.generation_is_not(&before).await;
    davy.folds(last).await;
    davy.projection.suspect("twice".to_owned());
    davy.generation_is_not(&between).await;
    let problem = davy.says("2 times in a row").await;
    assert!(problem.contains("rebuilt again in 10 s"), "{problem}");
    assert!(matches!(davy.customers(), Err(QueryError::CatchingUp { .. })));
    davy.stop().await;
}
