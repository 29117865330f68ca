//! The body of a request, with a limit for its size, its time, and what all of them take together.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    http::StatusCode,
};
use http_body_util::{BodyExt as _, Limited};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::fault::{Code, Fault};

/// Of one body, as over gRPC.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// So much of each body takes no room.
const FREE_BYTES: usize = 16 * 1024;
/// Bytes that the rest of all bodies may take together.
pub(super) const ROOM: usize = 64 * 1024 * 1024;
/// From the headers to the end of the body. Less than a request has in all, so that the answer says what was late.
const BODY_TIME: Duration = Duration::from_secs(20);
/// So much more of a body that is refused is taken and forgotten, for so long.
const DISCARD_BYTES: usize = 16 * BODY_BYTES;
const DISCARD_TIME: Duration = Duration::from_millis(500);

/// A whole body, and the room that it takes for as long as it is held.
#[derive(Debug, Default)]
pub(super) struct Received {
    bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl Received {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn add(&mut self, data: &Bytes, room: &Arc<Semaphore>) -> Result<(), Fault> {
        let length = self.bytes.len() + data.len();
        if length > BODY_BYTES {
            return Err(too_large());
        }
        let held = self.room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = length.saturating_sub(FREE_BYTES).saturating_sub(held);
        if let Some(wanted) = u32::try_from(wanted).ok().filter(|wanted| *wanted > 0) {
            let more = Arc::clone(room).try_acquire_many_owned(wanted).map_err(|_| crowded())?;
            match &mut self.room {
                Some(held) => held.merge(more),
                empty @ None => *empty = Some(more),
            }
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }
}

/// `asks`: the client waits to be told whether to send it.
pub(super) async fn read(
    mut body: Body,
    asks: bool,
    room: &Arc<Semaphore>,
    stopping: &CancellationToken,
) -> Result<Received, Fault> {
    if asks && body.size_hint().lower() > BODY_BYTES as u64 {
        return Err(too_large());
    }
    let read = tokio::select! {
        received = timeout(BODY_TIME, read_on(&mut body, room)) => received.unwrap_or_else(|_| Err(slow())),
        () = stopping.cancelled() => Err(Fault::stopping()),
    };
    if read.is_err() {
        forget(body).await;
    }
    read
}

/// Many clients read no answer before they have sent all, and lose it when the connection ends meanwhile.
pub(super) async fn forget(body: Body) {
    let mut body = Limited::new(body, DISCARD_BYTES);
    let discard = async { while let Some(Ok(_)) = body.frame().await {} };
    timeout(DISCARD_TIME, discard).await.ok();
}

async fn read_on(body: &mut Body, room: &Arc<Semaphore>) -> Result<Received, Fault> {
    let mut received = Received::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let message = format!("the body cannot be read: {error}");
            Fault::new(Code::INVALID_ARGUMENT, "BODY_UNREADABLE", message)
        })?;
        if let Ok(data) = frame.into_data() {
            received.add(&data, room)?;
        }
    }
    Ok(received)
}

fn too_large() -> Fault {
    let message = format!("the body is larger than {BODY_BYTES} bytes; send less at a time");
    Fault::new(Code::RESOURCE_EXHAUSTED, "BODY_TOO_LARGE", message).over_http(StatusCode::PAYLOAD_TOO_LARGE)
}

fn slow() -> Fault {
    let message = format!("the body did not come within {} s", BODY_TIME.as_secs());
    Fault::new(Code::DEADLINE_EXCEEDED, "BODY_TOO_SLOW", message).over_http(StatusCode::REQUEST_TIMEOUT)
}

fn crowded() -> Fault {
    let message = "too many large requests are being read; send it again";
    Fault::new(Code::UNAVAILABLE, "TOO_MANY_LARGE_REQUESTS", message).retry_after(Duration::from_secs(1))
}
