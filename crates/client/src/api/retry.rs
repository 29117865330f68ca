//! Asking again: `UNAVAILABLE` is worth it (AIP-194), and `ABORTED` where Davy says when: others were faster at the same
//! customer, and a command does nothing twice. After the pause that Davy asks for or a growing one.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Request, Response, Status};

use super::{Api, ApiError, Code};

/// The first pause, doubled after each try.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause of our own choice.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Api {
    /// Calls until there is an answer or the deadline has passed.
    pub(super) async fn call<Q: Clone, R, F>(
        &self,
        request: Q,
        call: impl Fn(Request<Q>) -> F,
    ) -> Result<R, ApiError>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let deadline = Instant::now() + self.options.deadline;
        let mut pause = FIRST_PAUSE;
        loop {
            let mut attempt = Request::new(request.clone());
            attempt.set_timeout(deadline.saturating_duration_since(Instant::now()));
            // On the heap: a call is kilobytes large, and stands in the futures of all its callers.
            let answer = match timeout_at(deadline, Box::pin(call(attempt))).await {
                Ok(answer) => answer,
                Err(_elapsed) => return Err(ApiError::late(self.options.deadline)),
            };
            let error = match answer {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) => ApiError::new(&status, &self.options.server),
            };
            // The connection has a timer of its own, which says so in its own words.
            if Instant::now() >= deadline {
                return Err(ApiError::late(self.options.deadline));
            }
            let wait = error.retry_after.unwrap_or_else(|| jittered(pause));
            let lost = error.code == Code::Aborted && error.retry_after.is_some();
            let again = lost || error.code == Code::Unavailable;
            if !again || Instant::now() + wait >= deadline {
                return Err(error);
            }
            self.options.on_wait.tell(&error);
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Between a half and the whole of it, so that callers who failed together do not come back together.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 500;
    pause.mul_f64(0.5 + f64::from(u32::try_from(random).unwrap_or_default()) / 1_000.0)
}
