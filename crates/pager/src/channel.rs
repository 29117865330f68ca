//! Ways to reach somebody. A channel sends one message once; what is worth retrying, and when, is decided outside.

mod channels;
mod email;
mod json;
mod log;
mod nats;
mod ntfy;
mod pagerduty;
mod slack;
mod webhook;

use std::{borrow::Cow, fmt, pin::Pin, time::Duration};

use crate::Message;

pub(crate) use channels::{Channels, OpenChannelError};

/// How long most receivers may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A way to reach somebody.
pub trait Channel: Send + Sync + fmt::Debug {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// Which server it would ask, as `host:port`; `None`: none that could keep others waiting.
    fn server(&self, message: &Message) -> Option<String>;

    /// Sends once. The caller limits how long it may take, and drops the future then.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;

    /// How long one [`send`](Self::send) may take: at most 30 s, or a claim would run out meanwhile.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Whether its receiver is asked once for each issue: then each ping is a message of its own, so that what was sent is
    /// settled whatever becomes of the rest.
    fn tells_one_by_one(&self) -> bool {
        false
    }

    /// Whether it can tell its receiver that an issue was answered, or is over.
    fn follows_up(&self) -> bool {
        false
    }

    /// Tells so. Only where [`follows_up`](Self::follows_up).
    fn follow_up<'a>(&'a self, _issue: &'a str, _news: News) -> Sending<'a> {
        Box::pin(async { Ok(Receipt::default()) })
    }
}

/// What became of an issue that a channel's receiver was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody answered.
    Answered,
    /// Nothing is overdue any more.
    Over,
}

/// A message on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Receipt, SendError>> + Send + 'a>>;

/// The receiver took it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What it said, without addresses and secrets.
    pub detail: Cow<'static, str>,
}

impl Receipt {
    pub(crate) fn new(detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into() }
    }
}

/// Why a receiver did not take it. Without addresses and secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may later.
    #[error("send for now: {why}")]
    Temporary {
        /// Why.
        why: Cow<'static, str>,
        /// What it asked for.
        retry_after: Option<Duration>,
    },
    /// It never will.
    #[error("send at all: {why}")]
    Permanent {
        /// Why.
        why: Cow<'static, str>,
    },
}

impl SendError {
    pub(crate) const fn temporary(why: &'static str) -> Self {
        Self::Temporary { why: Cow::Borrowed(why), retry_after: None }
    }

    pub(crate) const fn permanent(why: &'static str) -> Self {
        Self::Permanent { why: Cow::Borrowed(why) }
    }

    /// It did not answer in time.
    pub(crate) fn too_slow(patience: Duration) -> Self {
        let why = format!("it took longer than {} s", patience.as_secs());
        Self::Temporary { why: why.into(), retry_after: None }
    }

    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Temporary { why, retry_after: _ } | Self::Permanent { why } => why,
        }
    }
}
