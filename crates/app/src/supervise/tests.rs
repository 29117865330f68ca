//! A supervisor over a real `nats-server`: what it does when the store, the log or the disk is not as it should be.

mod damage;
mod rebuild;
mod room;
mod stream;

use std::{env, fs, path::Path, sync::Arc, time::Duration};

use api::{RebuildRefusal, RebuildWish, Rebuilding};
use devkit::{Finder, NatsServer};
use domain::Position;
use engine::{
    EventLog as _, LogError, NewMessage, Phase, Projection,
    query::{CustomersQuery, QueryError, Reader},
};
use jetstream::JetStreamLog;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{SuperviseError, Supervisor, Told, WISHES, Wish};
use crate::{
    clock::SystemClock,
    room::Room,
    stores::{self, Stores},
};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(10);

/// A server, somebody who publishes, and a directory for a store.
struct Town {
    nats: NatsServer,
    log: Arc<JetStreamLog>,
    dir: TempDir,
}

impl Town {
    /// With an empty stream.
    async fn start() -> Self {
        let town = Self::without_stream().await;
        town.make_stream().await;
        town
    }

    /// The server may still be busy with the files of one that was deleted.
    async fn make_stream(&self) {
        eventually("the stream", async || self.log.provision(SystemClock::now()).await.is_ok()).await;
    }

    async fn without_stream() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let nats_dir = dir.path().join("nats");
        let nats = tokio::task::spawn_blocking(move || {
            let finder = Finder {
                explicit: env::var_os("NATS_SERVER_BIN").map(Into::into),
                path_env: env::var_os("PATH"),
                tools_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools"),
                allow_download: true,
                progress: |_| {},
            };
            let binary = finder.find().unwrap();
            let options =
                devkit::Options { binary, dir: nats_dir, port: None, sync_always: true, extra_config: None };
            NatsServer::start(options).unwrap()
        });
        let nats = nats.await.unwrap();
        let log = connected(&nats).await;
        Self { nats, log, dir }
    }

    /// Publishes reports of so many customers, each of one issue; the position of the last.
    async fn report(&self, customers: std::ops::Range<u32>) -> Position {
        let mut last = Position::START;
        let messages: Vec<_> = customers.map(reported).collect();
        for chunk in messages.chunks(500) {
            last = *self.log.append(chunk.to_vec(), Vec::new()).await.unwrap().last().unwrap();
        }
        last
    }

    async fn accept_loss(&self, from: u64, to: u64) {
        let data =
            format!(r#"{{"from":"0-{from}","to":"0-{to}","reason":"gone","actor":{{"department":"it"}}}}"#);
        let body = format!(
            r#"{{"specversion":"1.0","id":"loss-{from}","source":"/davy","type":"log.loss_accepted","time":"2026-03-02T09:58:00Z","data":{data}}}"#
        );
        let subject = "davy.events.command._.log.loss_accepted".to_owned();
        let message = NewMessage { subject, headers: Vec::new(), body: body.into_bytes() };
        self.log.append(vec![message], Vec::new()).await.unwrap();
    }

    /// As an operator's `nats stream rm` does.
    async fn delete_stream(&self) {
        let address = self.nats.url().trim_start_matches("nats://").to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"CONNECT {}\r\nPUB $JS.API.STREAM.DELETE.DAVY 0\r\n\r\nPING\r\n").await.unwrap();
        let mut heard = [0; 64];
        assert!(stream.read(&mut heard).await.unwrap() > 0);
        eventually("the stream to be gone", || async {
            matches!(self.log.state().await, Err(LogError::Missing))
        })
        .await;
    }

    fn store_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("store")
    }

    /// Starts to supervise the store in the directory.
    async fn davy(&self) -> Davy {
        let log = connected(&self.nats).await;
        let dir = self.store_dir();
        let opened = eventually_some("the directory to be free", || async {
            let dir = dir.clone();
            let options = store::Options { cache_bytes: 128 << 20, ..store::Options::default() };
            match tokio::task::spawn_blocking(move || stores::open(&dir, options)).await.unwrap() {
                Err(error) if error.is_in_use() => None,
                opened => Some(opened.unwrap()),
            }
        })
        .await;
        let projection = Arc::clone(&opened.projection);
        let stores = opened.stores.clone();
        let (wishes, asked) = mpsc::channel(WISHES);
        let (room, looked) = watch::channel(Room { free: Some(1 << 40), mark: 1 << 20, is_low: false });
        let told = Arc::new(Told::default());
        let supervisor = Supervisor::new(log, opened, asked, looked, Arc::clone(&told));
        let stop = CancellationToken::new();
        let task = tokio::spawn(supervisor.run(stop.clone()));
        let reader = Reader::new(Arc::clone(&projection), Arc::new(SystemClock));
        Davy { projection, reader, stores, wishes, room, told, stop, task }
    }
}

