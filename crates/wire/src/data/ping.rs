//! `ping.requested`, `.throttled`, `.attempted`, `.delivered`, `.failed`, `.acknowledged`: one notification and what came of it.

use domain::{Payload, PingReason, PingTerms, Recipient};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    clock::ClockForm,
    common::{Text, Word, date, department, uuid},
};

/// Somebody is to be pinged.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingRequested {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// Slug of the department whose run it is.
    pub(crate) department: Word,
    /// Of which cycle of the run; 0: of none, as warnings are.
    pub(crate) cycle: u32,
    /// Whom.
    pub(crate) to: ToForm,
    /// Why.
    pub(crate) reason: ReasonForm,
    /// Not to be sent before, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<Word>,
}

/// A person and their contact, or a channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a recipient is `{person, contact}` or `{channel}`")]
pub(crate) enum ToForm {
    /// By their id in the directory, and the name of their contact.
    Person { person: Word, contact: Word },
    /// By its name in the pager's configuration.
    Channel { channel: Word },
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ReasonForm {
    /// A step fired: which, after how many beginnings anew, and by which of the person's own rules, all from 0.
    Step { step: u32, pass: u32, rule: u32 },
    /// All steps fired, or nobody could be reached.
    Fallback { times: u32 },
    /// A clock runs out soon.
    Warning(ClockForm),
    /// Something ended or passed that concerns this one.
    Notice(ClockForm),
    /// An earlier ping failed for good, and this is the person's next contact.
    Instead {
        /// The Davy id of that ping.
        ping: Word,
    },
    /// The silence after an answer ends soon.
    Reminder {
        /// The Davy id of the answer, or of the note that made it last longer.
        lease: Word,
    },
    /// The issue was given or offered to this one.
    Given {
        /// The Davy id of the event that did it.
        by: Word,
    },
    /// The owner went off shift, and this one is on call.
    HandOver {
        /// When, RFC 3339.
        ended: Word,
    },
    /// Nobody escalated anything for a while.
    Outage {
        /// Since when, RFC 3339.
        since: Word,
    },
    /// What was answered long ago, or paged for long enough, is told by day.
    Digest,
    /// The customer did not answer what they were asked.
    Lapsed {
        /// When they were asked, RFC 3339.
        asked: Word,
    },
    /// An earlier ping was sent for what was none, as was heard later.
    Retracted {
        /// The Davy id of that ping.
        ping: Word,
    },
}

impl ReasonForm {
    fn reason(&self) -> Result<PingReason, String> {
        Ok(match self {
            Self::Step { step, pass, rule } => PingReason::Step { step: *step, pass: *pass, rule: *rule },
            Self::Fallback { times } => PingReason::Fallback { times: *times },
            Self::Warning(clock) => PingReason::Warning(clock.name()?),
            Self::Notice(clock) => PingReason::Notice(clock.name()?),
            Self::Instead { ping } => PingReason::Instead(uuid(ping, "reason.ping")?),
            Self::Reminder { lease } => PingReason::Reminder(uuid(lease, "reason.lease")?),
            Self::Given { by } => PingReason::Given(uuid(by, "reason.by")?),
            Self::HandOver { ended } => PingReason::HandOver(date(Some(ended), "reason.ended")?),
            Self::Outage { since } => PingReason::Outage(date(Some(since), "reason.since")?),
            Self::Digest => PingReason::Digest,
            Self::Lapsed { asked } => PingReason::Lapsed(date(Some(asked), "reason.asked")?),
            Self::Retracted { ping } => PingReason::Retracted(uuid(ping, "reason.ping")?),
        })
    }
}

impl Data for PingRequested {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let not_before = self.not_before.as_ref().map(|at| date(Some(at), "not_before"));
        Ok(Payload::PingRequested(Box::new(PingTerms {
            id: uuid(&self.ping, "ping")?,
            department: department(&self.department, "department")?,
            cycle: self.cycle,
            to: match self.to.clone() {
                ToForm::Person { person, contact } => {
                    Recipient::Person { person: person.0, contact: contact.0 }
                }
                ToForm::Channel { channel } => Recipient::Channel(channel.0),
            },
            reason: self.reason.reason()?,
            not_before: not_before.transpose()?,
        })))
    }
}

/// A pager claims a ping.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingAttempted {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// How often it is tried with this, from 1.
    pub(crate) attempt: u32,
    /// The name of the pager.
    pub(crate) by: Word,
}

/// The receiver took it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingDelivered {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// By which attempt, from 1.
    pub(crate) attempt: u32,
    /// What the receiver calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<Word>,
}

/// It could not be delivered.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingFailed {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// Which attempt, from 1.
    pub(crate) attempt: u32,
    /// When it may be tried again, RFC 3339; absent: it failed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_at: Option<Word>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<Text>,
}

/// Its contact has got enough for now.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingThrottled {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// Until when it waits, as far as the pager knows, RFC 3339.
    pub(crate) until: Word,
}

/// Somebody answers a ping.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PingAnswered {
    /// Its Davy id.
    pub(crate) ping: Word,
    /// By which way, such as `link`, `ntfy` or `api`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// What they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Text>,
}

impl Data for PingAttempted {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let ping = uuid(&self.ping, "ping")?;
        Ok(Payload::PingAttempted { ping, attempt: self.attempt, by: self.by.0.clone() })
    }
}

impl Data for PingDelivered {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::PingDelivered { ping: uuid(&self.ping, "ping")?, attempt: self.attempt })
    }
}

impl Data for PingFailed {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let retry_at = self.retry_at.as_ref().map(|at| date(Some(at), "retry_at")).transpose()?;
        Ok(Payload::PingFailed { ping: uuid(&self.ping, "ping")?, attempt: self.attempt, retry_at })
    }
}

impl Data for PingThrottled {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let until = date(Some(&self.until), "until")?;
        Ok(Payload::PingThrottled { ping: uuid(&self.ping, "ping")?, until })
    }
}

impl Data for PingAnswered {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::PingAnswered { ping: uuid(&self.ping, "ping")? })
    }
}
