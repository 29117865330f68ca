//! A server, the log on it, its backups, and messages to fill it with.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use davy_app::{
    Config,
    backup::{Backup, BackupError, Position, Range, Summary},
    config::{Flag, Sources},
};
use devkit::{Finder, NatsServer};
use domain::Losses;
use engine::{EventLog as _, NewMessage, RawMessage};
use jetstream::{JetStreamLog, Options};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::mpsc};

pub(crate) const REPORT: &str = "davy.events.sales.crm:1.issue.reported";

/// A server with a directory for files.
pub(crate) struct Server {
    pub(crate) nats: NatsServer,
    dir: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
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
            sync_always: false,
            extra_config: None,
        };
        Self { nats: NatsServer::start(options).unwrap(), dir }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) async fn log(&self) -> JetStreamLog {
        jetstream::connect(Options::new(self.nats.url(), "test")).await.unwrap()
    }

    /// A log whose stream was made.
    pub(crate) async fn filled(&self, messages: Vec<NewMessage>) -> JetStreamLog {
        let log = self.log().await;
        log.provision(now()).await.unwrap();
        for message in messages {
            log.append(vec![message], Vec::new()).await.unwrap();
        }
        log
    }

    pub(crate) async fn backup(&self) -> Backup {
        let flag =
            Flag { name: "test".to_owned(), key: "nats.url".to_owned(), value: self.nats.url().to_owned() };
        let config = Config::load(&Sources { file: None, env: &BTreeMap::new(), flags: &[flag] }).unwrap();
        Backup::connect(&config.nats, Duration::from_secs(5)).await.unwrap()
    }

    /// Exports a range; the file's path.
    pub(crate) async fn export(&self, name: &str, range: Range) -> (PathBuf, Summary) {
        let path = self.file(name);
        let file = fs::File::create(&path).unwrap();
        let backup = self.backup().await;
        let (summary, _) = backup.export(range, name.ends_with(".gz"), file, &mut |_| {}).await.unwrap();
        (path, summary)
    }

    pub(crate) async fn restore(&self, path: &Path) -> Result<Summary, BackupError> {
        let checked = Backup::check(path, &mut |_| {})?;
        self.backup().await.restore(path, &checked, now(), &mut |_| {}).await
    }

    /// Publishes bytes as they are: `HPUB` with a header block.
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
            if let Ok(count) = stream.try_read(&mut buffer) {
                assert!(count > 0, "server closed: {}", String::from_utf8_lossy(&seen));
                seen.extend_from_slice(&buffer[..count]);
            }
        }
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

pub(crate) fn message(subject: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> NewMessage {
    NewMessage {
        subject: subject.to_owned(),
        headers: headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.into(),
    }
}

pub(crate) fn reports(count: u64) -> Vec<NewMessage> {
    (0..count).map(|number| message(REPORT, &[], format!("{{\"text\":\"complaint {number}\"}}"))).collect()
}

pub(crate) async fn all(log: &JetStreamLog) -> Vec<RawMessage> {
    let state = log.state().await.unwrap();
    let before = Position::new(state.first.sequence() - 1);
    let (into, mut chunks) = mpsc::channel(2);
    let mut messages: Vec<RawMessage> = Vec::new();
    let collect = async {
        while messages.len() as u64 != state.tail.sequence() - before.sequence() {
            messages.extend(chunks.recv().await.unwrap());
        }
        drop(chunks);
    };
    let (read, ()) = tokio::join!(log.read(before, Losses::default(), into), collect);
    read.unwrap();
    messages
}

pub(crate) fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
