//! How fast, and in how much memory.

use std::fs;

use davy_app::backup::{Backup, Range};
use engine::EventLog as _;

use crate::harness::{REPORT, Server, message};

/// By hand: `cargo test -p davy-app --test backup -- --ignored --nocapture rate`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn the_rate_of_export_and_restore() {
    let server = Server::start();
    let log = server.filled(Vec::new()).await;
    let body = |number: u64| {
        // Text that does not repeat itself more than people do.
        let words =
            (0..40).map(|word| format!("{:x} ", (number * 41 + word).wrapping_mul(0x9e37_79b9) % 4_096));
        let text: String = words.collect();
        format!(
            r#"{{"specversion":"1.0","type":"issue.reported","source":"/zendesk","id":"{number}","time":"2026-03-02T09:00:00Z","data":{{"issue":{{"system":"zendesk","id":"{number}"}},"text":"{text}"}}}}"#
        )
    };
    for batch in 0..100 {
        let messages = (0..1_000).map(|number| message(REPORT, &[], body(batch * 1_000 + number)));
        log.append(messages.collect(), Vec::new()).await.unwrap();
    }
    let start = tokio::time::Instant::now();
    server.export("log.ndjson", Range::default()).await;
    let plain = start.elapsed();
    let start = tokio::time::Instant::now();
    let (path, saved) = server.export("log.ndjson.gz", Range::default()).await;
    let gzipped = start.elapsed();
    let start = tokio::time::Instant::now();
    Backup::check(&path, &mut |_| {}).unwrap();
    let checked = start.elapsed();
    let other = Server::start();
    let start = tokio::time::Instant::now();
    other.restore(&path).await.unwrap();
    let restored = start.elapsed();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    println!(
        "{} messages: export plain {plain:?}, gzipped {gzipped:?}, check {checked:?}, check and restore {restored:?}, {} bytes, {peak}",
        saved.messages,
        fs::metadata(&path).unwrap().len()
    );
}
