//! Logs and stores that are kept in files, for those who come after.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use app::{
    backup::Backup,
    config::{Login, Nats, NatsTls},
};
use jiff::Timestamp;
use store::{Generations, Options, Version};

use crate::judge::{connected, fold};

/// What is waited for a server.
const SERVER: Duration = Duration::from_secs(10);

/// Of which version the stores are that this Davy writes, such as `format 5, fold 5`.
pub fn store_version() -> String {
    Version::OURS.to_string()
}

/// Puts an exported log into a server without one. The stream is the same one whenever the same `now` is given.
///
/// # Errors
/// If the file is not whole or the server does not take it.
pub async fn restore(nats: &str, file: &Path, now: Timestamp) -> anyhow::Result<()> {
    let nats = Nats {
        url: nats.to_owned(),
        login: Login::None,
        tls: NatsTls { ca: None, identity: None, required: false },
        name: "davy-restore".to_owned(),
        inbox_prefix: "_INBOX".to_owned(),
        monitor_url: None,
        replicas: 1,
    };
    let checked = Backup::check(file, &mut |_| {}).context("check the file")?;
    let backup = Backup::connect(&nats, SERVER).await.context("connect to restore")?;
    backup.restore(file, &checked, now, &mut |_| {}).await.context("restore")?;
    Ok(())
}

/// Folds the log on a server into a store under a directory, as a Davy does that nobody asks and that owes nobody a ping.
///
/// # Errors
/// If the log cannot be read, or the store not written.
pub async fn fold_into(nats: &str, data_dir: &Path) -> anyhow::Result<()> {
    let log = connected(nats).await?;
    let tail = log.state().await.context("ask the log for its end")?.tail;
    let generations = Generations::open(data_dir)?;
    let generation = generations.begin()?;
    let store = generations.open_store(&generation, Options::default(), Ok)??;
    fold(log, store.clone(), tail).await?;
    engine::Store::flush(&*store).context("write the store through")?;
    generations.finish(&generation)?;
    Ok(generations.make_current(&generation, None)?)
}
