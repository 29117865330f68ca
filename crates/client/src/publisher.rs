//! Publishing over NATS JetStream, as a department's tool does: awaited acks, a bounded number on their way, and a
//! refusal that says who may not do what.
//!
//! Deliberately absent: provisioning the stream, which is the aggregator's, and keeping what is not confirmed, which
//! is the spool's.

use std::{collections::HashMap, time::Duration};

use async_nats::{
    HeaderMap, HeaderName, HeaderValue,
    connection::State,
    jetstream::{
        self,
        context::{ContextBuilder, PublishAckFuture, PublishErrorKind},
    },
};
use proto::v1::EventMessage;

mod connect;
mod error;
mod violation;

pub use connect::{Credentials, PublisherOptions, Tls};
pub use error::PublishError;
use violation::{Violations, Watch};

/// The largest body that Davy's stream takes.
const BODY_BYTES: usize = 256 * 1024;

/// An event that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Where it stands, such as `0-18446`; pass it as `min_position` to read your write.
    pub position: String,
    /// Whether the server knew its `Nats-Msg-Id`, which [`Event`](crate::Event) sends none of, and stored nothing.
    pub duplicate: bool,
}

/// Sends events to Davy's log.
#[derive(Debug)]
pub struct Publisher {
    context: jetstream::Context,
    violations: Violations,
    /// Whom the server knows us as, as far as we know.
    user: String,
    ack_timeout: Duration,
    max_in_flight: usize,
}

/// An event on its way: sent, but not known to be in the log. Dropping it does not take it back.
#[derive(Debug)]
pub struct Pending {
    subject: String,
    ack: PublishAckFuture,
    watch: Watch,
    violations: Violations,
    user: String,
    ack_timeout: Duration,
}

impl Publisher {
    /// Connects to NATS, within the time that the options give.
    ///
    /// # Errors
    /// If the options are wrong, nobody answers, or the server does not know us.
    pub async fn connect(options: PublisherOptions) -> Result<Self, PublishError> {
        let violations = Violations::new(&options.inbox_prefix);
        let client = connect::connect(&options, &violations).await?;
        let context = ContextBuilder::new()
            .timeout(options.ack_timeout)
            .ack_timeout(options.ack_timeout)
            .max_ack_inflight(options.max_in_flight.max(1))
            .backpressure_on_inflight(true)
            .build(client);
        let user = options.user();
        let PublisherOptions { ack_timeout, max_in_flight, .. } = options;
        Ok(Self { context, violations, user, ack_timeout, max_in_flight: max_in_flight.max(1) })
    }

    /// Publishes an event and waits for its ack.
    ///
    /// # Errors
    /// As [`Publisher::send`] and [`Pending::ack`].
    pub async fn publish(&self, event: EventMessage) -> Result<Published, PublishError> {
        self.send(event).await?.ack().await
    }

    /// Sends an event; its ack is awaited later. Waits while too many are on their way. Events that one task sends are
    /// stored in the order in which it sent them. At most [`PublisherOptions::max_in_flight`] are on the way; another one
    /// waits until an ack is awaited, so a caller that sends many awaits the oldest in between.
    ///
    /// # Errors
    /// If the event cannot be sent as it is, or there is no connection.
    pub async fn send(&self, event: EventMessage) -> Result<Pending, PublishError> {
        let headers = check(&event)?;
        let EventMessage { subject, body, headers: _ } = event;
        // The client would send it whenever there is a connection again, long after the caller gave up.
        if !self.is_connected() {
            return Err(PublishError::Disconnected);
        }
        let watch = self.violations.watch();
        let sent = self.context.publish_with_headers(subject.clone(), headers, body).await;
        let ack = sent.map_err(|source| PublishError::Send { subject: subject.clone(), source })?;
        let (violations, user) = (self.violations.clone(), self.user.clone());
        Ok(Pending { subject, ack, watch, violations, user, ack_timeout: self.ack_timeout })
    }

    /// Whether there is a connection at the moment; one that is lost is made again by itself.
    pub fn is_connected(&self) -> bool {
        self.context.client().connection_state() == State::Connected
    }

    pub(crate) const fn max_in_flight(&self) -> usize {
        self.max_in_flight
    }
}

/// What can be known of a message before it is sent; its headers as they are sent.
pub(crate) fn check(event: &EventMessage) -> Result<HeaderMap, PublishError> {
    if event.body.len() > BODY_BYTES {
        return Err(PublishError::TooLarge { bytes: event.body.len(), most: BODY_BYTES });
    }
    header_map(&event.headers)
}

impl Pending {
    /// Waits until the event is in the log.
    ///
    /// # Errors
    /// If the server does not let us, no stream takes the subject, or no ack comes in time. In that last case the event may
    /// be stored or not; published again with the same id it counts once.
    pub async fn ack(self) -> Result<Published, PublishError> {
        let Self { subject, ack, mut watch, violations, user, ack_timeout } = self;
        // The server sends no answer to what it forbids; it only says so on the connection.
        // The ack is polled first in any case: the client keeps the place of one that was never polled for long.
        let answer = tokio::select! {
            biased;
            answer = ack.into_future() => answer,
            detail = watch.forbidden(&subject) => return Err(PublishError::forbidden(&subject, user, detail)),
            detail = violations.unheard() => return Err(PublishError::Unheard { user, subject, detail }),
        };
        match answer {
            Ok(ack) => Ok(Published { position: format!("0-{}", ack.sequence), duplicate: ack.duplicate }),
            Err(source) => Err(match source.kind() {
                PublishErrorKind::StreamNotFound => PublishError::NoStream { subject },
                PublishErrorKind::TimedOut => PublishError::NoAck { subject, waited: ack_timeout },
                PublishErrorKind::WrongLastMessageId
                | PublishErrorKind::WrongLastSequence
                | PublishErrorKind::BrokenPipe
                | PublishErrorKind::MaxAckPending
                | PublishErrorKind::MaxPayloadExceeded
                | PublishErrorKind::Other => PublishError::Refused { subject, source },
            }),
        }
    }
}

fn header_map(headers: &HashMap<String, String>) -> Result<HeaderMap, PublishError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || PublishError::Header { name: name.clone() };
        let parsed: (HeaderName, HeaderValue) =
            (name.parse().map_err(|_| bad())?, value.parse().map_err(|_| bad())?);
        map.append(parsed.0, parsed.1);
    }
    Ok(map)
}
