//! A stream of events that is published once and read by several.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Position;
use engine::{Aggregator, EventLog, NewMessage, Projection};
use jetstream::JetStreamLog;
use tokio_util::sync::CancellationToken;

use crate::{load::Load, place::Place};

/// Messages in one atomic batch.
const BATCH: usize = 1_000;

/// A server, and what was published to it.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) place: Place,
    pub(crate) log: Arc<JetStreamLog>,
    pub(crate) events: usize,
    /// Of subjects, headers and bodies.
    pub(crate) bytes: usize,
}

impl Stream {
    /// A server of its own with an empty stream, whose acks are not synced: what is measured is reading.
    pub(crate) async fn empty() -> anyhow::Result<Self> {
        let place = Place::start()?;
        let log = place.log().await?;
        Ok(Self { place, log, events: 0, bytes: 0 })
    }

    /// The same with so many events of a load, in whole batches.
    pub(crate) async fn with(load: &mut Load, events: usize) -> anyhow::Result<Self> {
        let mut stream = Self::empty().await?;
        eprintln!("publishing {events} events");
        while stream.events < events {
            stream.publish(load.take(BATCH)).await?;
        }
        Ok(stream)
    }

    pub(crate) async fn publish(&mut self, messages: Vec<NewMessage>) -> anyhow::Result<()> {
        self.events += messages.len();
        self.bytes += size(&messages);
        self.log.append(messages, Vec::new()).await?;
        Ok(())
    }

    /// Folds all of it into an empty store.
    pub(crate) async fn fold(&self, store: &str) -> anyhow::Result<Folded> {
        let projection = self.place.projection(store)?;
        let shutdown = CancellationToken::new();
        let aggregator = Aggregator::new(Arc::clone(&self.log) as Arc<dyn EventLog>, Arc::clone(&projection));
        let started = Instant::now();
        let stop = shutdown.clone();
        let running = tokio::spawn(async move { Ok(aggregator.run(stop).await?) });
        let end = Position::new(u64::try_from(self.events)?);
        projection.applied().wait_for(|position| *position >= end).await?;
        let rate = rate(self.events, started);
        Ok(Folded { projection, rate, shutdown, running })
    }

    /// Bytes on disk of a store and of the log, once they are at rest.
    pub(crate) async fn disk(&self, store: &str) -> anyhow::Result<[u64; 2]> {
        // The store writes through every 500 ms.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let dir = self.place.dir.path();
        Ok([on_disk(&dir.join(store))?, on_disk(&dir.join("nats"))?])
    }
}

/// A store that has reached the end of the stream, and follows it.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) projection: Arc<Projection>,
    /// Events a second, from the stream to the committed store.
    pub(crate) rate: f64,
    pub(crate) shutdown: CancellationToken,
    running: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Folded {
    /// Stops what follows the stream.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        self.running.await?
    }
}

/// Bytes of the messages: subjects, headers and bodies.
pub(crate) fn size(messages: &[NewMessage]) -> usize {
    let of = |message: &NewMessage| {
        let headers = message.headers.iter().map(|(name, value)| name.len() + value.len());
        message.subject.len() + headers.sum::<usize>() + message.body.len()
    };
    messages.iter().map(of).sum()
}

pub(crate) fn rate(count: usize, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}

/// The blocks that a directory takes, with everything in it.
pub(crate) fn on_disk(path: &Path) -> anyhow::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    let mut bytes = metadata.blocks() * 512;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += on_disk(&entry?.path())?;
        }
    }
    Ok(bytes)
}
