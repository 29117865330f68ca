//! Watches: what there is, then every change to it, for as long as somebody listens.
//!
//! A [`Watch`] goes on by itself where the connection is lost, Davy restarts, or we read too slowly: it opens the stream
//! again from the last resume token it was given. What it cannot go on from, it begins anew, and says so with `reset`.
//! Deliberately absent: any deadline, as a watch has none; and the rows, which are [`Rows`].

use std::{fmt, pin::Pin, time::Duration};

use proto::v1;
use tokio::time::{Instant, sleep_until};
use tonic::{Status, Streaming};

use crate::api::{Api, ApiError, Code, FIRST_PAUSE, LONGEST_PAUSE, jittered};

mod request;
mod rows;

pub use request::Watched;
use request::{Mark, Opened};
pub use rows::{Change, PositionKey, RowFrame, Rows, UnacknowledgedId};

/// What a watch has to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Update<F> {
    /// A frame, as Davy sent it; only `reset` may have been set by us, where we had to begin anew.
    Frame(F),
    /// The stream is lost, for this reason. The watch opens it again by itself; what was received still counts.
    Lost(ApiError),
    /// The stream is open: for the first time, or again.
    Open,
}

/// The frames of one watch, over any number of connections.
///
/// ```no_run
/// # async fn example(api: davy_client::Api, saved: String) -> Result<(), davy_client::ApiError> {
/// use davy_client::{Rows, Update, v1::WatchUnacknowledgedRequest};
///
/// let mut rows = Rows::new();
/// let mut watch = api.watch_unacknowledged(WatchUnacknowledgedRequest::default());
/// loop {
///     match watch.next().await? {
///         Update::Frame(frame) => {
///             rows.apply(frame);
///             println!("{} unacknowledged at {}", rows.len(), rows.position());
///         }
///         Update::Lost(reason) => eprintln!("waiting: {reason}"),
///         Update::Open => {}
///     }
/// }
/// # }
/// ```
///
/// Whoever keeps what the frames told can keep [`resume_token`](Self::resume_token) with it, and hand it in later as the
/// `resume_token` of the request, in another process or after a restart of Davy.
pub struct Watch<R: Watched> {
    api: Api,
    /// With the token to go on from.
    request: R,
    link: Link<R::Frame>,
    /// Whether a stream was opened before: what was received then no longer counts where we begin anew.
    again: bool,
    /// A snapshot has begun and is not complete: there is no point to go on from.
    in_snapshot: bool,
    /// Before the next try, unless Davy asks for another.
    pause: Duration,
}

/// Where we stand with Davy. Kept between calls, so that a call that is dropped loses nothing.
enum Link<F> {
    /// Not before this instant.
    Waiting(Instant),
    Opening(Pin<Box<dyn Future<Output = Opened<F>> + Send>>),
    Open {
        stream: Box<Streaming<F>>,
        frames: Frames,
    },
}

/// Whether a stream has brought anything yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frames {
    None,
    Some,
}

impl Api {
    /// The unacknowledged issues and quarantined messages that may be complaints, and every change to that list.
    ///
    /// `older_than` cannot be watched.
    pub fn watch_unacknowledged(
        &self,
        request: v1::WatchUnacknowledgedRequest,
    ) -> Watch<v1::WatchUnacknowledgedRequest> {
        Watch::new(self.clone(), request)
    }

    /// One issue, and every change to it.
    pub fn watch_issue(&self, request: v1::WatchIssueRequest) -> Watch<v1::WatchIssueRequest> {
        Watch::new(self.clone(), request)
    }

    /// The newest entries of a customer's timeline, and every change to it.
    pub fn watch_timeline(&self, request: v1::WatchTimelineRequest) -> Watch<v1::WatchTimelineRequest> {
        Watch::new(self.clone(), request)
    }
}

impl<R: Watched> Watch<R> {
    fn new(api: Api, request: R) -> Self {
        let link = Link::Waiting(Instant::now());
        Self { api, request, link, again: false, in_snapshot: false, pause: FIRST_PAUSE }
    }

    /// Where to go on from: hand it in as the request's `resume_token`. Empty before the first snapshot is complete, and
    /// while one is under way: then a watch begins with a snapshot.
    ///
    /// It stands for the frames that [`next`](Self::next) has returned, and for no others.
    pub fn resume_token(&self) -> &str {
        self.request.resume_token()
    }

