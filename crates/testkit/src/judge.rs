//! Whether a store holds what its log says: its rows, printed, beside those of a fresh fold of the log in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, ensure};
use domain::{Position, Severity, pings_owed};
use engine::{
    Aggregator, Codec, EventLog, Projection, Row, RowRange, Store,
    testing::{MemoryStore, exported},
};
use store::{Generations, SledStore, Verification};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{PATIENCE, prefix::Prefix};

/// As many lines that differ are shown; the rest is counted.
const SHOWN: usize = 6;
/// So much of a line.
const WIDTH: usize = 600;

/// Everything that a store holds, as lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows(Vec<String>);

impl Rows {
    /// Of a fresh fold of the log on that server, up to the end that it has now.
    ///
    /// # Errors
    /// If the log cannot be read or folded.
    pub async fn folded(nats: &str) -> anyhow::Result<Self> {
        let log = connected(nats).await?;
        let tail = log.state().await.context("ask the log for its end")?.tail;
        Self::of(log, tail).await
    }

    /// Of a fresh fold of the log on that server, as if it ended at that sequence number.
    ///
    /// # Errors
    /// If the log cannot be read or folded.
    pub async fn folded_to(nats: &str, sequence: u64) -> anyhow::Result<Self> {
        let tail = Position::new(sequence);
        Self::of(Arc::new(Prefix::of(connected(nats).await?, tail)), tail).await
    }

    async fn of(log: Arc<dyn EventLog>, tail: Position) -> anyhow::Result<Self> {
        let store = Arc::new(MemoryStore::default());
        if tail > Position::START {
            fold(log, Arc::clone(&store) as Arc<dyn Store>, tail).await?;
        }
        Ok(Self(exported(&*store)))
    }

    /// Of the projection that a Davy which does not run has left under its directory.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn stored(data_dir: &Path) -> anyhow::Result<Self> {
        let dir = projection(data_dir)?;
        let store = SledStore::open(&dir, store::Options::default()).context("open the store")?;
        Ok(Self(exported(&store)))
    }

    /// What a Davy would go on with of whatever lies under its directory: the sequence number up to which that is folded, and its
    /// rows. `None` where opening or verifying it says that it is to be rebuilt. It is opened as Davy does, so it may be changed.
    ///
    /// # Errors
    /// If the directory cannot be used at all.
    pub fn trusted(data_dir: &Path) -> anyhow::Result<Option<(u64, Self)>> {
        let generations = Generations::open(data_dir)?;
        let Some(current) = generations.current() else { return Ok(None) };
        let opened = generations.open_store(&current, store::Options::default(), |store| {
            let is_whole = store.verify()? == Verification::Whole;
            let cursor = store.cursor()?.unwrap_or_default();
            Ok(is_whole.then(|| (cursor.position.sequence(), Self(exported(&*store)))))
        });
        Ok(opened?.ok().flatten())
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That these are the same.
    ///
    /// # Errors
    /// With the first lines that differ.
    pub fn compare(&self, fresh: &Self) -> anyhow::Result<()> {
        let (ours, theirs) = (&self.0, &fresh.0);
        let pairs = ours.iter().zip(theirs).filter(|(one, other)| one != other);
        let differing = pairs.clone().count() + ours.len().abs_diff(theirs.len());
        let shown: String = pairs
            .take(SHOWN)
            .map(|(one, other)| format!("\n  stored {}\n  fresh  {}", cut(one), cut(other)))
            .collect();
        ensure!(
            differing == 0,
            "{differing} rows are not those of a fresh fold ({} stored, {} fresh):{shown}",
            ours.len(),
            theirs.len()
        );
        Ok(())
    }
}

/// The pings that a fresh fold of the log on that server knows, by their ids: whether each is still owed.
///
/// # Errors
/// If the log cannot be read or folded.
pub async fn pings_folded(nats: &str) -> anyhow::Result<BTreeMap<String, bool>> {
    let log = connected(nats).await?;
    let tail = log.state().await.context("ask the log for its end")?.tail;
    let store = Arc::new(MemoryStore::default());
    if tail > Position::START {
        fold(log, Arc::clone(&store) as Arc<dyn Store>, tail).await?;
    }
    let mut issues = Vec::new();
    // Unassessed ones stand among those of three.
    let ranks = [Severity::One, Severity::Two, Severity::Three, Severity::Four].map(Severity::rank);
    for rank in ranks {
        store.rows(RowRange::Issues { rank, after: None }, &mut |row| {
            if let Row::Issue { id, .. } = row {
                issues.push(id);
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut pings = BTreeMap::new();
    for id in issues {
        let Some(issue) = store.issue(id)? else { continue };
        let owed: BTreeSet<_> = pings_owed(&issue).map(|ping| ping.terms.id).collect();
        let known = issue.escalation.pings.iter().map(|ping| ping.terms.id);
        pings.extend(known.map(|ping| (ping.to_string(), owed.contains(&ping))));
    }
    Ok(pings)
}

pub(crate) async fn connected(nats: &str) -> anyhow::Result<Arc<dyn EventLog>> {
    Ok(Arc::new(jetstream::connect(jetstream::Options::new(nats, "davy-judge")).await?))
}

/// Folds a log up to its end into a store.
pub(crate) async fn fold(
    log: Arc<dyn EventLog>,
    store: Arc<dyn Store>,
    tail: Position,
) -> anyhow::Result<()> {
    let codec: Arc<dyn Codec> = Arc::new(app::codec());
    let projection = Arc::new(Projection::open(store, codec, "judge")?);
    let shutdown = CancellationToken::new();
    let aggregator = Aggregator::new(log, Arc::clone(&projection));
    let stop = shutdown.clone();
    let mut running = tokio::spawn(async move { aggregator.run(stop).await });
    let mut applied = projection.applied();
    let reached = timeout(2 * PATIENCE, applied.wait_for(|position| *position >= tail));
    tokio::select! {
        reached = reached => reached.context("fold the log afresh in time")?.map(drop)?,
        ended = &mut running => return Ok(ended??),
    }
    shutdown.cancel();
    Ok(running.await??)
}

/// The directory of the projection that answers: the one that `CURRENT` names, where there is one.
pub fn projection(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let dir = data_dir.join("projection");
    let current = dir.join("CURRENT");
    if !current.exists() {
        return Ok(dir);
    }
    let name = fs::read_to_string(&current).context("read which projection is in use")?;
    Ok(dir.join(name.trim()))
}

fn cut(line: &str) -> String {
    line.chars().take(WIDTH).collect()
}
