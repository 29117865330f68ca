//! A server, a log on it, and somebody who reads along.

use std::{env, path::Path, sync::Arc, time::Duration};

use davy_jetstream::{ConnectionEvent, JetStreamLog, OnEvent, Options, Provisioned, connect};
use devkit::{Finder, NatsServer};
use domain::{Losses, Position};
use engine::{EventLog as _, LogError, NewMessage, RawMessage};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    sync::mpsc,
    task::JoinHandle,
    time::{sleep, timeout},
};

pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Server {
    pub(crate) nats: NatsServer,
    _dir: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(true, None)
    }

    pub(crate) fn start_with(sync_always: bool, extra_config: Option<&str>) -> Self {
        let finder = Finder {
            explicit: env::var_os("NATS_SERVER_BIN").map(Into::into),
            path_env: env::var_os("PATH"),
            tools_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools"),
            allow_download: true,
            progress: |_| {},
        };
        let dir = tempfile::tempdir().unwrap();
        let options = devkit::Options {
            binary: finder.find().unwrap(),
            dir: dir.path().join("nats"),
            port: None,
            sync_always,
            extra_config: extra_config.map(str::to_owned),
        };
        Self { nats: NatsServer::start(options).unwrap(), _dir: dir }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            monitor_url: Some(self.nats.monitoring_url().to_owned()),
            ..Options::new(self.nats.url(), "test")
        }
    }

    /// A log whose stream is there.
    pub(crate) async fn log(&self) -> Arc<JetStreamLog> {
        let log = connect(self.options()).await.unwrap();
        assert_eq!(log.provision(now()).await.unwrap(), Provisioned::Created);
        Arc::new(log)
    }

    /// A client that may do what the log does not.
    pub(crate) async fn client(&self) -> async_nats::Client {
        async_nats::connect(self.nats.url()).await.unwrap()
    }

    /// Publishes bytes as they are, so that headers can be improper; the position is the next one.
    pub(crate) async fn publish_raw(&self, subject: &str, headers: &[u8], body: &[u8]) {
        let address = self.nats.url().trim_start_matches("nats://").to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let total = headers.len() + body.len();
        let line = format!(
            "CONNECT {{\"headers\":true,\"verbose\":false}}\r\nHPUB {subject} {} {total}\r\n",
            headers.len()
        );
        for part in [line.as_bytes(), headers, body, b"\r\nPING\r\n"] {
            stream.write_all(part).await.unwrap();
        }
        let mut seen = Vec::new();
        while !seen.windows(4).any(|window| window == b"PONG") {
            stream.readable().await.unwrap();
            let mut buffer = [0; 4096];
            match stream.try_read(&mut buffer) {
                Ok(0) => panic!("server closed: {}", String::from_utf8_lossy(&seen)),
                Ok(count) => seen.extend_from_slice(&buffer[..count]),
                Err(_) => {}
            }
        }
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00.123456789Z".parse().unwrap()
}

pub(crate) fn report(number: u64) -> NewMessage {
    NewMessage {
        subject: format!("davy.events.support.crm:{number}.issue.reported"),
        headers: Vec::new(),
        body: format!("{{\"text\":\"complaint {number}\"}}").into_bytes(),
    }
}

/// Appends `count` reports and answers with the last position.
pub(crate) async fn fill(log: &JetStreamLog, count: u64) -> Position {
    let mut last = Position::START;
    for first in (0..count).step_by(500) {
        let batch = (first..count.min(first + 500)).map(report).collect();
        last = *log.append(batch, Vec::new()).await.unwrap().last().unwrap();
    }
    last
}

/// Appends a report, as often as it takes; the same one may then be there twice.
pub(crate) async fn insist(log: &JetStreamLog, number: u64) -> Position {
    for _ in 0..200 {
        match log.append(vec![report(number)], Vec::new()).await {
            Ok(positions) => return positions[0],
            Err(LogError::Unreachable { .. }) => sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the server did not come back");
}

/// Reads along and checks that every message is exactly the next one.
pub(crate) struct Reading {
    chunks: mpsc::Receiver<Vec<RawMessage>>,
    pub(crate) task: JoinHandle<Result<(), LogError>>,
    pub(crate) at: Position,
}

impl Reading {
    pub(crate) fn start(log: &Arc<JetStreamLog>, after: Position) -> Self {
        Self::giving_up(log, after, Losses::default())
    }

    pub(crate) fn giving_up(log: &Arc<JetStreamLog>, after: Position, losses: Losses) -> Self {
        let (into, chunks) = mpsc::channel(2);
        let log = Arc::clone(log);
        Self { chunks, task: tokio::spawn(async move { log.read(after, losses, into).await }), at: after }
    }

    /// Takes what comes up to and including a position, whatever is missing; the positions.
    pub(crate) async fn positions_until(&mut self, target: u64) -> Vec<u64> {
        let mut all = Vec::new();
        while all.last() != Some(&target) {
            let chunk = timeout(PATIENCE, self.chunks.recv()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("nothing came after {all:?}")).unwrap();
            all.extend(chunk.iter().map(|message| message.position.sequence()));
        }
        all
    }

    /// Reads up to and including a position.
    pub(crate) async fn until(&mut self, target: Position) -> Vec<RawMessage> {
        let mut all = Vec::new();
        while self.at < target {
            let chunk = timeout(PATIENCE, self.chunks.recv()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("nothing came after {}", self.at)).unwrap();
            assert!(!chunk.is_empty() && chunk.len() <= 1_000);
            for message in chunk {
                assert_eq!(message.position, self.at.next());
                self.at = message.position;
                all.push(message);
            }
        }
        all
    }

    /// Nothing comes for a while.
    pub(crate) async fn is_silent(&mut self, length: Duration) {
        let came = timeout(length, self.chunks.recv()).await;
        assert!(came.is_err(), "{came:?} came after {}", self.at);
    }

    /// Stops listening.
    pub(crate) fn stop(self) -> JoinHandle<Result<(), LogError>> {
        self.task
    }

    /// The error that the reading ends with.
    pub(crate) async fn failure(self) -> LogError {
        timeout(PATIENCE, self.task).await.unwrap().unwrap().unwrap_err()
    }
}

/// Events as they are told.
pub(crate) fn listen() -> (OnEvent, mpsc::UnboundedReceiver<ConnectionEvent>) {
    let (tell, told) = mpsc::unbounded_channel();
    (OnEvent::new(move |event| drop(tell.send(event))), told)
}
