//! What happens to the connection, in our words, and who is told.

use std::{fmt, sync::Arc};

use async_nats::{ClientError, Event, ServerError};
use tokio::sync::watch;

/// Something that happened to the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// Connected, or connected again.
    Connected,
    /// The connection broke; it is being made again.
    Disconnected,
    /// The server is about to stop; the connection moves to another one if there is one.
    LameDuck,
    /// The connection is closed for good.
    Closed,
    /// Messages came faster than they were taken and some were dropped; readers notice and read them again.
    SlowConsumer,
    /// The server does not let this user publish or subscribe there. A mistake in the server's configuration.
    PermissionViolation {
        /// The server's words, with the subject.
        detail: String,
    },
    /// Another error the server told.
    ServerError {
        /// The server's words.
        detail: String,
    },
    /// A try to connect failed; there will be another.
    ConnectFailed {
        /// What went wrong.
        detail: String,
    },
}

/// Who is told of [`ConnectionEvent`]s. Must not block.
#[derive(Clone)]
pub struct OnEvent(Arc<dyn Fn(ConnectionEvent) + Send + Sync>);

impl OnEvent {
    /// Calls `tell` for every event.
    pub fn new(tell: impl Fn(ConnectionEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }
}

impl fmt::Debug for OnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnEvent")
    }
}

/// Passes events on, and remembers what the rest of this crate waits for.
#[derive(Debug)]
pub(crate) struct Events {
    tell: OnEvent,
    all: watch::Sender<()>,
    breaks: watch::Sender<u64>,
    violation: watch::Sender<String>,
    /// What the server said when it forbade the subjects of answers: on this connection none will ever come.
    unheard: watch::Sender<Option<String>>,
    inbox: String,
}

impl Events {
    pub(crate) fn new(tell: OnEvent, inbox_prefix: &str) -> Self {
        Self {
            tell,
            all: watch::Sender::default(),
            breaks: watch::Sender::new(0),
            violation: watch::Sender::default(),
            unheard: watch::Sender::default(),
            inbox: inbox_prefix.to_owned(),
        }
    }

    pub(crate) fn told(&self, event: Event) {
        let event = translated(event);
        match &event {
            ConnectionEvent::Disconnected => self.broke(),
            ConnectionEvent::PermissionViolation { detail } => {
                self.violation.send_replace(detail.clone());
                if is_of_inbox(detail, &self.inbox) {
                    self.unheard.send_replace(Some(detail.clone()));
                }
            }
            // Permissions may have been changed since.
            ConnectionEvent::Connected => {
                self.unheard.send_replace(None);
            }
            ConnectionEvent::LameDuck
            | ConnectionEvent::Closed
            | ConnectionEvent::SlowConsumer
            | ConnectionEvent::ServerError { .. }
            | ConnectionEvent::ConnectFailed { .. } => {}
        }
        self.all.send_replace(());
        (self.tell.0)(event);
    }

    /// Notes that whatever was under way on the connection may be lost.
    pub(crate) fn broke(&self) {
        self.breaks.send_modify(|count| *count += 1);
    }

    /// Changes with every event.
    pub(crate) fn all(&self) -> watch::Receiver<()> {
        self.all.subscribe()
    }

    /// Changes whenever the connection breaks.
    pub(crate) fn breaks(&self) -> watch::Receiver<u64> {
        self.breaks.subscribe()
    }

    /// Waits until the server forbids publishing to one of `subjects`, or answers to them; what it said. It sends no other
    /// answer in that case.
    pub(crate) fn forbidden(&self, subjects: Vec<String>) -> impl Future<Output = String> + Send + use<> {
        let unheard = self.unheard();
        let published = self.unpublished(subjects);
        async move {
            tokio::select! {
                text = unheard => text,
                text = published => text,
            }
        }
    }

    fn unheard(&self) -> impl Future<Output = String> + Send + use<> {
        let mut unheard = self.unheard.subscribe();
        let inbox = self.inbox.clone();
        async move {
            match unheard.wait_for(Option::is_some).await.map(|detail| detail.clone()) {
                Ok(Some(detail)) => {
                    format!("answers to `{inbox}` are not let through, set nats.inbox_prefix: {detail}")
                }
                Ok(None) | Err(_) => std::future::pending().await,
            }
        }
    }

    fn unpublished(&self, subjects: Vec<String>) -> impl Future<Output = String> + Send + use<> {
        let mut violation = self.violation.subscribe();
        async move {
            // Only what is said from now on: permissions may have been changed since.
            while violation.changed().await.is_ok() {
                let text = violation.borrow_and_update().clone();
                if subjects.iter().any(|subject| text.contains(&format!("\"{subject}\""))) {
                    return text;
                }
            }
            std::future::pending().await
        }
    }
}

/// Whether the server said that it forbids a subscription below the prefix of inboxes.
fn is_of_inbox(detail: &str, inbox: &str) -> bool {
    detail.to_lowercase().contains("for subscription to") && detail.contains(&format!("\"{inbox}."))
}

fn translated(event: Event) -> ConnectionEvent {
    match event {
        Event::Connected => ConnectionEvent::Connected,
        Event::Disconnected => ConnectionEvent::Disconnected,
        Event::LameDuckMode => ConnectionEvent::LameDuck,
        Event::Draining | Event::Closed => ConnectionEvent::Closed,
        Event::SlowConsumer(_) => ConnectionEvent::SlowConsumer,
        Event::ServerError(error) => server_error(error),
        Event::ClientError(error) => client_error(&error),
    }
}

fn server_error(error: ServerError) -> ConnectionEvent {
    match error {
        ServerError::SlowConsumer(_) => ConnectionEvent::SlowConsumer,
        ServerError::Other(detail) if detail.to_lowercase().starts_with("permissions violation") => {
            ConnectionEvent::PermissionViolation { detail }
        }
        ServerError::Other(detail) => ConnectionEvent::ServerError { detail },
        ServerError::AuthorizationViolation => {
            ConnectionEvent::ServerError { detail: "authorization violation".to_owned() }
        }
    }
}

fn client_error(error: &ClientError) -> ConnectionEvent {
    ConnectionEvent::ConnectFailed { detail: error.to_string() }
}
