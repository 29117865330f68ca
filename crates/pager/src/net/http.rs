//! A POST over a connection of its own. Pings are rare: what a pool would save is not worth what it would keep open.
//!
//! Deliberately absent: redirects, which could lead where the guard does not look, and proxies.

use std::{io, path::Path, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use jiff::{Timestamp, fmt::rfc2822};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;

use super::{guard::Guard, tls, url::Url};
use crate::channel::SendError;

/// Bytes of an answer that are read; the rest says nothing that we need.
const ANSWER: usize = 16 * 1024;
/// How long that may take: once the status is there the receiver has answered.
const REST: Duration = Duration::from_millis(500);

/// How receivers are called.
#[derive(Clone)]
pub(crate) struct HttpClient {
    guard: Guard,
    tls: Arc<ClientConfig>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").field("guard", &self.guard).finish_non_exhaustive()
    }
}

/// A request.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a Url,
    /// Beside those that every request has.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
}

impl HttpClient {
    /// Reads the certificates.
    pub(crate) fn new(allow_private: bool, ca: Option<&Path>) -> io::Result<Self> {
        let guard = if allow_private { Guard::Any } else { Guard::Public };
        Ok(Self { guard, tls: tls::client_config(ca)? })
    }

    /// Posts, and reads what is answered. The caller limits how long it may take.
    pub(crate) async fn post(&self, post: Post<'_>, now: Timestamp) -> Result<Answer, SendError> {
        let stream = self.connect(post.url).await?;
        if !post.url.is_secure() {
            return ask(stream, post, now).await;
        }
        let name = ServerName::try_from(post.url.host().to_owned())
            .map_err(|_| SendError::permanent("its address has a host that no certificate can name"))?;
        let connecting = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream);
        let sealed =
            connecting.await.map_err(|_| SendError::temporary("no TLS could be agreed on with it"))?;
        ask(sealed, post, now).await
    }

    /// Connects to an address that the guard has passed, and to no other.
    async fn connect(&self, url: &Url) -> Result<TcpStream, SendError> {
        let resolved = lookup_host((url.host(), url.port()))
            .await
            .map_err(|_| SendError::temporary("its host's name could not be resolved"))?;
        let passed = self.guard.pass(resolved);
        if passed.is_empty() {
            return Err(SendError::permanent(
                "its address is a private one, which this channel does not allow (allow_private)",
            ));
        }
        let mut last = None;
        for address in passed {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error.kind()),
            }
        }
        Err(SendError::temporary(match last {
            Some(io::ErrorKind::ConnectionRefused) => "it refused the connection",
            _ => "it could not be connected to",
        }))
    }
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    post: Post<'_>,
    now: Timestamp,
) -> Result<Answer, SendError> {
    let lost = |_| SendError::temporary("the connection was lost before it answered");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    // Ended with this function, so that a receiver that keeps its connection open keeps nothing of ours.
    let _carrying = AbortOnDropHandle::new(tokio::spawn(connection));
    let mut request = Request::post(post.url.path())
        .header(header::HOST, post.url.authority())
        .header(header::CONTENT_TYPE, post.content_type)
        .header(header::USER_AGENT, concat!("davy-pager/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(post.body)))
        .map_err(|_| SendError::permanent("its address cannot be asked for"))?;
    request.headers_mut().extend(post.headers);
    let answer = sender.send_request(request).await.map_err(lost)?;
    let (status, retry_after) = (answer.status(), retry_after(answer.headers(), now));
    // Read to the end where that is near, so that the receiver is not cut off; what it says is not needed.
    let rest = Limited::new(answer.into_body(), ANSWER).collect();
    timeout(REST, rest).await.ok();
    Ok(Answer { status, retry_after })
}

/// Seconds, or an HTTP date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

/// What an answer means: 2xx took it; 408, 425, 429 and 5xx may take it later; everything else never will, and a redirect
/// is not followed.
pub(crate) fn judge(answer: &Answer) -> Result<(), SendError> {
    let Answer { status, retry_after } = answer;
    let told = format!("it answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        408 | 425 | 429 | 500..=599 => {
            Err(SendError::Temporary { why: told.into(), retry_after: *retry_after })
        }
        300..=399 => {
            Err(SendError::Permanent { why: format!("{told}, and redirects are not followed").into() })
        }
        410 => Err(SendError::Permanent { why: format!("{told}: it is gone for good").into() }),
        _ => Err(SendError::Permanent { why: told.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_retrying() {
        let judged =
            |status| judge(&Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None });
        for taken in [200, 202, 204] {
            assert_eq!(judged(taken), Ok(()));
        }
        for later in [408, 425, 429, 500, 503] {
            assert!(matches!(judged(later), Err(SendError::Temporary { .. })), "{later}");
        }
        for never in [301, 307, 400, 401, 404, 410, 413] {
            assert!(matches!(judged(never), Err(SendError::Permanent { .. })), "{never}");
        }
    }

    #[test]
    fn a_wish_is_seconds_or_a_date() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let wish = |text: &'static str| {
            retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(text))]), now)
        };
        assert_eq!(wish("120"), Some(Duration::from_secs(120)));
        assert_eq!(wish("Mon, 02 Mar 2026 10:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wish("Mon, 02 Mar 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wish("soon"), None);
    }
}
