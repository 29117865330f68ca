//! A server's stream as NDJSON: a message a line, as they come.
//!
//! What ends it early stands in a last line `{"error": ...}`; a stream without one has ended well. The stream is read no
//! faster than the client reads, and dropped with the client's connection.

use std::{convert::Infallible, pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use prost_reflect::MessageDescriptor;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{call::Messages, deadline::Deadline};
use crate::{fault::Fault, json};

/// How long a stream may take to end by itself, saying where to resume, when all is to end.
const LAST_WORDS: Duration = Duration::from_secs(1);

struct Lines {
    /// `None` after the last line.
    messages: Option<Messages>,
    output: MessageDescriptor,
    cut: Pin<Box<dyn Future<Output = Fault> + Send>>,
}

pub(super) fn response(
    messages: Messages,
    output: MessageDescriptor,
    deadline: &Deadline,
    stopping: CancellationToken,
) -> Response {
    let time = match deadline {
        Deadline::Unsaid => None,
        Deadline::After { time, grpc: _ } => Some(*time),
    };
    let lines = Lines { messages: Some(messages), output, cut: Box::pin(cut(time, stopping)) };
    let body = Body::from_stream(stream::unfold(lines, |mut lines| async {
        let line = lines.next().await?;
        Some((Ok::<_, Infallible>(line), lines))
    }));
    ([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")], body)
        .into_response()
}

impl Lines {
    async fn next(&mut self) -> Option<Bytes> {
        let messages = self.messages.as_mut()?;
        let next = tokio::select! {
            // First of all, or a stream that always has more would never be cut.
            biased;
            fault = &mut self.cut => Err(fault),
            next = messages.next() => next,
        };
        let line = next.and_then(|message| {
            message.map(|message| Ok(json::write(self.output.clone(), &message)?)).transpose()
        });
        match line {
            Ok(Some(mut line)) => {
                line.push(b'\n');
                Some(line.into())
            }
            Ok(None) => None,
            Err(fault) => {
                self.messages = None;
                Some(format!("{{\"error\":{}}}\n", fault.json()).into())
            }
        }
    }
}

/// Why a stream is ended from here.
async fn cut(time: Option<Duration>, stopping: CancellationToken) -> Fault {
    let late = async {
        match time {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = late => Fault::late(),
        () = stopping.cancelled() => {
            sleep(LAST_WORDS).await;
            Fault::stopping()
        }
    }
}
