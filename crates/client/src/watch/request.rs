//! The requests that are answered with a stream of frames, and what a frame means for going on later.

use std::pin::Pin;

use proto::v1::{
    self, watch_issue_response::Frame as OfIssue, watch_timeline_response::Frame as OfTimeline,
    watch_unacknowledged_response::Frame as OfUnacknowledged,
};
use tonic::{Status, Streaming};

use crate::api::Api;

/// A stream that Davy has opened, or its refusal.
pub(super) type Opened<F> = Result<Streaming<F>, Status>;

/// A request that opens a watch. Only Davy's own requests are.
pub trait Watched: Clone + Send + open::Open {}

/// What a frame means for going on later.
#[derive(Debug)]
pub enum Mark<'a> {
    /// Rows of a snapshot that is not complete yet.
    Snapshot {
        reset: &'a mut bool,
    },
    /// The snapshot is complete; from here one can go on.
    Complete(&'a str),
    /// From here one can go on.
    Token(&'a str),
    Change,
}

/// Kept from other crates: its functions speak of gRPC.
mod open {
    use super::{Api, Mark, Opened, Pin};

    pub trait Open {
        /// What the stream is made of.
        type Frame: Send + 'static;

        fn resume_token(&self) -> &str;
        fn set_resume_token(&mut self, token: String);
        fn mark(frame: &mut Self::Frame) -> Mark<'_>;
        fn open(self, api: Api) -> Pin<Box<dyn Future<Output = Opened<Self::Frame>> + Send>>;
    }
}

macro_rules! watched {
    ($($request:ident $response:ident $frame:ident $service:ident $method:ident)*) => {$(
        impl Watched for v1::$request {}

        impl open::Open for v1::$request {
            type Frame = v1::$response;

            fn resume_token(&self) -> &str {
                &self.resume_token
            }

            fn set_resume_token(&mut self, token: String) {
                self.resume_token = token;
            }

            fn mark(frame: &mut v1::$response) -> Mark<'_> {
                match &mut frame.frame {
                    Some($frame::Snapshot(snapshot)) => Mark::Snapshot { reset: &mut snapshot.reset },
                    Some($frame::SnapshotComplete(complete)) => Mark::Complete(&complete.resume_token),
                    Some($frame::Progress(progress)) => Mark::Token(&progress.resume_token),
                    Some($frame::Upsert(_) | $frame::Remove(_)) | None => Mark::Change,
                }
            }

            fn open(self, api: Api) -> Pin<Box<dyn Future<Output = Opened<v1::$response>> + Send>> {
                Box::pin(async move { Ok(api.$service().$method(self).await?.into_inner()) })
            }
        }
    )*};
}

watched! {
    WatchUnacknowledgedRequest WatchUnacknowledgedResponse OfUnacknowledged issues watch_unacknowledged
    WatchIssueRequest WatchIssueResponse OfIssue issues watch_issue
    WatchTimelineRequest WatchTimelineResponse OfTimeline customers watch_timeline
}
