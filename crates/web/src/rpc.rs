//! `POST /<service>/<method>`: an RPC with JSON instead of protobuf.
//!
//! The request is turned into the message that the descriptor set says, the gRPC route is called in this process, and what
//! it answers is turned back. The route says who may call before the request's body is read. Deliberately absent: every name of a service, a method or a message.

mod asking;
mod body;
mod call;
mod deadline;
mod lines;
mod sending;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use deadline::Deadline;
use prost_reflect::{MethodDescriptor, prost::Message as _};
use sending::{Reading, Sending};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    fault::{Code, Fault},
    index, json,
};

/// What answers RPCs.
#[derive(Clone, Debug)]
pub(crate) struct Rpcs {
    routes: Router,
    /// Bytes that large bodies may take together.
    room: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Rpcs {
    /// Over the routes of the gRPC services. `stopping` ends streams and the reading of requests.
    pub(crate) fn new(routes: Router, stopping: CancellationToken) -> Self {
        Self { routes, room: Arc::new(Semaphore::new(body::ROOM)), stopping }
    }

    async fn ask(self, request: Request) -> Result<Response, Fault> {
        let (head, body) = request.into_parts();
        let method = method(&head)?;
        check_media_type(&head.headers)?;
        let deadline = Deadline::of(&head.headers)?;
        let limit = deadline.limit();
        let Self { routes, room, stopping } = self;
        let asks = head.headers.contains_key(header::EXPECT);
        let reading = Reading { method: method.clone(), asks, room, stopping: stopping.clone() };
        let sending = Sending::new(body, reading);
        let asked = async {
            let caller = call::caller(&head, &deadline);
            let called = call::start(routes, &method, caller, sending.frame()).await;
            let messages = sending.settle(called).await?;
            if method.is_server_streaming() {
                return Ok(lines::response(messages, method.output(), &deadline, stopping));
            }
            let text = json::write(method.output(), &messages.only().await?)?;
            Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], text)
                .into_response())
        };
        timeout(limit, asked).await.unwrap_or_else(|_| Err(Fault::late()))
    }
}

/// Answers whatever no other route does.
pub(crate) async fn answer(State(rpcs): State<Rpcs>, request: Request) -> Response {
    rpcs.ask(request).await.unwrap_or_else(Fault::into_response)
}

fn method(head: &Parts) -> Result<MethodDescriptor, Fault> {
    let path = head.uri.path();
    let (service, name) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    let Some(service) = json::service(service) else {
        let services: Vec<_> = json::services().map(|service| format!("/{}/", service.full_name())).collect();
        let message = format!(
            "nothing is served at {path}; GET / says what is, RPCs begin with {}",
            services.join(", ")
        );
        return Err(Fault::new(Code::NOT_FOUND, "UNKNOWN_PATH", message));
    };
    let Some(method) = service.methods().find(|method| method.name() == name) else {
        let (service, methods) = (service.full_name().to_owned(), json::method_names(&service));
        let message = format!("{service} has no method `{name}`; it has {methods}");
        return Err(Fault::new(Code::NOT_FOUND, "UNKNOWN_METHOD", message));
    };
    if head.method != Method::POST {
        let message =
            format!("an RPC is called with POST: {}", index::curl(&method, index::host(&head.headers)));
        let fault = Fault::new(Code::UNIMPLEMENTED, "NOT_POST", message);
        return Err(fault.over_http(StatusCode::METHOD_NOT_ALLOWED));
    }
    if method.is_client_streaming() {
        let message = format!("{path} takes a stream of requests, which JSON has no form for here; use gRPC");
        return Err(Fault::new(Code::UNIMPLEMENTED, "REQUEST_STREAM", message));
    }
    Ok(method)
}

/// JSON, or nothing said. A browser says where a page that sends comes from, and can be made to say no type at all without
/// asking first; such a page must name the type, so that the browser asks, and is told no.
fn check_media_type(headers: &HeaderMap) -> Result<(), Fault> {
    let named = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let is_json = match named {
        Some(named) => {
            named.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
        }
        None => !headers.contains_key(header::ORIGIN),
    };
    let coded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if is_json && !coded {
        return Ok(());
    }
    let message = if coded {
        "send the body as it is, without content-encoding"
    } else {
        "send JSON, and say so: `content-type: application/json`, with curl -H 'content-type: application/json'"
    };
    let fault = Fault::new(Code::INVALID_ARGUMENT, "NOT_JSON", message);
    Err(fault.over_http(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}

/// The encoded request. Done at once, so no more are in the making than there are threads.
fn message(method: &MethodDescriptor, body: &[u8]) -> Result<Bytes, Fault> {
    match json::read(method.input(), body) {
        Ok(message) => Ok(message.encode_to_vec().into()),
        Err(error) => {
            let place = match (error.line(), error.column()) {
                (0, _) => "body".to_owned(),
                (line, column) => format!("line {line} column {column}"),
            };
            let told = format!("the body is not the JSON of a {}: {error}", method.input().full_name());
            Err(Fault::new(Code::INVALID_ARGUMENT, "INVALID_JSON", told).at(&place, &error.to_string()))
        }
    }
}
