//! Reading a stream while a backup is restored into it.

use domain::Position;
use engine::{EventLog as _, RawMessage};

use crate::harness::{Reading, Server, now, report};

fn backed(number: u64) -> RawMessage {
    let engine::NewMessage { subject, headers: _, body } = report(number);
    let headers = vec![("Nats-Msg-Id".to_owned(), number.to_string())];
    RawMessage { position: Position::new(number), stored_at: now(), subject, headers, body }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_already_reads_what_was_stored_first() {
    let server = Server::start();
    let log = server.log().await;
    let mut reading = Reading::start(&log, Position::START);
    reading.is_silent(std::time::Duration::from_millis(300)).await;

    let backup: Vec<_> = (1..=3).map(backed).collect();
    let tail = log.begin_restore(Position::new(1), Position::new(3), now()).await.unwrap();
    log.restore(tail, backup.clone()).await.unwrap();
    log.end_restore().await.unwrap();
    let mut forged = report(4);
    forged.headers.push(("Davy-Stored-At".to_owned(), now().to_string()));
    log.append(vec![forged.clone()], Vec::new()).await.unwrap();

    let all = reading.until(Position::new(4)).await;
    assert_eq!(all[..3], backup);
    assert_eq!(all[3].headers, forged.headers);
    assert!(all[3].stored_at > now());
    log.provision(now()).await.unwrap();
}