    /// The next frame, or what became of the stream. A call can be dropped, as `select!` does, without losing a frame.
    ///
    /// Waits as long as it takes; [`Update::Lost`] tells each time what it waits for.
    ///
    /// # Errors
    /// What Davy answered, where waiting does not help: a wrong request, something that does not exist. After it, the
    /// next call tries once more.
    pub async fn next(&mut self) -> Result<Update<R::Frame>, ApiError> {
        loop {
            match &mut self.link {
                Link::Waiting(until) => {
                    sleep_until(*until).await;
                    self.link = Link::Opening(self.request.clone().open(self.api.clone()));
                }
                Link::Opening(opening) => match opening.await {
                    Ok(stream) => {
                        self.link = Link::Open { stream: Box::new(stream), frames: Frames::None };
                        return Ok(Update::Open);
                    }
                    Err(status) => return self.lost(Some(&status), Frames::None),
                },
                Link::Open { stream, frames } => match stream.message().await {
                    Ok(Some(frame)) => {
                        *frames = Frames::Some;
                        return Ok(Update::Frame(self.received(frame)));
                    }
                    // A stream has no end of its own: Davy stops, or the connection has reached its greatest age.
                    Ok(None) => {
                        let frames = *frames;
                        return self.lost(None, frames);
                    }
                    Err(status) => {
                        let frames = *frames;
                        return self.lost(Some(&status), frames);
                    }
                },
            }
        }
    }

    /// Takes note of where to go on from.
    fn received(&mut self, mut frame: R::Frame) -> R::Frame {
        match R::mark(&mut frame) {
            Mark::Snapshot { reset } => {
                // After a loss in the middle of a snapshot Davy begins with another and cannot know that there was one.
                if self.again && !self.in_snapshot && self.request.resume_token().is_empty() {
                    *reset = true;
                }
                // The old token goes on from rows that this snapshot replaces.
                self.request.set_resume_token(String::new());
                (self.in_snapshot, self.again) = (true, true);
            }
            Mark::Complete(token) => {
                self.request.set_resume_token(token.to_owned());
                (self.in_snapshot, self.again, self.pause) = (false, true, FIRST_PAUSE);
            }
            // Only what is whole can be gone on from.
            Mark::Token(token) if !self.in_snapshot => {
                self.request.set_resume_token(token.to_owned());
                (self.again, self.pause) = (true, FIRST_PAUSE);
            }
            Mark::Token(_) | Mark::Change => self.again = true,
        }
        frame
    }

    /// Prepares the next try, if there is reason to hope.
    fn lost(&mut self, status: Option<&Status>, frames: Frames) -> Result<Update<R::Frame>, ApiError> {
        let error = status.map_or_else(|| self.api.ended(), |status| self.api.error(status));
        // Where Davy says at which point it cut us off, that is later than the last frame with a token.
        let token = error.details.get("resume_token").filter(|token| !token.is_empty());
        if let Some(token) = token.filter(|_| !self.in_snapshot) {
            self.request.set_resume_token(token.clone());
        }
        self.in_snapshot = false;
        let wait = error.retry_after.unwrap_or_else(|| jittered(self.pause));
        self.link = Link::Waiting(Instant::now() + wait);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        if !worth_waiting(error.code, frames) {
            return Err(error);
        }
        Ok(Update::Lost(error))
    }
}

/// Whether the next try may go better.
const fn worth_waiting(code: Code, frames: Frames) -> bool {
    match code {
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Cancelled
        | Code::DeadlineExceeded => true,
        // A stream that was cut off between Davy and us ends so; a stream that never began has another fault.
        Code::Unknown | Code::Internal => matches!(frames, Frames::Some),
        Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss
        | Code::Unauthenticated => false,
    }
}

impl<R: Watched> fmt::Debug for Watch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = match &self.link {
            Link::Waiting(_) => "waiting",
            Link::Opening(_) => "opening",
            Link::Open { .. } => "open",
        };
        f.debug_struct("Watch").field("link", &link).field("resume_token", &self.resume_token()).finish()
    }
}

#[cfg(test)]
mod tests;
