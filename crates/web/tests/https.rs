//! The listener over TLS: with the certificate of its files, for whoever trusts it, and with client certificates where it
//! asks for them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

use std::{fs, io, net::SocketAddr, sync::Arc};

use api::{PeerCertificate, Protocol, Tls, TlsFiles};
use axum::{Router, extract::Request, response::Response};
use davy_web::{Hosts, Probe, Snapshot};
use rcgen::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::PrivateKeyDer};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsConnector;
use tokio_util::sync::{CancellationToken, DropGuard};

type Key = CertifiedKey<rcgen::KeyPair>;

const WHO_OWNS: &str = "/davy.v1.IssueService/WhoOwns";

fn signed_by_itself() -> Key {
    rcgen::generate_simple_self_signed(["davy.example".to_owned()]).unwrap()
}

/// A listener with a certificate of its own, which takes those that `client` vouches for.
struct Server {
    address: SocketAddr,
    own: Key,
    _files: TempDir,
    _stopping: DropGuard,
}

impl Server {
    async fn start(client: Option<&Key>) -> Self {
        let (own, dir) = (signed_by_itself(), tempfile::tempdir().unwrap());
        let path = |name: &str| dir.path().join(name);
        fs::write(path("own.pem"), own.cert.pem()).unwrap();
        fs::write(path("own.key"), own.signing_key.serialize_pem()).unwrap();
        let client_ca = client.map(|client| {
            fs::write(path("clients.pem"), client.cert.pem()).unwrap();
            path("clients.pem")
        });
        let files = TlsFiles { certificate: path("own.pem"), key: path("own.key"), client_ca };
        let tls = Arc::new(Tls::open(files, Protocol::Http1).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let probe = Probe::new(Snapshot::default);
        // Whoever has a certificate is told that there is nothing; others, that they are nobody.
        let rpcs = Router::new().fallback(async |request: Request| {
            let is_known = request.extensions().get::<PeerCertificate>().is_some();
            let status = if is_known { "5" } else { "16" };
            Response::builder().header("grpc-status", status).body(axum::body::Body::empty()).unwrap()
        });
        let serving = davy_web::serve(listener, Some(tls), probe, rpcs, Hosts::Any, shutdown.clone());
        tokio::spawn(serving);
        Self { address, own, _files: dir, _stopping: shutdown.drop_guard() }
    }

    /// The status line of what an RPC is answered with, to a client that trusts `trusted`.
    async fn asked(&self, trusted: &Key, presented: Option<&Key>) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.cert.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match presented {
            None => builder.with_no_client_auth(),
            Some(Key { cert, signing_key }) => {
                let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![cert.der().clone()], key).unwrap()
            }
        };
        let connector = TlsConnector::from(Arc::new(config));
        let stream = TcpStream::connect(self.address).await?;
        let mut stream = connector.connect("davy.example".try_into().unwrap(), stream).await?;
        let request = format!(
            "POST {WHO_OWNS} HTTP/1.1\r\nhost: davy.example\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer.lines().next().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn whoever_trusts_its_certificate_is_answered() {
    let server = Server::start(None).await;
    assert_eq!(server.asked(&server.own, None).await.unwrap(), "HTTP/1.1 401 Unauthorized");
    assert!(server.asked(&signed_by_itself(), None).await.is_err(), "another server's certificate");
    // Nobody is answered in the clear.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: davy.example\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
}

#[tokio::test]
async fn a_client_certificate_goes_with_the_call_and_a_foreign_one_ends_the_connection() {
    let client = signed_by_itself();
    let server = Server::start(Some(&client)).await;
    assert_eq!(server.asked(&server.own, Some(&client)).await.unwrap(), "HTTP/1.1 404 Not Found");
    assert_eq!(server.asked(&server.own, None).await.unwrap(), "HTTP/1.1 401 Unauthorized");
    assert!(server.asked(&server.own, Some(&signed_by_itself())).await.is_err());
}
