//! The whole system through its public doors: the real binary, a real `nats-server`, messages over NATS, answers over gRPC
//! and on the command line. One binary, so that it is linked once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test stops where something is not as it must be"
)]

mod bad_input;
mod catalogue;
mod crash;
mod custody;
mod demo;
mod faults;
mod generated;
mod import;
mod oncall;
mod oracle;
mod rebuild;
mod story;
mod upgrade;

use std::sync::LazyLock;

use tokio::{runtime::Runtime, task::JoinHandle};

/// The `davy` of today's build.
const DAVY: &str = env!("CARGO_BIN_EXE_davy-under-test");

/// Outlives every test: connections are kept between the parts of one.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Runs an asynchronous part of a test.
#[track_caller]
fn block_on<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.block_on(work)
}

/// Runs something beside the test.
fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    RUNTIME.spawn(work)
}

/// Everything that `davy issues list` prints, after the aggregator has folded `position`.
#[track_caller]
fn issues(davy: &testkit::Davy, arguments: &[&str]) -> String {
    let mut all = vec!["issues", "list", "-o", "ndjson"];
    all.extend(arguments);
    let ran = davy.run(all).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}
