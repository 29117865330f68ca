//! What is not restored: into what, while what, and from what.

use std::fs;

use davy_app::backup::{BackupError, Fault, Position, Range};
use engine::EventLog as _;

use crate::harness::{REPORT, Server, all, message, now, reports};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_holds_something_else_is_refused() {
    let server = Server::start();
    let log = server.filled(reports(3)).await;
    let (path, _) = server.export("log.ndjson", Range::default()).await;

    // The same messages, but this stream was not restored.
    let error = server.restore(&path).await.unwrap_err();
    assert!(error.to_string().contains("it holds messages 0-1 to 0-3"), "{error}");
    assert_eq!(error.fault(), Fault::Refused);
    assert_eq!(log.state().await.unwrap().tail, Position::new(3));

    // Another backup that ends at the same position.
    let other = Server::start();
    other
        .filled(vec![message(REPORT, &[], "{}"), message(REPORT, &[], "{}"), message(REPORT, &[], "{}")])
        .await;
    let (another, _) = other.export("log.ndjson", Range::default()).await;
    let target = Server::start();
    target.restore(&path).await.unwrap();
    let error = target.restore(&another).await.unwrap_err();
    assert!(matches!(error, BackupError::Differs { at } if at == Position::new(1)), "{error}");
    let (shorter, _) = server.export("short.ndjson", Range { from: None, to: Some(Position::new(2)) }).await;
    let error = target.restore(&shorter).await.unwrap_err();
    assert!(error.to_string().contains("another backup"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_publishes_meanwhile_stops_the_restore() {
    let server = Server::start();
    server.filled(reports(3)).await;
    let (path, _) = server.export("log.ndjson", Range::default()).await;
    let other = Server::start();
    // Davy made its stream already; then somebody is faster than the restore.
    let log = other.filled(Vec::new()).await;
    let messages = all(&server.log().await).await;
    let tail = log.begin_restore(Position::new(1), Position::new(3), now()).await.unwrap();
    log.restore(tail, messages[..1].to_vec()).await.unwrap();
    log.append(reports(1), Vec::new()).await.unwrap();

    let error = log.restore(Position::new(1), messages[1..].to_vec()).await.unwrap_err();
    assert!(error.to_string().contains("restore message 0-2: another program published"), "{error}");
    assert_eq!(log.state().await.unwrap().tail, Position::new(2));
    let error = other.restore(&path).await.unwrap_err();
    assert!(matches!(error, BackupError::Differs { at } if at == Position::new(2)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_whole_is_refused_before_anything_is_written() {
    let server = Server::start();
    server.filled(reports(20)).await;
    let (gzipped, _) = server.export("log.ndjson.gz", Range::default()).await;
    let (plain, _) = server.export("log.ndjson", Range::default()).await;
    let bytes = fs::read(&gzipped).unwrap();
    let text = fs::read_to_string(&plain).unwrap();
    let kept: Vec<_> = text.lines().collect();
    let without = |number: usize| {
        let lines = kept.iter().enumerate().filter(|(at, _)| at + 1 != number).map(|(_, line)| *line);
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    let cases = [
        ("cut gzip", bytes[..bytes.len() - 30].to_vec(), "cut or damaged"),
        ("flipped gzip", flipped, ":"),
        ("cut lines", text.rsplit_once("{\"data\"").unwrap().0.as_bytes().to_vec(), "ends before its seal"),
        ("changed", text.replace("complaint 7", "complaint 8").into_bytes(), "not those that were sealed"),
        ("twice", format!("{text}{text}").into_bytes(), "lines follow after the seal"),
        ("no export", b"{\"hello\":1}\n".to_vec(), "no line of a `davy log export`"),
        ("hole", without(7).into_bytes(), "messages 0-7 to 0-7 are missing"),
    ];
    let other = Server::start();
    for (name, bytes, expected) in cases {
        let path = other.file("bad");
        fs::write(&path, bytes).unwrap();
        let error = other.restore(&path).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
    }
    assert!(other.log().await.state().await.is_err(), "no stream was made");
}