async fn connected(nats: &NatsServer) -> Arc<JetStreamLog> {
    let options = jetstream::Options {
        start: jetstream::Start::Within(PATIENCE),
        ..jetstream::Options::new(nats.url(), "test")
    };
    Arc::new(jetstream::connect(options).await.unwrap())
}

fn reported(customer: u32) -> NewMessage {
    let body = format!(
        r#"{{"specversion":"1.0","id":"{customer}","source":"/zendesk","type":"issue.reported","time":"2026-03-02T09:58:00Z","data":{{"issue":{{"system":"zendesk","id":"{customer}"}},"title":"pump {customer}"}}}}"#
    );
    let subject = format!("davy.events.support.crm:{customer:06}.issue.reported");
    NewMessage { subject, headers: Vec::new(), body: body.into_bytes() }
}

/// A supervisor that runs, and what is heard of it.
struct Davy {
    projection: Arc<Projection>,
    reader: Reader,
    stores: Stores,
    wishes: mpsc::Sender<Wish>,
    room: watch::Sender<Room>,
    told: Arc<Told>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), SuperviseError>>,
}

impl Davy {
    async fn folds(&self, position: Position) {
        let mut applied = self.projection.applied();
        let reached = timeout(PATIENCE, applied.wait_for(|reached| *reached >= position)).await;
        assert!(reached.is_ok(), "{position} is not reached: {:?}", self.projection.phase_now());
        self.is_live().await;
    }

    async fn is_live(&self) {
        eventually("the answers", || async {
            *self.projection.phase_now() == Phase::Live && self.customers().is_ok()
        })
        .await;
    }

    /// Waits for a problem with these words.
    async fn says(&self, words: &str) -> String {
        eventually_some(words, || async {
            let problem = self.problem();
            problem.contains(words).then_some(problem)
        })
        .await
    }

    fn problem(&self) -> String {
        match &*self.projection.phase_now() {
            Phase::Diverged { problem }
            | Phase::Replaced { problem }
            | Phase::Stalled { problem }
            | Phase::OutOfSpace { problem } => problem.clone(),
            Phase::CatchingUp { .. } | Phase::Live => String::new(),
        }
    }

    /// The number of customers.
    fn customers(&self) -> Result<usize, QueryError> {
        let mut query = CustomersQuery {
            with_open_issues: false,
            with_unacknowledged_issues: true,
            page_size: 500,
            after: None,
        };
        let mut counted = 0;
        loop {
            let page = self.reader.customers(&query)?.value;
            counted += page.customers.len();
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(counted),
            }
        }
    }

    async fn ask(&self, accept_log: bool) -> Result<Rebuilding, RebuildRefusal> {
        let (answer, answered) = oneshot::channel();
        let wish = RebuildWish { reason: "a test".to_owned(), accept_log };
        self.wishes.send(Wish { wish, answer }).await.ok().unwrap();
        timeout(PATIENCE, answered).await.unwrap().unwrap()
    }

    async fn generation_is_not(&self, generation: &str) -> String {
        eventually_some("another generation", || async {
            let now = self.projection.generation().to_string();
            (now != generation).then_some(now)
        })
        .await
    }

    fn generation(&self) -> String {
        self.projection.generation().to_string()
    }

    async fn stop(self) {
        self.stop.cancel();
        timeout(Duration::from_secs(5), self.task).await.unwrap().unwrap().unwrap();
    }
}

/// The directories of generations.
fn generations(town: &Town) -> Vec<String> {
    let entries = fs::read_dir(town.store_dir().join("projection")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            sleep(GLANCE).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain for {what}");
}

async fn eventually_some<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            sleep(GLANCE).await;
        }
    };
    let found = timeout(PATIENCE, waiting).await;
    assert!(found.is_ok(), "waited in vain for {what}");
    found.unwrap()
}
