//! From the headers or trailers that end a gRPC answer.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use percent_encoding::percent_decode;
use prost_reflect::{DynamicMessage, Value};

use super::{Code, Fault};
use crate::json;

/// Stands where an answer ends.
pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

impl Fault {
    /// What these say, if it is not that all is well.
    pub(crate) fn told_by(headers: &HeaderMap) -> Result<(), Self> {
        let code = match headers.get(STATUS).map(|status| status.to_str().unwrap_or_default()) {
            Some("0") => return Ok(()),
            Some(code) => Code::parse(code),
            None => return Err(Self::cut_off()),
        };
        let message = headers.get(MESSAGE).map(|message| percent_decode(message.as_bytes()));
        let message = message.map(|text| text.decode_utf8_lossy().into_owned()).unwrap_or_default();
        let details: Vec<_> = details(headers).unwrap_or_default().iter().filter_map(detail).collect();
        let retry_after = details.iter().find_map(|detail| delay(detail));
        Err(Self { code, http: code.http(), message, details, retry_after })
    }

    /// An answer that just stops, which none should.
    pub(crate) fn cut_off() -> Self {
        Self::new(Code::UNKNOWN, "CUT_OFF", "the answer ended early; the server's log says why")
    }
}

/// The details of the `google.rpc.Status` that stands there.
fn details(headers: &HeaderMap) -> Option<Vec<Value>> {
    let encoded = BASE64_STANDARD_NO_PAD.decode(headers.get(DETAILS)?).ok()?;
    let status = DynamicMessage::decode(json::status(), encoded.as_slice()).ok()?;
    status.get_field_by_name("details")?.as_list().map(<[Value]>::to_vec)
}

/// One of a type that nobody described has no JSON and is left out.
fn detail(any: &Value) -> Option<String> {
    let text = json::text(any.as_message()?).ok()?;
    String::from_utf8(text).ok()
}

/// Of a `RetryInfo`, in whole seconds, rounded up.
fn delay(detail: &str) -> Option<Duration> {
    let detail: serde_json::Value = serde_json::from_str(detail).ok()?;
    let text = detail.get("retryDelay")?.as_str()?.strip_suffix('s')?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    Some(Duration::from_secs(seconds.parse::<u64>().ok()? + u64::from(!fraction.is_empty())))
}
