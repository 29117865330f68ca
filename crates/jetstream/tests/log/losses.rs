//! What happens where messages are missing for good.

use std::sync::Arc;

use async_nats::jetstream::{self, stream::Config};
use davy_jetstream::JetStreamLog;
use domain::{Loss, Losses, Position};

use crate::harness::{Reading, Server, fill};

/// A log whose messages can be deleted, which Davy's own forbids.
async fn log_without(server: &Server, first: u64, count: u64, missing: &[u64]) -> Arc<JetStreamLog> {
    let context = jetstream::new(server.client().await);
    let config = Config {
        name: "DAVY".to_owned(),
        subjects: vec!["davy.events.>".to_owned()],
        allow_atomic_publish: true,
        first_sequence: Some(first),
        ..Default::default()
    };
    let stream = context.create_stream(config).await.unwrap();
    let log = Arc::new(davy_jetstream::connect(server.options()).await.unwrap());
    fill(&log, count).await;
    for &sequence in missing {
        stream.delete_message(sequence).await.unwrap();
    }
    log
}

fn given_up(ranges: &[(u64, u64)]) -> Losses {
    Losses::new(ranges.iter().map(|&(from, to)| Loss { from: Position::new(from), to: Position::new(to) }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_message_is_told_and_not_skipped() {
    let server = Server::start();
    let log = log_without(&server, 1, 10, &[6]).await;

    let mut reading = Reading::start(&log, Position::START);
    reading.until(Position::new(5)).await;

    let error = reading.failure().await;
    assert_eq!(error.to_string(), "messages 0-6 to before 0-7 are missing from the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_passed_over_and_what_is_there_is_not() {
    let server = Server::start();
    let log = log_without(&server, 4, 2_000, &[6, 7, 9, 1_500, 2_003]).await;
    // 8 and 10 were given up too, but are there.
    let losses = given_up(&[(1, 3), (6, 10), (1_500, 1_500)]);

    let mut reading = Reading::giving_up(&log, Position::START, losses.clone());
    let positions = reading.positions_until(2_002).await;
    // The last message is missing: that shows only when another one comes.
    reading.is_silent(std::time::Duration::from_millis(200)).await;
    fill(&log, 1).await;

    let there = (4..=2_002).filter(|sequence| ![6, 7, 9, 1_500].contains(sequence));
    assert_eq!(positions, there.collect::<Vec<_>>());
    let error = reading.failure().await;
    assert_eq!(error.to_string(), "messages 0-2003 to before 0-2004 are missing from the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_that_was_given_up_in_part_is_still_a_gap() {
    let server = Server::start();
    let log = log_without(&server, 1, 10, &[6, 7]).await;
    let mut reading = Reading::giving_up(&log, Position::START, given_up(&[(6, 6)]));
    assert_eq!(reading.positions_until(5).await, [1, 2, 3, 4, 5]);
    let error = reading.failure().await;
    assert_eq!(error.to_string(), "messages 0-6 to before 0-8 are missing from the log");
}
