//! What goes wrong, as HTTP: a `google.rpc.Status` in JSON, with the same details as over gRPC.

mod code;
mod grpc;

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(crate) use self::{code::Code, grpc::STATUS};

use crate::json::Unwritable;

/// The domain of every reason, as in `api`.
const DOMAIN: &str = "davy.dev";

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) struct Fault {
    code: Code,
    http: StatusCode,
    message: String,
    /// Each the JSON of one detail.
    details: Vec<String>,
    retry_after: Option<Duration>,
}

impl Fault {
    /// One that is found here.
    pub(crate) fn new(code: Code, reason: &str, message: impl Into<String>) -> Self {
        let info = json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": DOMAIN,
            "metadata": {},
        });
        let message = message.into();
        Self { code, http: code.http(), message, details: vec![info.to_string()], retry_after: None }
    }

    /// With a status that says it better than the code's own.
    pub(crate) fn over_http(self, http: StatusCode) -> Self {
        Self { http, ..self }
    }

    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// What is wrong and what to do, for people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// That this part of the request cannot be meant.
    pub(crate) fn at(mut self, field: &str, description: &str) -> Self {
        let bad_request = json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{ "field": field, "description": description, "reason": "" }],
        });
        self.details.push(bad_request.to_string());
        self
    }

    /// That it is worth trying again.
    pub(crate) fn retry_after(mut self, delay: Duration) -> Self {
        let retry = json!({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{}s", delay.as_secs()),
        });
        self.details.push(retry.to_string());
        Self { retry_after: Some(delay), ..self }
    }

    /// The caller waits no longer.
    pub(crate) fn late() -> Self {
        let message = "there was no answer in time; ask again, or allow more time with connect-timeout-ms";
        Self::new(Code::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", message)
    }

    /// Davy is about to end.
    pub(crate) fn stopping() -> Self {
        let message = "davy is shutting down; ask again, and begin a watch where this one ended";
        Self::new(Code::UNAVAILABLE, "SHUTTING_DOWN", message).retry_after(Duration::from_secs(1))
    }

    /// On one line.
    pub(crate) fn json(&self) -> String {
        let Self { code, http: _, message, details, retry_after: _ } = self;
        let (message, details) = (Value::from(message.as_str()), details.join(","));
        let (number, name) = (code.number(), code.name());
        format!(r#"{{"code":{number},"status":"{name}","message":{message},"details":[{details}]}}"#)
    }
}

impl From<Unwritable> for Fault {
    fn from(Unwritable { message, cause }: Unwritable) -> Self {
        tracing::error!(message, cause, "an answer cannot be written as JSON");
        let told = format!("write a {message} as JSON: {cause}; ask over gRPC, which can hold it");
        Self::new(Code::INTERNAL, "NO_JSON_FORM", told)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (
            self.http,
            [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")],
            self.json() + "\n",
        )
            .into_response();
        let headers = response.headers_mut();
        if let Some(delay) = self.retry_after {
            headers.insert(header::RETRY_AFTER, delay.as_secs().max(1).into());
        }
        if self.http == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}
