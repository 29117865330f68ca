//! The built-in receiver of pings: what a person's phone or a room's screen would show, as lines of the terminal and as a page.
//!
//! For the demonstration alone: it listens on this machine, keeps the last pings in memory, and believes what it is sent; a
//! receiver elsewhere checks the signature (Standard Webhooks).

mod page;

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

use super::screen::{Screen, clean};

/// Bytes of a message at most.
const MOST_BYTES: usize = 256 * 1024;
/// Messages that are kept.
const KEPT: usize = 100;
/// Connections at once; others wait.
const CONNECTIONS: usize = 32;
/// How long a request's head may take, and the wait after a failure to accept.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message of the pager's, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Received {
    /// RFC 3339.
    at: String,
    to: String,
    subject: String,
    text: String,
    /// How to answer each ping on the command line, and on a page.
    answers: Vec<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    title: String,
    command: String,
    url: String,
}

/// Listens, and serves when told to.
pub(super) struct Receiver {
    listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Receiver {
    pub(super) async fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where a webhook goes, and a browser.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves until it is dropped.
    pub(super) async fn serve(self, screen: &Arc<Screen>) -> Infallible {
        let inbox = Arc::new(Inbox { messages: Mutex::default(), screen: Arc::clone(screen) });
        let mut connections = JoinSet::new();
        loop {
            while connections.len() >= CONNECTIONS {
                connections.join_next().await;
            }
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let inbox = Arc::clone(&inbox);
                    connections.spawn(async move {
                        let serve = service_fn(|request| {
                            let inbox = Arc::clone(&inbox);
                            async move { Ok::<_, Infallible>(inbox.answer(request).await) }
                        });
                        let mut http = http1::Builder::new();
                        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                        // A connection that breaks is the sender's to tell.
                        http.serve_connection(TokioIo::new(stream), serve).await.ok();
                    });
                }
                Err(error) => {
                    screen.warn(&format!("the receiver of pings cannot accept: {error}"));
                    tokio::time::sleep(PATIENCE).await;
                }
            }
            while connections.try_join_next().is_some() {}
        }
    }
}

/// What was received, the newest first.
struct Inbox {
    messages: Mutex<VecDeque<Received>>,
    screen: Arc<Screen>,
}

impl Inbox {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() == Method::POST {
            let status = match Limited::new(request.into_body(), MOST_BYTES).collect().await {
                Ok(body) => self.take(&body.to_bytes()),
                Err(_) => StatusCode::PAYLOAD_TOO_LARGE,
            };
            return plain(status);
        }
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/") => self.page(),
            (&Method::GET | &Method::HEAD, _) => plain(StatusCode::NOT_FOUND),
            _ => plain(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// Keeps a message and shows it.
    fn take(&self, body: &[u8]) -> StatusCode {
        let Some(received) = read(body) else { return StatusCode::BAD_REQUEST };
        for line in shown(&received) {
            self.screen.line(&line);
        }
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push_front(received);
        messages.truncate(KEPT);
        StatusCode::NO_CONTENT
    }

    fn page(&self) -> Response<Full<Bytes>> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let html = page::of(messages.iter());
        let mut response = Response::new(Full::new(Bytes::from(html)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, page::TYPE);
        headers.insert(CONTENT_SECURITY_POLICY, page::POLICY);
        response
    }
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// The pager's JSON; `None` where it is something else.
fn read(body: &[u8]) -> Option<Received> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let data = message.get("data")?;
    let text = |of: &Value, pointer: &str| {
        of.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned).unwrap_or_default()
    };
    let names = [text(data, "/to/name"), text(data, "/to/person"), text(data, "/to/channel")];
    let answers = data.get("pings").and_then(Value::as_array)?.iter().map(|ping| Answer {
        title: text(ping, "/title"),
        command: text(ping, "/answer/command"),
        url: text(ping, "/answer/url"),
    });
    Some(Received {
        at: text(&message, "/timestamp"),
        to: names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "?".to_owned()),
        subject: text(data, "/subject"),
        text: text(data, "/text"),
        answers: answers.collect(),
    })
}

/// On the terminal: who is pinged with what, and how they answer.
fn shown(received: &Received) -> Vec<String> {
    let Received { at: _, to, subject, text: _, answers } = received;
    let line = |text: String| clean(&text).replace('\n', " ");
    let mut lines = vec![line(format!("PING for {to}: {subject}"))];
    let commands = answers.iter().map(|answer| &answer.command).filter(|command| !command.is_empty());
    lines.extend(commands.take(1).map(|command| line(format!("     answer with: {command}"))));
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_pager_sends_is_read() {
        let ping = json!({ "title": "Pump", "answer": { "url": null, "command": "davy pings ack desk:1" } });
        let data = json!({
            "to": { "person": "mia", "contact": "demo", "name": "Mia" },
            "subject": "[severity 2] Pump\u{1b}[31m", "text": "Pump\n", "pings": [ping],
        });
        let body =
            json!({ "type": "davy.ping", "timestamp": "2026-03-02T10:00:00Z", "data": data }).to_string();
        let received = read(body.as_bytes()).unwrap();
        assert_eq!((received.to.as_str(), received.answers.len()), ("Mia", 1));
        let lines = shown(&received);
        assert_eq!(lines[1], "     answer with: davy pings ack desk:1");
        assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
        for other in ["", "{}", "[]", r#"{"data": {"pings": 1}}"#] {
            assert!(read(other.as_bytes()).is_none(), "{other}");
        }
    }
}
