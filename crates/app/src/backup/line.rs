//! A line of a backup back to the message that it was made of.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::RawMessage;
use serde::{Deserialize, Serialize};

/// Longer than the line of any message that a stream of Davy's takes.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How the line holds the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// The line is the body, with the extensions before its members.
    Event,
    /// The body is the last member, `data`.
    Data,
    /// The body is in `davybody`.
    Bytes,
    /// The body is in `data_base64`.
    Opaque,
}

/// The members that a message is made of again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Extensions {
    #[serde(rename = "davyposition")]
    position: String,
    #[serde(rename = "davystoredat")]
    stored_at: String,
    #[serde(rename = "davysubject")]
    subject: String,
    /// JSON: a list of pairs.
    #[serde(rename = "davyheaders", default, skip_serializing_if = "Option::is_none")]
    headers: Option<String>,
    #[serde(rename = "davyform")]
    form: Form,
    /// Of the body.
    #[serde(rename = "davybytes")]
    bytes: usize,
    #[serde(rename = "davybody", default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
}

impl Extensions {
    pub(super) fn of(message: &RawMessage, form: Form) -> Self {
        let RawMessage { position, stored_at, subject, headers, body } = message;
        let encoded = || BASE64_STANDARD.encode(body);
        Self {
            position: position.to_string(),
            stored_at: stored_at.to_string(),
            subject: subject.clone(),
            headers: (!headers.is_empty()).then(|| serde_json::json!(headers).to_string()),
            form,
            bytes: body.len(),
            body: (form == Form::Bytes).then(encoded),
            data_base64: (form == Form::Opaque).then(encoded),
        }
    }
}

/// The message of a line, or what is wrong with the line.
pub(super) fn message(line: &str) -> Result<RawMessage, String> {
    let extensions: Extensions = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let body = body(line, &extensions).ok_or("the body cannot be taken from it")?;
    let Extensions { position, stored_at, subject, headers, .. } = extensions;
    Ok(RawMessage {
        position: position.parse().map_err(|error: domain::ParsePositionError| error.to_string())?,
        stored_at: stored_at.parse().map_err(|error: jiff::Error| format!("davystoredat: {error}"))?,
        subject,
        headers: match headers {
            Some(pairs) => serde_json::from_str(&pairs).map_err(|error| format!("davyheaders: {error}"))?,
            None => Vec::new(),
        },
        body,
    })
}

fn body(line: &str, extensions: &Extensions) -> Option<Vec<u8>> {
    let count = extensions.bytes;
    match extensions.form {
        Form::Event => {
            let rest = line.len().checked_sub(count.checked_sub(1)?)?;
            Some(format!("{{{}", line.get(rest..)?).into_bytes())
        }
        Form::Data => {
            let end = line.len().checked_sub(1)?;
            Some(line.get(end.checked_sub(count)?..end)?.as_bytes().to_vec())
        }
        Form::Bytes => BASE64_STANDARD.decode(extensions.body.as_ref()?).ok(),
        Form::Opaque => BASE64_STANDARD.decode(extensions.data_base64.as_ref()?).ok(),
    }
}
