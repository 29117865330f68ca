//! `davy spool`: the events that NATS did not confirm, kept on this machine until they are delivered.

use std::{ffi::OsString, path::PathBuf, time::SystemTime};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::{Clock, Publisher, Spool, SpoolError, SpoolOptions};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::say,
    publish::NatsArgs,
    session::Session,
};

mod deliver;
mod list;

pub(crate) use deliver::deliver;

/// Where events are kept.
#[derive(Debug, Args)]
pub(crate) struct SpoolDir {
    /// Where events are kept while NATS is away; else a directory for this server and user in
    /// $XDG_STATE_HOME/davy/spool or ~/.local/state/davy/spool
    #[arg(long, env = "DAVY_SPOOL", value_name = "DIR", help_heading = "Spool")]
    spool: Option<PathBuf>,
}

/// Which spool, and where its events go.
#[derive(Debug, Args)]
pub(crate) struct SpoolPlace {
    #[command(flatten)]
    dir: SpoolDir,
    #[command(flatten)]
    nats: NatsArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SpoolCommand {
    /// List them, the oldest first
    #[command(after_help = examples("  davy spool list\n  davy spool list -o ndjson | jq -r .subject"))]
    List(SpoolPlace),
    /// Deliver them now, those that were refused once too
    #[command(after_help = examples("  davy spool send\n  davy spool send --nats-url nats://127.0.0.1:4222"))]
    Send(SpoolPlace),
    /// Remove some for good; they are not delivered
    #[command(after_help = examples("  davy spool drop 01772500000123456789-1f2e3d4c --yes\n  davy spool drop --all --yes"))]
    Drop(DropArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    /// As `davy spool list` names it
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
    /// Yes, lose them
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: SpoolPlace,
}

pub(crate) async fn run(
    command: SpoolCommand,
    clock: fn() -> Timestamp,
    session: &mut Session,
) -> anyhow::Result<()> {
    match command {
        SpoolCommand::List(place) => list::print(&place.open(clock)?, session),
        SpoolCommand::Send(place) => send(&place, clock, session).await,
        SpoolCommand::Drop(args) => remove(&args, clock, session),
    }
}

async fn send(place: &SpoolPlace, clock: fn() -> Timestamp, session: &mut Session) -> anyhow::Result<()> {
    let spool = place.open(clock)?;
    let publisher =
        Publisher::connect(place.nats.options(session.timeout)?).await.context("deliver the spool")?;
    spool.readmit_refused()?;
    let delivered = deliver(&spool, &publisher, session.timeout).await?;
    match session.out.format {
        Format::Table if spool.waiting() == 0 && delivered.stored + delivered.duplicates == 0 => {
            session.out.line("nothing was kept")?;
        }
        Format::Table => {}
        Format::Json | Format::Ndjson => session.out.line(
            &json!({
                "stored": delivered.stored,
                "duplicates": delivered.duplicates,
                "refused": delivered.refused.len(),
                "unreadable": delivered.unreadable.len(),
                "left": delivered.left,
                "position": delivered.position,
            })
            .to_string(),
        )?,
    }
    session.out.flush()?;
    let aside = count(&delivered.refused) + count(&delivered.unreadable);
    if delivered.left > 0 {
        let message = format!("{} kept still in {}", events(delivered.left), spool.dir().display());
        return Err(Failure::new(Exit::Kept, message).into());
    }
    if aside > 0 {
        let message = format!("{} set aside; see `davy spool list`", events(aside));
        return Err(Failure::new(Exit::Refused, message).into());
    }
    Ok(())
}

fn remove(args: &DropArgs, clock: fn() -> Timestamp, session: &mut Session) -> anyhow::Result<()> {
    let spool = args.place.open(clock)?;
    let names = match args.all {
        true => spool.entries()?.into_iter().map(|entry| entry.name).collect(),
        false => args.names.clone(),
    };
    if !args.yes && !names.is_empty() {
        let message = format!("{} would be lost for good; say --yes to lose them", events(count(&names)));
        return Err(Failure::usage(message));
    }
    for name in &names {
        match spool.remove(name) {
            Err(error @ SpoolError::Unknown { .. }) => {
                return Err(Failure::new(Exit::NotFound, error.to_string()).into());
            }
            removed => removed?,
        }
    }
    match session.out.format {
        Format::Table => say(&format!("dropped {} from {}", events(count(&names)), spool.dir().display())),
        Format::Json | Format::Ndjson => session.out.line(&json!({ "dropped": names.len() }).to_string())?,
    }
    Ok(())
}

/// `1 event`, `7 events`.
pub(crate) fn events(count: u64) -> String {
    format!("{count} {}", if count == 1 { "event" } else { "events" })
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

impl SpoolPlace {
    fn open(&self, clock: fn() -> Timestamp) -> anyhow::Result<Spool> {
        self.dir.open(&self.nats, clock)
    }
}

impl SpoolDir {
    pub(crate) const fn is_named(&self) -> bool {
        self.spool.is_some()
    }

    pub(crate) fn open(&self, nats: &NatsArgs, clock: fn() -> Timestamp) -> anyhow::Result<Spool> {
        let by_default =
            || state_dir(|name| std::env::var_os(name)).map(|dir| dir.join("davy/spool").join(nats.place()));
        let dir = self.spool.clone().or_else(by_default);
        let dir = dir.ok_or_else(|| {
            Failure::usage("there is no home directory; say where to keep events: --spool DIR")
        })?;
        let clock = Clock::new(move || SystemTime::from(clock()));
        Ok(Spool::open(SpoolOptions { clock, ..SpoolOptions::new(dir) })?)
    }
}

/// Where programs keep what outlives a run and is no configuration.
fn state_dir(env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let dir = |name: &str| env(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    let home = || dir("HOME").map(|home| home.join(".local/state"));
    dir("XDG_STATE_HOME").or_else(home).or_else(|| dir("LOCALAPPDATA"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_directory_is_the_platforms() {
        let with = |known: &[(&str, &str)]| {
            state_dir(|name| {
                known.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(with(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]), Some(PathBuf::from("/s")));
        assert_eq!(
            with(&[("XDG_STATE_HOME", "relative"), ("HOME", "/h")]),
            Some(PathBuf::from("/h/.local/state"))
        );
        assert_eq!(with(&[]), None);
    }
}
