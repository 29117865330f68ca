//! Contacts with the customer: missed, logged, and automatic replies. None of them acknowledges.

use domain::{Missed, Payload, Purpose, Report, Severity, Talk};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Text, Word, word},
    report::title,
};

/// A call, voicemail, mail or chat that nobody answered. Without an issue it is a report.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ContactMissed {
    /// call, voicemail, mail or chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// Where it was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mailbox: Option<Word>,
    /// What was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transcript: Option<Text>,
}

impl Data for ContactMissed {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        if context.names_issue {
            return Ok(Payload::Noted);
        }
        let channel = word(self.channel.as_ref()).unwrap_or_else(|| "contact".to_owned());
        Ok(Payload::Reported(Report {
            title: title(&format!("Missed {channel}")),
            severity: Severity::Unassessed,
            severity_word: None,
            heard_by: None,
            safety: false,
            restricted: None,
            missed: Some(Missed {
                channel: word(self.channel.as_ref()),
                mailbox: word(self.mailbox.as_ref()),
            }),
        }))
    }
}

/// Somebody spoke or wrote with the customer.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ContactLogged {
    /// inbound or outbound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<Word>,
    /// Such as `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// Whether both sides spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) two_way: Option<bool>,
    /// human or auto.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Word>,
    /// service, relationship, project, renewal, upsell, collections, survey or marketing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<Word>,
    /// With whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Word>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
}

/// An automatic reply went out. It acknowledges nothing.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AutoreplySent {
    /// Such as `mail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// Which template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<Word>,
}

super::note::noted!(AutoreplySent);

impl Data for ContactLogged {
    /// What nobody said is not so: a contact of which only one side is known to have spoken breaks no silence.
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let Self { direction: _, channel: _, two_way, kind, purpose, contact: _, summary: _ } = self;
        Ok(Payload::ContactLogged(Talk {
            two_way: two_way.unwrap_or_default(),
            auto: kind.as_ref().is_some_and(|kind| kind.0.trim().eq_ignore_ascii_case("auto")),
            purpose: purpose.as_ref().map_or(Purpose::Unsaid, |purpose| Purpose::parse(&purpose.0)),
        }))
    }
}
