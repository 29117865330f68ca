//! `davy-aggregator` by a clock that is wrong: what a file says, in milliseconds, is added to this machine's. The file is read at
//! every look at the clock, so that a test can set it while this runs. No program that is shipped can do this.

use std::{fs, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use app::{Clock, Config, Signals, SystemClock, config, telemetry};
use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use mimalloc::MiMalloc;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// An aggregator by a clock that is wrong.
#[derive(Debug, Parser)]
struct Args {
    /// Holds the milliseconds to add; without it, none.
    #[arg(long, default_value = "")]
    skew: PathBuf,
    /// As of davy-aggregator.
    #[arg(long, value_name = "KEY=VALUE", value_parser = config::Flag::parse)]
    set: Vec<config::Flag>,
}

/// This machine's clock, and so much more or less.
struct SkewedClock(PathBuf);

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let skew = SignedDuration::from_millis(text.trim().parse().unwrap_or(0));
        SystemClock::now().checked_add(skew).unwrap_or_else(|_| SystemClock::now())
    }

    fn steady(&self) -> Option<Duration> {
        SystemClock.steady()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let sources = config::Sources { file: None, env: &config::ProcessEnv, flags: &args.set };
    let config = Config::load(&sources)?;
    telemetry::init(&config.log, telemetry::Sink::Stderr)?;
    let mut signals = Signals::listen()?;
    let app = app::build_by(&config, Arc::new(SkewedClock(args.skew))).await.context("build")?;
    let shutdown = CancellationToken::new();
    tokio::select! {
        ended = app.run(shutdown.clone()) => ended.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        () = signals.ask_twice(&shutdown) => Ok(ExitCode::from(130)),
    }
}
