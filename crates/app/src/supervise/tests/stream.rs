//! A log that is not the one that was folded, or lacks messages.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_replaced_and_holds_as_much_is_folded_anew_by_itself() {
    let town = Town::start().await;
    let last = town.report(0..20).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    davy.stop().await;
    town.delete_stream().await;
    town.make_stream().await;
    let last = town.report(100..130).await;
    let davy = town.davy().await;
    let after = davy.generation_is_not(&before).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 30);
    assert_eq!(generations(&town), [before, after], "the one that was replaced is kept");
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_holds_less_is_taken_only_if_somebody_says_so() {
    let town = Town::start().await;
    let last = town.report(0..20).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    town.delete_stream().await;
    let problem = davy.says("stream DAVY is missing, and the store has folded up to 0-20").await;
    assert!(problem.contains("`davy log restore FILE`"), "{problem}");
    assert!(problem.contains("`davy rebuild --accept-log`"), "{problem}");
    assert_eq!(davy.customers().unwrap(), 20, "what is folded is answered");
    assert!(matches!(town.log.state().await, Err(LogError::Missing)), "it is not made by itself");
    assert!(matches!(davy.ask(false).await, Err(RebuildRefusal::Diverged(_))));
    eventually("the log to be taken", async || davy.ask(true).await.is_ok()).await;
    let after = davy.generation_is_not(&before).await;
    davy.is_live().await;
    assert_eq!(davy.customers().unwrap(), 0);
    let last = town.report(100..103).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 3);
    assert_eq!(davy.projection.lag(last), Some(0));
    assert_eq!(generations(&town), [before, after]);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_that_may_be_the_last_copy_answers_nothing_and_is_kept() {
    let town = Town::start().await;
    let last = town.report(0..20).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    town.delete_stream().await;
    davy.says("is missing").await;
    davy.projection.suspect("read a customer: it is cut off".to_owned());
    let problem = davy.says("read a customer: it is cut off").await;
    assert!(problem.contains("`davy rebuild --accept-log`"), "{problem}");
    assert!(davy.customers().is_err(), "a damaged store is not answered from");
    assert_eq!(generations(&town), std::slice::from_ref(&before));
    eventually("the log to be taken", async || davy.ask(true).await.is_ok()).await;
    let after = davy.generation_is_not(&before).await;
    davy.is_live().await;
    assert_eq!(generations(&town), [before, after]);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_restored_is_folded_by_itself() {
    let town = Town::start().await;
    let last = town.report(0..20).await;
    let davy = town.davy().await;
    davy.folds(last).await;
    let before = davy.generation();
    davy.stop().await;
    town.delete_stream().await;
    let davy = town.davy().await;
    davy.says("is missing").await;
    town.make_stream().await;
    town.report(0..19).await;
    davy.says("`davy log restore FILE`").await;
    assert_eq!(davy.generation(), before);
    let last = town.report(19..20).await;
    davy.generation_is_not(&before).await;
    davy.folds(last).await;
    assert_eq!(davy.customers().unwrap(), 20);
    davy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_stops_folding_until_it_is_accepted() {
    let town = Town::without_stream().await;
    let at = Position::new;
    let message = |position: u64| {
        let NewMessage { subject, headers, body } = reported(u32::try_from(position).unwrap());
        let stored_at = SystemClock::now();
        engine::RawMessage { position: at(position), stored_at, subject, headers, body }
    };
    let begun = town.log.begin_restore(at(101), at(105), SystemClock::now()).await.unwrap();
    town.log.restore(begun, (101..=105).map(message).collect()).await.unwrap();
    town.log.end_restore().await.unwrap();
    let davy = town.davy().await;
    let problem = davy.says("messages 0-1 to 0-100 are missing from the log").await;
    assert!(problem.contains("`davy log accept-loss 0-1 0-100 --reason TEXT`"), "{problem}");
    assert!(matches!(davy.customers(), Err(QueryError::CatchingUp { .. })), "nothing was folded yet");
    assert!(matches!(davy.ask(false).await, Ok(_) | Err(RebuildRefusal::Stalled(_))));
    town.accept_loss(1, 100).await;
    davy.folds(at(106)).await;
    assert_eq!(davy.customers().unwrap(), 5);
    davy.stop().await;
}
