//! Questions to the server over the connection, each answered or failed within a bounded time.
//!
//! Also replaces a client whose task has died: some headers that a publisher can send make async-nats 0.51 panic while it
//! reads them, and a panicked client neither reconnects nor says so.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_nats::{Client, HeaderMap, Message, Request, RequestErrorKind, StatusCode, connection::State};
use bytes::Bytes;
use engine::LogError;
use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::{sync::Mutex, time::timeout};

use crate::{connect::Dialer, event::Events, stream::STREAM_NOT_FOUND};

/// How long an answer may take.
pub(crate) const ANSWER: Duration = Duration::from_secs(5);

const GLANCE: Duration = Duration::from_millis(500);

/// The connection.
#[derive(Debug)]
pub(crate) struct Link {
    client: RwLock<Client>,
    dialer: Dialer,
    reviving: Mutex<()>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It cannot have arrived, may have arrived, or its answer got lost.
    Unreachable(String),
    /// The server said no.
    Refused(Refusal),
}

/// A no of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// JetStream's error code, e.g. 10059; 0 where there is none.
    pub(crate) code: u64,
    /// The server's words.
    pub(crate) text: String,
}

impl Link {
    pub(crate) fn new(client: Client, dialer: Dialer) -> Self {
        Self { client: RwLock::new(client), dialer, reviving: Mutex::new(()) }
    }

    /// The present client; a handle.
    pub(crate) fn client(&self) -> Client {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn events(&self) -> &Events {
        &self.dialer.events
    }

    pub(crate) fn salt(&self) -> u64 {
        self.dialer.salt()
    }

    pub(crate) fn is_connected(&self) -> bool {
        let client = self.client();
        client.connection_state() == State::Connected && !is_dead(&client)
    }

    /// Asks the JetStream API; the answer without an `error` in it.
    pub(crate) async fn ask(&self, what: &str, body: &Value) -> Result<Value, Failure> {
        let body = Bytes::from(body.to_string());
        let answer = self.send(&format!("$JS.API.{what}"), HeaderMap::new(), body).await?;
        accepted(&answer)
    }

    /// Sends a message and waits for its answer.
    pub(crate) async fn send(
        &self,
        subject: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Message, Failure> {
        let client = self.connected()?;
        let forbidden = self.events().forbidden(vec![subject.to_owned()]);
        let request = Request::new().headers(headers).payload(body).timeout(Some(ANSWER));
        let answer = tokio::select! {
            answer = client.send_request(subject.to_owned(), request) => answer,
            text = forbidden => return Err(Failure::Refused(Refusal { code: 0, text })),
        };
        match answer {
            Ok(message) => Ok(message),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => Err(no_responders()),
            Err(error) => {
                self.revive().await;
                Err(request_failure(error.kind(), error.to_string()))
            }
        }
    }

    /// A client that is connected now: what is sent on another one would be stored long after its sender gave up.
    pub(crate) fn connected(&self) -> Result<Client, Failure> {
        let client = self.client();
        match client.connection_state() {
            State::Connected => Ok(client),
            State::Pending | State::Disconnected => {
                Err(Failure::Unreachable("not connected to NATS; nothing was sent".to_owned()))
            }
        }
    }

    /// Waits until there is a connection.
    pub(crate) async fn wait_until_connected(&self) {
        let mut events = self.events().all();
        loop {
            self.revive().await;
            if self.connected().is_ok() {
                return;
            }
            // Events can be dropped; so look now and then.
            timeout(GLANCE, events.changed()).await.ok();
        }
    }

    /// Replaces the client if its task has died.
    pub(crate) async fn revive(&self) {
        let _one_at_a_time = self.reviving.lock().await;
        if !is_dead(&self.client()) {
            return;
        }
        tracing::warn!("the connection to NATS died of something it received; making another");
        self.events().broke();
        match timeout(ANSWER, self.dialer.unconnected()).await {
            Ok(Ok(client)) => *self.client.write().unwrap_or_else(PoisonError::into_inner) = client,
            Ok(Err(error)) => tracing::warn!(%error, "could not make another connection to NATS"),
            Err(_) => tracing::warn!("could not make another connection to NATS in time"),
        }
    }
}

/// Whether the task behind the client has ended: its channel is closed, which a flush notices at once.
fn is_dead(client: &Client) -> bool {
    matches!(client.flush().now_or_never(), Some(Err(_)))
}

/// The JSON of an answer, unless it is an error.
pub(crate) fn accepted(answer: &Message) -> Result<Value, Failure> {
    if answer.status == Some(StatusCode::NO_RESPONDERS) {
        return Err(no_responders());
    }
    let value: Value = serde_json::from_slice(&answer.payload)
        .map_err(|error| Failure::Unreachable(format!("the answer is not JSON: {error}")))?;
    match value.get("error") {
        Some(error) => Err(Failure::Refused(Refusal::read(error))),
        None => Ok(value),
    }
}

fn no_responders() -> Failure {
    Failure::Unreachable(
        "nobody listens there (503): JetStream is off or starting, or the stream is missing".to_owned(),
    )
}

fn request_failure(kind: RequestErrorKind, text: String) -> Failure {
    match kind {
        RequestErrorKind::TimedOut => {
            Failure::Unreachable(format!("no answer within {} s", ANSWER.as_secs()))
        }
        RequestErrorKind::NoResponders => no_responders(),
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            Failure::Refused(Refusal { code: 0, text })
        }
        RequestErrorKind::Other => Failure::Unreachable(text),
    }
}

impl Refusal {
    fn read(error: &Value) -> Self {
        let number = |name: &str| error[name].as_u64().unwrap_or(0);
        let (status, code) = (number("code"), number("err_code"));
        let words = error["description"].as_str().unwrap_or("refused without a reason");
        Self { code, text: format!("{words} (code {status}, error code {code})") }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(text) => f.write_str(text),
            Self::Refused(Refusal { text, .. }) => f.write_str(text),
        }
    }
}

impl From<Failure> for LogError {
    /// For questions, where every failure but one is worth another try.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal { code: STREAM_NOT_FOUND, .. }) => Self::Missing,
            Failure::Refused(_) | Failure::Unreachable(_) => {
                Self::Unreachable { detail: failure.to_string() }
            }
        }
    }
}

/// The link as the parts of this crate share it.
pub(crate) type SharedLink = Arc<Link>;
