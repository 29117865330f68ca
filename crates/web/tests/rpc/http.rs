//! A server over a stub, and a client that shows every byte.

use std::time::Duration;

use axum::Router;
use davy_web::{Hosts, Probe, Snapshot};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// What takes longer does not end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// 2026-03-02 10:00 UTC.
pub(crate) const NOW: i64 = 1_772_445_600;

pub(crate) struct Server {
    address: std::net::SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(rpcs: Router) -> Self {
        Self::start_for(rpcs, Hosts::Any).await
    }

    pub(crate) async fn start_for(rpcs: Router, hosts: Hosts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let probe = Probe::new(|| Snapshot { now: NOW, ..Snapshot::default() });
        let serving = tokio::spawn(davy_web::serve(listener, None, probe, rpcs, hosts, shutdown.clone()));
        Self { address, shutdown, serving }
    }

    /// Sends these bytes and leaves the connection open.
    pub(crate) async fn sent(&self, request: &str) -> Connection {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        Connection(BufReader::new(stream))
    }

    /// What a whole request is answered with: the status and the rest of the headers, and the body.
    pub(crate) async fn asked(&self, method: &str, path: &str, headers: &str, body: &str) -> (String, Value) {
        let mut connection = self.sent(&request(method, path, headers, body)).await;
        let answer = connection.rest().await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
        (head.strip_prefix("HTTP/1.1 ").unwrap().to_lowercase(), body)
    }

    /// The same with nothing special about it.
    pub(crate) async fn called(&self, path: &str, body: &str) -> (String, Value) {
        self.asked("POST", path, "content-type: application/json\r\n", body).await
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: davy.example\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// The next line that is JSON, passing over headers and the sizes of chunks.
    pub(crate) async fn line(&mut self) -> Value {
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.0.read_line(&mut line)).await.unwrap().unwrap();
            assert_ne!(read, 0, "the connection ended");
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }

    /// Everything until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = String::new();
        timeout(PATIENCE, self.0.read_to_string(&mut rest)).await.unwrap().unwrap();
        rest
    }
}
