//! `GET /`: what this listener serves, and how to ask.

use std::fmt::Write as _;

use axum::http::{HeaderMap, header};
use prost_reflect::MethodDescriptor;

use crate::json;

/// The address that the caller used, for lines to copy.
pub(crate) fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}

/// A line that calls a method with an empty request.
pub(crate) fn curl(method: &MethodDescriptor, host: &str) -> String {
    let flag = if method.is_server_streaming() { "-N " } else { "" };
    format!("curl {flag}-H 'content-type: application/json' -d '{{}}' http://{host}{}", json::path(method))
}

pub(crate) fn text(host: &str) -> String {
    let mut text = "Davy\n\n\
        GET  /livez    whether it lives\n\
        GET  /readyz   whether it is ready, and if not why\n\
        GET  /metrics  OpenMetrics\n\
        GET  /calendar/schedule/<id>.ics, /calendar/person/<id>.ics\n\
        \x20              who is on call, for calendar programs; the password is the token, under any name\n\
        GET  /answer/<token>  the page that answers a ping; POST answers\n\
        POST /<service>/<method>  an RPC, with the JSON of its request; a stream comes as one JSON a line\n"
        .to_owned();
    let methods: Vec<_> =
        json::services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    for streams in [false, true] {
        let example = methods.iter().find(|method| method.is_server_streaming() == streams);
        // Writing to a string does not fail.
        example.map(|method| write!(text, "\n  {}", curl(method, host)).ok());
    }
    text.push_str("\n\n");
    for service in json::services() {
        writeln!(text, "{}: {}", service.full_name(), json::method_names(&service)).ok();
    }
    text
}
