//! Messages that the client library cannot take: one department's broken tool must not stop the log.

use domain::Position;
use engine::EventLog as _;

use crate::harness::{Reading, Server, fill, insist};

const SUBJECT: &str = "davy.events.support.crm:1.issue.reported";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn improper_headers_are_read_like_others() {
    let server = Server::start();
    let log = server.log().await;
    fill(&log, 10).await;
    let headers: [&[u8]; 6] = [
        b"NATS/1.0\r\nname: M\xfcller\r\n\r\n",
        b"NATS/1.0\r\nno colon here\r\n\r\n",
        b"NATS/1.0 100 Idle Heartbeat\r\na: b\r\n\r\n",
        b"NATS/1.0 409 Consumer Deleted\r\n\r\n",
        b"NATS/1.0 99999\r\n\r\n",
        b"NATS/1.0\r\na: carriage\rreturn\r\n\r\n",
    ];
    for headers in headers {
        server.publish_raw(SUBJECT, headers, b"{}").await;
    }
    let mut reading = Reading::start(&log, Position::START);
    let all = reading.until(Position::new(16)).await;
    let tail = insist(&log, 1).await;
    reading.until(tail).await;

    assert_eq!(all[10].headers, [("name".to_owned(), "M\u{fffd}ller".to_owned())]);
    assert_eq!(all[11].headers, []);
    assert_eq!(all[12].headers, [("a".to_owned(), "b".to_owned())]);
    for message in all {
        assert_eq!(log.message(message.position).await.unwrap(), Some(message));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_improper_messages_in_a_row_are_passed_quickly() {
    let server = Server::start();
    let log = server.log().await;
    for _ in 0..300 {
        server.publish_raw(SUBJECT, b"NATS/1.0\r\nname: M\xfcller\r\n\r\n", b"{}").await;
    }
    let tail = fill(&log, 100).await;
    Reading::start(&log, Position::START).until(tail).await;
}
