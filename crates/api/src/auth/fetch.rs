//! A GET of a small document over http or https: what a set of keys takes.
//!
//! Deliberately absent: redirects, which a set of keys has no need of, and proxies.

use std::{error::Error, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::jwk::Keys;
use crate::tls;

/// Bytes of a document at most.
const BYTES: usize = 256 * 1024;
/// How long all of it may take.
const TIME: Duration = Duration::from_secs(5);

type Fault = Box<dyn Error + Send + Sync>;

/// Where the keys of an identity provider are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In a file.
    File(PathBuf),
    /// At an address, http or https.
    Url {
        /// The address.
        url: String,
        /// Certificates, as PEM, of those that are trusted to name its server, instead of the system's.
        ca: Option<PathBuf>,
    },
}

impl KeySource {
    /// A file, or an address. Plain http is for this machine alone, or where the network `is_trusted`: whoever stands
    /// between could say which keys count.
    ///
    /// # Errors
    /// If it is of no use.
    pub fn parse(text: &str, is_trusted: bool) -> Result<Self, String> {
        if !["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Self::file(PathBuf::from(text));
        }
        let uri: Uri = text.parse().map_err(|error| format!("read the address: {error}"))?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("the address has no host")?;
        let is_secure = uri.scheme_str() == Some("https");
        if is_secure || is_trusted || is_loopback(host) {
            Ok(Self::Url { url: text.to_owned(), ca: None })
        } else {
            Err("anybody on the way could change keys that come over http; use https, or a server on this machine"
                .to_owned())
        }
    }

    fn file(path: PathBuf) -> Result<Self, String> {
        let text = std::fs::read(&path).map_err(|error| format!("read the file: {error}"))?;
        Keys::read(&text).map(|_| Self::File(path))
    }

    /// What is there now.
    pub(super) async fn read(&self) -> Result<Vec<u8>, Fault> {
        match self {
            Self::File(path) => {
                let read = tokio::fs::read(path)
                    .await
                    .map_err(|error| format!("read {}: {error}", path.display()))?;
                if read.len() > BYTES { Err("the file is too long".into()) } else { Ok(read) }
            }
            Self::Url { url, ca } => {
                timeout(TIME, get(url, ca.as_ref())).await.map_err(|_| "it took too long")?
            }
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

async fn get(url: &str, ca: Option<&PathBuf>) -> Result<Vec<u8>, Fault> {
    let uri: Uri = url.parse()?;
    let host = uri.host().ok_or("the address has no host")?.to_owned();
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let is_secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = TcpStream::connect((bare.as_str(), port)).await?;
    if is_secure {
        let roots = roots(ca.cloned()).await?;
        let config = tls::client_config(roots)?;
        let name = ServerName::try_from(bare)?;
        ask(TlsConnector::from(Arc::new(config)).connect(name, stream).await?, &uri).await
    } else {
        ask(stream, &uri).await
    }
}

async fn roots(ca: Option<PathBuf>) -> Result<RootCertStore, Fault> {
    Ok(tokio::task::spawn_blocking(move || match ca {
        Some(path) => tls::roots(&path),
        None => Ok(tls::system_roots()),
    })
    .await??)
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    uri: &Uri,
) -> Result<Vec<u8>, Fault> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends with the sender.
    let carrying = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(header::HOST, uri.authority().ok_or("the address has no host")?.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("davy/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    if !answer.status().is_success() {
        return Err(format!("the server answered {}", answer.status()).into());
    }
    let body = Limited::new(answer.into_body(), BYTES).collect().await?.to_bytes();
    carrying.abort();
    Ok(body.to_vec())
}

/// Not the source's own text where it is an address: what stands in a query may be a secret.
impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url { url, ca: _ } => f.write_str(url.split(['?', '#']).next().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::CertifiedKey;
    use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Answers whoever takes its certificate.
    async fn provider(own: &CertifiedKey<rcgen::KeyPair>) -> String {
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        let (listener, acceptor) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TlsAcceptor::from(Arc::new(config)));
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut sent = [0; 4_096];
                let read = stream.read(&mut sent).await.unwrap();
                assert!(sent[..read].starts_with(b"GET /keys?a=1 HTTP/1.1\r\n"));
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}")
                    .await
                    .unwrap();
            }
        });
        format!("https://{address}/keys?a=1")
    }

    #[tokio::test]
    async fn keys_come_over_https_from_a_server_that_is_vouched_for_alone() {
        let signed = || rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (own, other) = (signed(), signed());
        let url = provider(&own).await;
        let dir = tempfile::tempdir().unwrap();
        let read = async |trusted: &CertifiedKey<rcgen::KeyPair>| {
            let ca = dir.path().join("ca.pem");
            std::fs::write(&ca, trusted.cert.pem()).unwrap();
            KeySource::Url { url: url.clone(), ca: Some(ca) }.read().await
        };
        assert_eq!(read(&own).await.unwrap(), b"{\"keys\":[]}");
        assert!(read(&other).await.is_err());
    }
}
