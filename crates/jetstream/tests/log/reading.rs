//! Reading in order, without gaps and without repetition.

use std::time::Duration;

use domain::Position;
use engine::{EventLog as _, LogError};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::harness::{Reading, Server, fill, insist, report};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_after_a_position_comes_while_others_publish() {
    let server = Server::start();
    let log = server.log().await;
    fill(&log, 3_000).await;

    let mut readings: Vec<_> =
        [0, 1, 1_700, 3_000].map(|after| Reading::start(&log, Position::new(after))).into_iter().collect();
    let tail = fill(&log, 2_000).await;

    for reading in &mut readings {
        let first = reading.at.sequence();
        let messages = reading.until(tail).await;
        assert_eq!(messages.len() as u64, 5_000 - first);
    }
    assert_eq!(log.state().await.unwrap().tail, tail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_comes_as_it_was_published() {
    let server = Server::start();
    let log = server.log().await;
    let mut sent = report(1);
    sent.headers = [("ce-id", "b"), ("Ce-id", "a"), ("x", "1"), ("x", "2")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let position = log.append(vec![sent.clone()], Vec::new()).await.unwrap()[0];

    let read = Reading::start(&log, Position::START).until(position).await.remove(0);

    let names: Vec<_> = read.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(names, ["Ce-id=a", "ce-id=b", "x=1", "x=2"]);
    assert_eq!((&read.subject, &read.body), (&sent.subject, &sent.body));
    assert_eq!(log.message(position).await.unwrap(), Some(read));
    assert_eq!(log.message(position.next()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_reading_loses_and_repeats_nothing() {
    let mut server = Server::start();
    let log = server.log().await;
    let tail = fill(&log, 30_000).await;
    let mut reading = Reading::start(&log, Position::START);
    reading.until(Position::new(4_000)).await;

    server.nats.kill9().unwrap();
    server.nats.restart().unwrap();

    reading.until(tail).await;
    let next = insist(&log, 1).await;
    reading.until(next).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_while_all_is_quiet_loses_and_repeats_nothing() {
    let mut server = Server::start();
    let log = server.log().await;
    let tail = fill(&log, 2_000).await;
    // At the very end, without ever having had a message: here an ordered consumer starts over.
    let mut fresh = Reading::start(&log, tail);
    let mut reading = Reading::start(&log, Position::START);
    reading.until(tail).await;

    server.nats.kill9().unwrap();
    assert!(matches!(log.append(vec![report(1)], Vec::new()).await, Err(LogError::Unreachable { .. })));
    server.nats.restart().unwrap();

    let next = insist(&log, 2).await;
    reading.until(next).await;
    fresh.until(next).await;
    fresh.is_silent(Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_consumer_is_made_again() {
    let server = Server::start();
    let log = server.log().await;
    let tail = fill(&log, 2_000).await;
    let mut reading = Reading::start(&log, Position::START);
    reading.until(tail).await;

    let context = async_nats::jetstream::new(server.client().await);
    let stream = context.get_stream("DAVY").await.unwrap();
    let names: serde_json::Value = context.request("CONSUMER.NAMES.DAVY", &json!({})).await.unwrap();
    for name in names["consumers"].as_array().unwrap() {
        stream.delete_consumer(name.as_str().unwrap()).await.unwrap();
    }

    reading.until(fill(&log, 2_000).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_gets_everything_and_holds_up_nobody() {
    let server = Server::start();
    let log = server.log().await;
    let tail = fill(&log, 20_000).await;
    let mut reading = Reading::start(&log, Position::START);
    reading.until(Position::new(1)).await;

    // The channel is full meanwhile; the connection is not, and the server's heartbeats are no cause for alarm.
    sleep(Duration::from_secs(5)).await;
    let next = fill(&log, 10).await;
    assert_eq!(log.state().await.unwrap().tail, next);

    reading.until(next).await;
    assert_eq!(next.sequence(), tail.sequence() + 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_ends_when_nobody_listens() {
    let server = Server::start();
    let log = server.log().await;
    let tail = fill(&log, 100).await;
    let mut reading = Reading::start(&log, Position::START);
    reading.until(tail).await;

    let task = reading.stop();
    timeout(Duration::from_secs(5), task).await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_leads_to_a_position() {
    let server = Server::start();
    let log = server.log().await;
    assert_eq!(log.position_at(jiff::Timestamp::MAX).await.unwrap(), Position::START);
    let tail = fill(&log, 100).await;
    for position in [1, 2, 50, 99, 100].map(Position::new) {
        // Messages of one batch may carry one time; then the last of them is meant.
        let stored_at = log.message(position).await.unwrap().unwrap().stored_at;
        let found = log.position_at(stored_at).await.unwrap();
        assert!(found >= position);
        assert_eq!(log.message(found).await.unwrap().unwrap().stored_at, stored_at);
        let nanosecond = jiff::SignedDuration::from_nanos(1);
        let before = log.position_at(stored_at - nanosecond).await.unwrap();
        assert!(before < position);
    }
    assert_eq!(log.position_at(jiff::Timestamp::MAX).await.unwrap(), tail);
    assert_eq!(log.position_at(jiff::Timestamp::MIN).await.unwrap(), Position::START);
}
