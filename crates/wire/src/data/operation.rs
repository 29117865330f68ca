//! What operators do: `event.retracted`, which departments publish too, and what concerns the log itself:
//! `event.skipped`, `event.redriven`, `log.loss_accepted`.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{Identity, Loss, Payload, Position, Retraction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, Text},
};
use crate::time;

/// An event is taken back: it is shown struck out, and counts as if it had never been.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Retracted {
    /// Which one, among those of the issue or customer named.
    pub(crate) event: EventForm,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// An event by what its sender called it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct EventForm {
    /// The tool that published it.
    pub(crate) source: Id,
    /// The id that the tool gave it.
    pub(crate) id: Id,
}

impl Data for Retracted {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let EventForm { source: Id(source), id: Id(id) } = &self.event;
        let identity = Identity { source: source.clone(), id: id.clone() };
        Ok(Payload::Retracted(Retraction { identity }))
    }
}

/// What an operator did to the log's own matters, and why.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) reason: String,
    pub(crate) deed: Deed,
}

#[derive(Debug)]
pub(crate) enum Deed {
    Skipped { of: Position },
    Redriven { of: Position, message: Inner },
    LossAccepted(Loss),
}

/// A message inside an event.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) stored_at: Timestamp,
    pub(crate) subject: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The data of an operation.
pub(crate) trait OperationData: serde::de::DeserializeOwned + super::Described {
    /// # Errors
    /// Which member has another form.
    fn done(self) -> Result<Done, String>;
}

/// A quarantined message is of no use.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Skipped {
    /// Its position, such as `0-17`.
    pub(crate) of: Id,
    /// Why.
    pub(crate) reason: Text,
}

/// A quarantined message is read again.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Redriven {
    /// Its position, such as `0-17`.
    pub(crate) of: Id,
    /// Why.
    pub(crate) reason: Text,
    /// What is read: the message as it stands or corrected.
    pub(crate) message: MessageForm,
    /// When the log stored the quarantined message, RFC 3339.
    pub(crate) stored_at: String,
}

/// A message as it is published.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct MessageForm {
    pub(crate) subject: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// The body, if it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    /// The body, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body_base64: Option<String>,
}

/// Messages that are missing from the log are given up.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LossAccepted {
    /// The first of them, such as `0-17`.
    pub(crate) from: Id,
    /// The last of them.
    pub(crate) to: Id,
    /// Why.
    pub(crate) reason: Text,
}

impl OperationData for Skipped {
    fn done(self) -> Result<Done, String> {
        Ok(Done { reason: self.reason.0, deed: Deed::Skipped { of: position(&self.of, "of")? } })
    }
}

impl OperationData for Redriven {
    fn done(self) -> Result<Done, String> {
        let Self { of, reason, message, stored_at } = self;
        let of = position(&of, "of")?;
        let stored_at = time::parse(&stored_at).ok_or("`stored_at` is no RFC 3339 time with a zone")?;
        let MessageForm { subject, headers, body, body_base64 } = message;
        let body = match (body, body_base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(encoded)) => BASE64_STANDARD
                .decode(encoded)
                .map_err(|_| "`message.body_base64` is not base64 with padding")?,
            (None, None) | (Some(_), Some(_)) => {
                return Err("give `message.body` or `message.body_base64`".to_owned());
            }
        };
        let message = Inner { stored_at, subject, headers: headers.into_iter().collect(), body };
        Ok(Done { reason: reason.0, deed: Deed::Redriven { of, message } })
    }
}

impl OperationData for LossAccepted {
    fn done(self) -> Result<Done, String> {
        let loss = Loss { from: position(&self.from, "from")?, to: position(&self.to, "to")? };
        if loss.from > loss.to || loss.from == Position::START {
            return Err("`from` is no message, or comes after `to`".to_owned());
        }
        Ok(Done { reason: self.reason.0, deed: Deed::LossAccepted(loss) })
    }
}

fn position(sent: &Id, member: &str) -> Result<Position, String> {
    sent.0.parse().map_err(|error| format!("`{member}`: {error}"))
}
