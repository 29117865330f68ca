//! Waiting for a condition instead of for a time.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer.
///
/// # Errors
/// If there is none after [`PATIENCE`]; `what` says what was waited for.
pub async fn eventually<T, F>(what: &str, mut ask: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        anyhow::ensure!(Instant::now() < deadline, "waited {} s for {what}", PATIENCE.as_secs());
        sleep(LOOK_EVERY).await;
    }
}
