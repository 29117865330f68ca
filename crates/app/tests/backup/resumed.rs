//! Parts of a log, and restores that take more than one run.

use davy_app::backup::{Backup, BackupError, Position, Range, Summary};
use engine::EventLog as _;

use crate::harness::{Server, all, now, reports};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_restore_goes_on() {
    let server = Server::start();
    let log = server.filled(Vec::new()).await;
    for _ in 0..3 {
        log.append(reports(1_000), Vec::new()).await.unwrap();
    }
    let (path, saved) = server.export("log.ndjson.gz", Range::default()).await;

    let mut other = Server::start();
    let checked = Backup::check(&path, &mut |_| {}).unwrap();
    let backup = other.backup().await;
    let mut done = 0;
    let pause = tokio::sync::Notify::new();
    let mut tell = |more| {
        done += more;
        pause.notify_one();
    };
    tokio::select! {
        ended = backup.restore(&path, &checked, now(), &mut tell) => { ended.unwrap(); }
        () = pause.notified() => {}
    }
    other.nats.kill9().unwrap();
    other.nats.restart().unwrap();

    // An aggregator that starts now finds a stream that it can read.
    other.log().await.provision(now()).await.unwrap();
    let restored = other.restore(&path).await.unwrap();
    assert!(restored.found >= 1_000 && restored.messages == 3_000, "{restored:?}");
    assert_eq!(all(&log).await, all(&other.log().await).await);

    // Once more changes nothing, not even when the log has gone on.
    other.log().await.append(reports(1), Vec::new()).await.unwrap();
    assert_eq!(other.restore(&path).await.unwrap(), Summary { found: 3_000, ..saved });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_keeps_its_positions() {
    let server = Server::start();
    let log = server.filled(reports(10)).await;
    let range = Range { from: Some(Position::new(4)), to: Some(Position::new(8)) };
    let (path, saved) = server.export("log.ndjson.gz", range).await;
    assert_eq!(saved.range, Some((Position::new(4), Position::new(8))));
    let backup = server.backup().await;
    assert_eq!(backup.count(range).await.unwrap(), 5);
    let beyond = Range { from: None, to: Some(Position::new(11)) };
    assert!(matches!(backup.count(beyond).await, Err(BackupError::Beyond { .. })));

    let other = Server::start();
    other.restore(&path).await.unwrap();
    let back = other.log().await;
    back.provision(now()).await.unwrap();
    assert_eq!(all(&back).await, all(&log).await[3..8]);
    assert_eq!(back.append(reports(1), Vec::new()).await.unwrap(), [Position::new(9)]);
    // Taken up again, although the log went on.
    assert_eq!(other.restore(&path).await.unwrap().found, 5);

    // An empty stream begins at 0-1, and this backup does not.
    let third = Server::start();
    third.filled(Vec::new()).await;
    let error = third.restore(&path).await.unwrap_err();
    assert!(error.to_string().contains("nothing yet, but begins at 0-1"), "{error}");
}
