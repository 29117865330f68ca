//! TLS to a receiver.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::world::{clock, ping};
use crate::{ChannelConfig, ChannelKind, Http, Item, Message, SendError, Slack, channel::Channels};

/// A receiver with a certificate for `localhost`, and that certificate.
async fn receiver() -> (u16, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 8192];
            assert!(stream.read(&mut request).await.is_ok());
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.ok();
            stream.shutdown().await.ok();
        }
    });
    (port, cert.pem())
}

#[tokio::test]
async fn a_receiver_is_who_its_certificate_says() {
    let (port, pem) = receiver().await;
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, pem).unwrap();
    let send = async |host: &str, ca| {
        let slack = Slack { url: None, http: Http { allow_private: true, ca } };
        let config = ChannelConfig { name: "slack".to_owned(), kind: ChannelKind::Slack(slack) };
        let content = ping("p1", "ana", ("slack", &format!("https://{host}:{port}/x"))).content;
        let message = Message::new(vec![Item { attempt: 1, content }], false, clock()()).unwrap();
        let channels = Channels::open(&[config], &clock()).unwrap();
        channels.for_destination(&message.to).unwrap().send(&message).await.map(|_| ())
    };
    assert_eq!(send("localhost", Some(ca.clone())).await, Ok(()));
    let unknown = SendError::temporary("no TLS could be agreed on with it");
    assert_eq!(send("localhost", None).await, Err(unknown.clone()), "nobody vouches for it");
    assert_eq!(send("127.0.0.1", Some(ca)).await, Err(unknown), "it is another's");
}
