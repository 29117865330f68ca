//! What holds the work on an issue up, and the customer's words that end it: `issue.customer_input_requested`,
//! `.customer_replied`, `.customer_chased`, `.external_wait_started`, `.external_wait_ended`.

use domain::Payload;
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Text, Word, any_date, date, says},
};

/// The customer was asked something. Only a question that went out holds the work up: `channel` and `sent_at` prove it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerAsked {
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<Text>,
    /// How it was sent, such as `mail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// When it was sent, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sent_at: Option<Word>,
    /// The message that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message_ref: Option<Word>,
}

impl Data for CustomerAsked {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let named = self.channel.as_ref().is_some_and(|channel| says(&channel.0));
        Ok(Payload::CustomerAsked { proven: named && any_date(self.sent_at.as_ref()).is_some() })
    }
}

/// The customer answered.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerReplied {
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Word>,
    /// Such as `mail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// More than thanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) substantive: Option<bool>,
    /// By a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auto: Option<bool>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
}

impl Data for CustomerReplied {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::CustomerReplied { auto: self.auto.unwrap_or_default() })
    }
}

/// The customer did not answer: nobody waits for them any more.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerWaitLapsed {
    /// When they were asked, RFC 3339.
    pub(crate) asked_at: Word,
    /// Until when they had time, RFC 3339.
    pub(crate) deadline: Word,
}

impl Data for CustomerWaitLapsed {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let asked = date(Some(&self.asked_at), "asked_at")?;
        Ok(Payload::CustomerWaitLapsed { asked, deadline: date(Some(&self.deadline), "deadline")? })
    }
}

/// The customer asked again.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerChased {
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Word>,
    /// Such as `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<Text>,
}

impl Data for CustomerChased {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::CustomerChased)
    }
}

/// Somebody outside is to deliver.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ExternalWaitStarted {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<Word>,
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Word>,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
}

impl Data for ExternalWaitStarted {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::ExternalWaitStarted { due: any_date(self.due_at.as_ref()) })
    }
}

/// They delivered, or nobody waits for them any more.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ExternalWaitEnded {
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Text>,
}

impl Data for ExternalWaitEnded {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::ExternalWaitEnded)
    }
}
