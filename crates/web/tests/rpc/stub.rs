//! gRPC routes that answer what a test tells them to, byte by byte.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use prost_reflect::prost::Message;
use proto::v1;
use tokio::sync::mpsc;

pub(crate) const WATCH: &str = "/davy.v1.IssueService/WatchIssue";

/// A message as gRPC sends it.
pub(crate) fn framed(message: &impl Message) -> Vec<u8> {
    let encoded = message.encode_to_vec();
    let length = u32::try_from(encoded.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), &encoded].concat()
}

/// A frame of WatchIssue.
pub(crate) fn progress(position: &str) -> v1::WatchIssueResponse {
    let progress = v1::Progress { position: position.to_owned(), ..Default::default() };
    v1::WatchIssueResponse { frame: Some(v1::watch_issue_response::Frame::Progress(progress)) }
}

pub(crate) fn headers<const N: usize>(headers: [(&'static str, &str); N]) -> HeaderMap {
    let headers = headers.map(|(name, value)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    HeaderMap::from_iter(headers)
}

/// Answers with a status and nothing else, which may tell of the request's headers. The message is not asked for.
pub(crate) fn refusing(refusal: impl Fn(&HeaderMap) -> HeaderMap + Clone + Send + Sync + 'static) -> Router {
    Router::new().fallback(async move |request: Request| {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = refusal(request.headers());
        response
    })
}

/// Takes the message, as services do, and answers with these pieces as they come, and then with the status.
pub(crate) fn answering(trailers: HeaderMap) -> (mpsc::Sender<Vec<u8>>, Router) {
    let (pieces, taken) = mpsc::channel(1);
    let taken = std::sync::Arc::new(std::sync::Mutex::new(Some(taken)));
    let routes = Router::new().fallback(async move |request: Request| {
        if request.into_body().collect().await.is_err() {
            return Response::default();
        }
        let taken: mpsc::Receiver<Vec<u8>> = taken.lock().unwrap().take().unwrap();
        let pieces = stream::unfold(taken, async |mut taken| Some((taken.recv().await?, taken)));
        let body = Body::from_stream(pieces.map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
        Response::new(Body::new(body.with_trailers(async { Some(Ok(trailers)) })))
    });
    (pieces, routes)
}

/// Takes the message, as services do, and then answers nothing at all, for ever.
pub(crate) fn silent() -> Router {
    Router::new().fallback(async move |request: Request| {
        if request.into_body().collect().await.is_ok() {
            std::future::pending::<()>().await;
        }
    })
}
