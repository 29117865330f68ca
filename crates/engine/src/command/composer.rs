//! The port to the form of messages: what was decided, as the log stores it.

use domain::{AsReported, Department, Digest, Draft, Identity, IssueName, Principal};
use jiff::Timestamp;

use crate::NewMessage;

/// What Davy's own events say they come from.
pub const SOURCE: &str = "/davy";

/// What stands around a draft.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// Where it goes: the home of the issue, or the customer's token.
    pub home: &'a str,
    /// The id of the event; its source is [`SOURCE`].
    pub id: &'a str,
    /// When it happens.
    pub time: Timestamp,
    /// The issue that it is about.
    pub issue: Option<&'a IssueName>,
    /// Whose it is, as far as that is known.
    pub customer: Option<&'a AsReported>,
    /// Who says it.
    pub speaker: Speaker<'a>,
}

/// Which of Davy's own origins an event is of, and in whose name it speaks.
#[derive(Clone, Copy, Debug)]
pub enum Speaker<'a> {
    /// `command`: somebody gave it.
    Command(&'a Principal),
    /// `escalator`, on behalf of the department that owes the act.
    Escalator(&'a Department),
    /// `pager`, on behalf of the department whose ping it is.
    Pager(&'a Department),
}

/// Puts messages together. What the pipeline's codec reads in one is what the draft says.
pub trait Composer: Send + Sync + 'static {
    /// The message of a draft.
    fn compose(&self, draft: &Draft, envelope: &Envelope<'_>) -> NewMessage;

    /// Of an identity, as the codec gives it to events.
    fn digest(&self, identity: &Identity) -> Digest;
}
