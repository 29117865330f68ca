//! Why an event could not be published, and what its sender can do about it.

use std::{error::Error as _, io, path::PathBuf, time::Duration};

use async_nats::jetstream::{self, context, context::PublishErrorKind};

/// What JetStream says when it cannot store for a reason that may pass: no room, no leader, no quorum.
const UNAVAILABLE: usize = 503;

/// An event could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The URL is not one of a NATS server.
    #[error("read the NATS url `{url}`; write it as nats://host:4222")]
    ParseUrl {
        /// Without a password.
        url: String,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// A file with a seed, with credentials or with a certificate cannot be used.
    #[error("read the NATS credentials in {}", path.display())]
    ReadCredentials {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// One of the two does not accept the other's certificate.
    #[error(
        "agree on TLS with NATS at {url}; does the CA file vouch for the server's certificate and its name?"
    )]
    Tls {
        /// Without a password.
        url: String,
        /// What the connection said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// The server does not know us.
    #[error("log in to NATS at {url}; check user, password, nkey or credentials file")]
    LogIn {
        /// Without a password.
        url: String,
        /// What the connection said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// Nothing answered in time.
    #[error("reach NATS at {url} within {} s; is nats-server running there?", waited.as_secs_f32())]
    Reach {
        /// Without a password.
        url: String,
        /// How long was tried.
        waited: Duration,
        /// What the last try said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// The connection is lost, and is being made again.
    #[error("publish: not connected to NATS at the moment; nothing was sent, try again")]
    Disconnected,
    /// The server does not let this user publish there.
    #[error("{user} may not publish to {to}")]
    Forbidden {
        /// Who publishes: `department sales`, or which credentials.
        user: String,
        /// All subjects of the department, `davy.events.billing.>`, or the subject.
        to: String,
        /// The whole subject.
        subject: String,
        /// The server's words.
        detail: String,
    },
    /// The server does not let this user hear acks.
    #[error(
        "publish to {subject}: {user} may not hear whether it is stored; the subjects of acks must begin as the server's \
         configuration says, by default with _INBOX_<department>"
    )]
    Unheard {
        /// Who publishes.
        user: String,
        /// The subject. The event may be stored or not.
        subject: String,
        /// The server's words.
        detail: String,
    },
    /// The subject belongs to no stream.
    #[error(
        "publish to {subject}: no stream takes it; Davy makes its stream when it first starts against this NATS \
         server, and takes davy.events.> and davy.directory.>"
    )]
    NoStream {
        /// The subject.
        subject: String,
    },
    /// No ack came.
    #[error(
        "publish to {subject}: no ack within {} s; it may be stored or not, publishing it again with the same id is safe",
        waited.as_secs_f32()
    )]
    NoAck {
        /// The subject.
        subject: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The stream does not take the event.
    #[error("publish to {subject}: the stream refused it")]
    Refused {
        /// The subject.
        subject: String,
        /// The server's words.
        #[source]
        source: context::PublishError,
    },
    /// The event could not be handed to the connection.
    #[error("send to {subject}")]
    Send {
        /// The subject.
        subject: String,
        /// What the connection said.
        #[source]
        source: context::PublishError,
    },
    /// A body over the limit.
    #[error("publish: the event has {bytes} bytes; at most {most} are taken")]
    TooLarge {
        /// Of the body.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// A header that no message can carry.
    #[error("publish: the header `{name}` has a name or value that cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
}

impl PublishError {
    /// Whether the same event may go through a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Reach { .. } | Self::Disconnected | Self::NoAck { .. } => true,
            // Davy's stream may still be made; it takes nothing else.
            Self::NoStream { subject } => {
                subject.starts_with(wire::EVENTS_PREFIX) || subject.starts_with(wire::DIRECTORY_PREFIX)
            }
            Self::ParseUrl { .. }
            | Self::ReadCredentials { .. }
            | Self::Tls { .. }
            | Self::LogIn { .. }
            | Self::Forbidden { .. }
            | Self::Unheard { .. }
            | Self::Refused { .. }
            | Self::Send { .. }
            | Self::TooLarge { .. }
            | Self::Header { .. } => false,
        }
    }

    /// Whether the event should be kept and sent again later: nobody refused it, or only for a reason that may pass.
    pub fn is_unconfirmed(&self) -> bool {
        match self {
            Self::Send { source, .. } => match source.kind() {
                PublishErrorKind::TimedOut
                | PublishErrorKind::BrokenPipe
                | PublishErrorKind::MaxAckPending => true,
                PublishErrorKind::StreamNotFound
                | PublishErrorKind::WrongLastMessageId
                | PublishErrorKind::WrongLastSequence
                | PublishErrorKind::MaxPayloadExceeded
                | PublishErrorKind::Other => false,
            },
            Self::Refused { source, .. } => {
                source.kind() == PublishErrorKind::BrokenPipe || is_unavailable(source)
            }
            Self::Reach { .. } | Self::Disconnected | Self::NoAck { .. } | Self::NoStream { .. } => {
                self.is_transient()
            }
            Self::ParseUrl { .. }
            | Self::ReadCredentials { .. }
            | Self::Tls { .. }
            | Self::LogIn { .. }
            | Self::Forbidden { .. }
            | Self::Unheard { .. }
            | Self::TooLarge { .. }
            | Self::Header { .. } => false,
        }
    }

    /// The error and its sources on one line.
    pub(crate) fn chain(&self) -> String {
        match self.source() {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }

    pub(super) fn forbidden(subject: &str, user: String, detail: String) -> Self {
        let department = subject.strip_prefix(wire::EVENTS_PREFIX).and_then(|rest| rest.split('.').next());
        let to = match department {
            Some(department) => format!("{}{department}.>", wire::EVENTS_PREFIX),
            None => subject.to_owned(),
        };
        Self::Forbidden { user, to, subject: subject.to_owned(), detail }
    }
}

fn is_unavailable(error: &context::PublishError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<jetstream::Error>());
    cause.is_some_and(|cause| cause.code() == UNAVAILABLE)
}
