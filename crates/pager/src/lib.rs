//! The pager: asks which pings are owed, claims each just before it sends it, sends it through a channel, and records what
//! came of it. Start, crash and retry are one code path, because nothing is remembered but in the log behind the API.
//!
//! - [`Pager`] is the reconciler. It runs over [`Owed`], the port to the API; [`GrpcOwed`] is the port over gRPC.
//! - [`Channel`] is a way to reach somebody: webhook, Slack, e-mail, ntfy, PagerDuty, NATS, or the log.
//! - [`Config`] says how many, how fast and through which channels.
//!
//! Deliberately absent: who is pinged, when, and why. That is decided by the escalator and stands in the log.

mod attempt;
mod board;
mod channel;
mod config;
mod figures;
mod gate;
mod incidents;
mod lane;
mod message;
mod net;
mod owed;
mod pager;
mod ping;
mod retry;
mod secret;
mod text;
mod throttle;
mod trial;

pub use channel::{Channel, News, Receipt, SendError, Sending};
pub use config::{
    ChannelConfig, ChannelKind, Config, Email, EmailTls, Http, Nats, NatsLogin, Ntfy, PagerDuty, Slack,
    Webhook,
};
pub use figures::Figures;
pub use message::{Destination, Item, Message};
pub use owed::{
    ApiConnection, ApiFault, ApiOptions, Bearer, Claim, Claimed, ConnectError, Frame, GrpcOwed, Outcome,
    Owed, Record, Row, Standing, Watch,
};
pub use pager::{Clock, Pager, PagerError};
pub use ping::{Content, OwedPing, PingId, Recipient, Severity};
pub use secret::Secret;
pub use throttle::Throttle;
pub use trial::{Trial, TrialError, send_trial};

#[cfg(test)]
mod tests;
