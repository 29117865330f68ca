//! A call of a gRPC route in this process: one message there, messages and a status back.
//!
//! Dropping the answer drops the call.

use api::PeerCertificate;
use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header, request::Parts},
};
use bytes::{Buf as _, BufMut as _, BytesMut};
use http_body_util::BodyExt as _;
use prost_reflect::MethodDescriptor;
use tower::ServiceExt as _;

use super::deadline::{self, Deadline};
use crate::{
    fault::{Code, Fault, STATUS},
    json,
};

/// Before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// What is passed on of a request's headers.
const PASSED: [&str; 4] = ["authorization", "davy-as", "traceparent", "tracestate"];

/// What goes with a call, besides its message: who calls, and how long that waits.
pub(super) struct Caller {
    headers: HeaderMap,
    /// What the client proved to hold.
    certificate: Option<PeerCertificate>,
}

/// Of a request.
pub(super) fn caller(head: &Parts, deadline: &Deadline) -> Caller {
    let certificate = head.extensions.get::<PeerCertificate>().cloned();
    Caller { headers: metadata(&head.headers, deadline), certificate }
}

fn metadata(sent: &HeaderMap, deadline: &Deadline) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    for name in PASSED {
        for value in sent.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    if let Deadline::After { time: _, grpc } = deadline {
        headers.insert(deadline::GRPC, grpc.clone());
    }
    headers
}

/// Calls a method with a message in a frame, and waits for its first word: that messages follow, or a status.
pub(super) async fn start(
    routes: Router,
    method: &MethodDescriptor,
    Caller { headers, certificate }: Caller,
    frame: Body,
) -> Result<Messages, Fault> {
    let mut request = Request::new(frame);
    *request.method_mut() = axum::http::Method::POST;
    *request.uri_mut() = json::path(method).parse().map_err(|_| broken("the method's name is no path"))?;
    *request.headers_mut() = headers;
    certificate.map(|certificate| request.extensions_mut().insert(certificate));
    let Ok(response) = routes.oneshot(request).await;
    let (head, body) = response.into_parts();
    if head.status != StatusCode::OK {
        return Err(broken("the method is not served"));
    }
    if head.headers.contains_key(STATUS) {
        Fault::told_by(&head.headers)?;
        return Ok(Messages { body: None, buffer: BytesMut::new() });
    }
    Ok(Messages { body: Some(body), buffer: BytesMut::new() })
}

/// What a call answers.
#[derive(Debug)]
pub(super) struct Messages {
    /// `None` when it has ended well.
    body: Option<Body>,
    buffer: BytesMut,
}

impl Messages {
    /// The next message; `None` when the call has ended well. May be cancelled and asked again.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            if let Some(message) = self.buffered()? {
                return Ok(Some(message));
            }
            let Some(body) = &mut self.body else { return Ok(None) };
            let frame = body.frame().await.ok_or_else(Fault::cut_off)?.map_err(|_| Fault::cut_off())?;
            match frame.into_data() {
                Ok(data) => self.buffer.extend_from_slice(&data),
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    self.body = None;
                    Fault::told_by(&trailers)?;
                }
            }
        }
    }

    /// The one message of a call that answers with one.
    pub(super) async fn only(mut self) -> Result<Bytes, Fault> {
        let message = self.next().await?.ok_or_else(|| broken("the method answered nothing"))?;
        match self.next().await? {
            None => Ok(message),
            Some(_) => Err(broken("the method answered twice")),
        }
    }

    fn buffered(&mut self) -> Result<Option<Bytes>, Fault> {
        let Some((&[compressed, a, b, c, d], rest)) = self.buffer.split_first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if compressed != 0 {
            return Err(broken("the answer is compressed"));
        }
        if rest.len() < length {
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }
}

/// A message as gRPC sends it.
pub(super) fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    // A body of 4 MiB makes no message of 4 GiB.
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.put_slice(message);
    frame.freeze()
}

/// A defect of the services.
fn broken(what: &str) -> Fault {
    tracing::error!(what, "a gRPC route in this process does not speak gRPC");
    Fault::new(Code::INTERNAL, "CALL_FAILED", what)
}
