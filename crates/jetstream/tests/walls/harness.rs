//! A company: the shipped configuration with keys filled in, Davy on it, and departments.

use std::{collections::BTreeMap, env, fs, path::Path, sync::Arc, time::Duration};

use async_nats::{Client, ConnectOptions, Event, HeaderMap, ServerError};
use davy_jetstream::{Credentials, JetStreamLog, Options, connect};
use devkit::{Finder, NatsServer};
use domain::Position;
use engine::{EventLog as _, NewMessage};
use jiff::Timestamp;
use nkeys::KeyPair;
use tempfile::TempDir;
use tokio::{sync::mpsc, time::timeout};

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
pub(crate) const NAMES: [&str; 5] = ["davy", "sales", "support", "engineering", "field-service"];

pub(crate) struct Company {
    pub(crate) nats: NatsServer,
    keys: BTreeMap<&'static str, KeyPair>,
    pub(crate) dir: TempDir,
}

impl Company {
    pub(crate) fn start() -> Self {
        Self::start_with(|config, _| config)
    }

    /// What the server gets of the shipped file begins with the seal, and may be edited.
    pub(crate) fn start_with(edit: impl FnOnce(String, &Path) -> String) -> Self {
        let keys: BTreeMap<_, _> = NAMES.map(|name| (name, KeyPair::new_user())).into();
        let dir = tempfile::tempdir().unwrap();
        let whole = filled_in(&keys);
        // The ports and the directory are the test's own.
        let part = whole[whole.find("#tls {").unwrap()..].to_owned();
        let options = devkit::Options {
            binary: binary(),
            dir: dir.path().join("nats"),
            port: None,
            sync_always: true,
            extra_config: Some(edit(part, dir.path())),
        };
        Self { nats: NatsServer::start(options).unwrap(), keys, dir }
    }

    pub(crate) fn seed(&self, name: &str) -> String {
        self.keys[name].seed().unwrap()
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            credentials: Credentials::Nkey { seed: self.seed("davy") },
            inbox_prefix: "_INBOX_davy".to_owned(),
            ..Options::new(self.nats.url(), "test")
        }
    }

    /// Davy's log, with its stream.
    pub(crate) async fn davy(&self) -> Arc<JetStreamLog> {
        let log = connect(self.options()).await.unwrap();
        log.provision(now()).await.unwrap();
        Arc::new(log)
    }

    pub(crate) async fn department(&self, name: &str) -> Department {
        self.connects(name).await.unwrap()
    }

    pub(crate) async fn connects(&self, name: &str) -> Result<Department, async_nats::ConnectError> {
        let (tell, told) = mpsc::unbounded_channel();
        let options = ConnectOptions::with_nkey(self.seed(name))
            .custom_inbox_prefix(format!("_INBOX_{name}"))
            .event_callback(move |event| {
                if let Event::ServerError(ServerError::Other(text)) = event {
                    tell.send(text).ok();
                }
                std::future::ready(())
            });
        Ok(Department { client: options.connect(self.nats.url()).await?, told })
    }
}

pub(crate) fn binary() -> std::path::PathBuf {
    let finder = Finder {
        explicit: env::var_os("NATS_SERVER_BIN").map(Into::into),
        path_env: env::var_os("PATH"),
        tools_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    finder.find().unwrap()
}

pub(crate) fn shipped() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats/nats-server.conf");
    fs::read_to_string(path).unwrap()
}

pub(crate) fn filled_in(keys: &BTreeMap<&'static str, KeyPair>) -> String {
    keys.iter().fold(shipped(), |text, (name, pair)| {
        let placeholder = format!("nkey: \"PUBLIC KEY OF {name}\"");
        assert_eq!(text.matches(&placeholder).count(), 1, "{name}");
        text.replace(&placeholder, &format!("nkey: \"{}\"", pair.public_key()))
    })
}

/// Somebody who has a department's seed and means harm.
pub(crate) struct Department {
    pub(crate) client: Client,
    told: mpsc::UnboundedReceiver<String>,
}

impl Department {
    /// Publishes and waits for the ack; the position.
    pub(crate) async fn publishes(&self, subject: &str, id: &str) -> u64 {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", id);
        let ack = self.client.request_with_headers(subject.to_owned(), headers, "{}".into()).await.unwrap();
        let text = String::from_utf8_lossy(&ack.payload).into_owned();
        let sequence = text.split("\"seq\":").nth(1).and_then(|rest| rest.split([',', '}']).next());
        sequence.and_then(|digits| digits.trim().parse().ok()).unwrap_or_else(|| panic!("{text}"))
    }

    /// The server says no, and says which subject it means.
    pub(crate) async fn may_not_publish(&mut self, subject: &str, body: &'static str) {
        self.client.publish(subject.to_owned(), body.into()).await.unwrap();
        self.is_told("Publish", subject).await;
    }

    /// The same of listening.
    pub(crate) async fn may_not_hear(&mut self, subject: &str) {
        let _subscriber = self.client.subscribe(subject.to_owned()).await.unwrap();
        self.is_told("Subscription", subject).await;
    }

    async fn is_told(&mut self, deed: &str, subject: &str) {
        self.client.flush().await.unwrap();
        let text = timeout(PATIENCE, self.told.recv()).await;
        let text = text.unwrap_or_else(|_| panic!("{subject} was let through")).unwrap();
        let wanted = format!("permissions violation for {deed} to \"{subject}\"").to_lowercase();
        assert!(text.to_lowercase().contains(&wanted), "{subject}: {text}");
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

pub(crate) fn message(subject: &str) -> NewMessage {
    NewMessage { subject: subject.to_owned(), headers: Vec::new(), body: b"{}".to_vec() }
}

pub(crate) async fn tail(log: &JetStreamLog) -> Position {
    log.state().await.unwrap().tail
}
