//! Reading the messages of some subjects.

use std::sync::Arc;

use davy_jetstream::JetStreamLog;
use domain::Position;
use engine::{EventLog as _, LogError, RawMessage};
use tokio::{sync::mpsc, time::Instant};

use crate::harness::{Server, fill, report};

async fn matching(log: &Arc<JetStreamLog>, filter: &str, after: u64) -> Result<Vec<RawMessage>, LogError> {
    let (into, mut chunks) = mpsc::channel(1);
    let (log, filter) = (Arc::clone(log), filter.to_owned());
    let task = tokio::spawn(async move { log.matching(filter, Position::new(after), into).await });
    let mut all = Vec::new();
    while let Some(chunk) = chunks.recv().await {
        assert!(!chunk.is_empty() && chunk.len() <= 1_000);
        all.extend(chunk);
    }
    task.await.unwrap().map(|()| all)
}

async fn positions(log: &Arc<JetStreamLog>, filter: &str, after: u64) -> Vec<u64> {
    matching(log, filter, after).await.unwrap().iter().map(|message| message.position.sequence()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_match_come_in_order_and_nothing_else() {
    let server = Server::start();
    let log = server.log().await;
    assert!(positions(&log, "davy.>", 0).await.is_empty());
    // Customers 0 to 499, six times.
    for _ in 0..6 {
        fill(&log, 500).await;
    }

    assert_eq!(positions(&log, "davy.events.*.crm:7.*.*", 0).await, [8, 508, 1_008, 1_508, 2_008, 2_508]);
    assert_eq!(
        positions(&log, "davy.events.support.crm:7.issue.reported", 508).await,
        [1_008, 1_508, 2_008, 2_508]
    );
    assert!(positions(&log, "davy.events.*.crm:7.>", 2_508).await.is_empty());
    assert!(positions(&log, "davy.events.sales.>", 0).await.is_empty());
    assert_eq!(positions(&log, "davy.>", 0).await, (1..=3_000).collect::<Vec<_>>());
    let message = matching(&log, "davy.events.*.crm:499.>", 2_999).await.unwrap().remove(0);
    assert_eq!((message.subject, message.body), (report(499).subject, report(499).body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn improper_headers_and_a_lost_server_are_no_end() {
    let mut server = Server::start();
    let log = server.log().await;
    let subject = report(1).subject;
    server.publish_raw(&subject, b"NATS/1.0\r\nname: M\xfcller\r\n\r\n", b"\xff").await;
    fill(&log, 2).await;
    let all = matching(&log, &subject, 0).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].headers, [("name".to_owned(), "M\u{fffd}ller".to_owned())]);

    server.nats.kill9().unwrap();
    assert!(matches!(matching(&log, &subject, 0).await, Err(LogError::Unreachable { .. })));
}

/// By hand: `cargo test -p davy-jetstream --test log -- --ignored --nocapture rate`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn the_rate_of_matching() {
    let server = Server::start_with(false, None);
    let log = server.log().await;
    for _ in 0..20 {
        fill(&log, 10_000).await;
    }
    for filter in
        ["davy.events.support.crm:7.>", "davy.events.*.crm:7.>", "davy.events.support.*7.>", "davy.events.>"]
    {
        let start = Instant::now();
        let count = matching(&log, filter, if filter.ends_with("events.>") { 190_000 } else { 0 })
            .await
            .unwrap()
            .len();
        println!("{filter}: {count} in {:?}", start.elapsed());
    }
}
