//! `davy up`: Davy with everything it needs, in one process: a `nats-server` child, every role, and simulated departments.
//!
//! Owns the order of starting and stopping, and what is shown meanwhile. Deliberately absent: the roles themselves (`app`), finding
//! and running the server (`devkit`), and any writing to a NATS that is not a child of this process.

mod addresses;
mod args;
mod board;
mod demo;
mod nats;
mod pinging;
mod receiver;
mod screen;
mod settings;
mod tips;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use app::{App, Progress, Rebuild, Signals, Stage, telemetry};
use tokio_util::sync::CancellationToken;

use crate::exit::{Exit, Failure};
use addresses::Addresses;
pub(crate) use args::UpArgs;
use nats::Nats;
use pinging::Pinging;
use screen::Screen;
use settings::{Place, Settings};

/// How often the progress of a rebuild is drawn.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Runs until Ctrl-C.
pub(crate) async fn run(args: UpArgs) -> anyhow::Result<()> {
    let mut signals = Signals::listen().context("listen for signals")?;
    let shutdown = CancellationToken::new();
    tokio::select! {
        outcome = up(&args, &shutdown) => outcome,
        () = signals.ask_twice(&shutdown) => Err(Failure::new(Exit::Interrupted, "ended at once").into()),
    }
}

async fn up(args: &UpArgs, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let screen = Arc::new(Screen::new());
    let place = Place::open(args.data_dir.as_deref())?;
    let chosen = Settings::read(args)?;
    // Dropped after the app, which wants to write its last batch.
    let nats = Nats::start(args, &chosen, &place, &screen).await?;
    let config = chosen.config(args, &place, &nats, &screen)?;
    let warnings = Arc::clone(&screen);
    let sink = telemetry::Sink::File {
        path: place.log(),
        warnings: Arc::new(move |line: &str| warnings.warn(line)),
    };
    telemetry::init(&config.log, sink)?;
    let app = app::build(&config).await.context("start Davy")?;
    let mut addresses = Addresses::of(app.addresses(), &config, &nats, &place);
    let pinging = Pinging::open(args, &chosen, &place, &addresses, &app).await?;
    addresses.pings = pinging.url();
    let outcome = serve(args, shutdown, (app, pinging), &addresses, &screen).await;
    let stopped = nats.stop().await;
    screen.end();
    outcome.and(stopped)?;
    screen.line(&place.farewell());
    Ok(())
}

/// Runs the app and the pager, and beside them what a person sees.
async fn serve(
    args: &UpArgs,
    shutdown: &CancellationToken,
    (app, pinging): (App, Pinging),
    addresses: &Addresses,
    screen: &Arc<Screen>,
) -> anyhow::Result<()> {
    let progress = app.progress();
    let (stop, paging, stopped) =
        (shutdown.child_token(), CancellationToken::new(), CancellationToken::new());
    // The pager stops first: what it sent is still to be recorded.
    let quiet = async {
        stop.cancelled().await;
        paging.cancel();
    };
    let paged = async {
        pinging.run(paging.clone(), screen).await;
        // It may have ended by itself.
        paging.cancelled().await;
        stopped.cancel();
    };
    let running = async {
        let ended = app.run(stopped.clone()).await.context("run Davy");
        // Whatever ended it, nothing is left to be shown.
        stop.cancel();
        ended
    };
    let showing = async {
        let shown = stop.run_until_cancelled(show(args, &progress, addresses, screen)).await;
        stop.cancel();
        shown.unwrap_or(Ok(()))
    };
    let (ended, shown, (), ()) = tokio::join!(running, showing, paged, quiet);
    ended.and(shown)
}

/// Waits until Davy is ready, tells where it is, and runs the demonstration. Ends only with an error.
async fn show(
    args: &UpArgs,
    progress: &Progress,
    addresses: &Addresses,
    screen: &Screen,
) -> anyhow::Result<()> {
    let settled = progress.settled(|stage| screen.block(&[waiting(stage)])).await;
    screen.clear();
    if let Stage::Stopped { problem } = settled {
        screen.warn(&format!("folding has stopped: {problem}"));
    }
    if let Some(path) = &args.addresses_file {
        addresses.write(path)?;
    }
    addresses.table().iter().for_each(|line| screen.line(line));
    if addresses.runs_demo(args) {
        return Box::pin(demo::run(addresses, progress, screen)).await;
    }
    tips::without_demo(addresses).iter().for_each(|line| screen.line(line));
    show_rebuilds(progress, screen).await
}

/// How far a rebuild is, whenever there is one. That it begins and ends is a line of the log.
async fn show_rebuilds(progress: &Progress, screen: &Screen) -> anyhow::Result<()> {
    loop {
        let lines: Vec<_> = progress.rebuild().iter().map(rebuilding).collect();
        screen.block(&lines);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn rebuilding(rebuild: &Rebuild) -> String {
    let Rebuild { done, total, reason } = rebuild;
    format!("rebuilding {}%: {done} of {total} ({reason})", percent(*done, *total))
}

fn percent(done: u64, total: u64) -> u64 {
    done.saturating_mul(100).checked_div(total).unwrap_or(0)
}

fn waiting(stage: &Stage) -> String {
    match stage {
        Stage::Connecting => "connecting to NATS ...".to_owned(),
        Stage::Folding { done, total } => {
            format!("folding the log: {done} of {total}, {}% ...", percent(*done, *total))
        }
        Stage::Ready | Stage::Stopped { .. } => String::new(),
    }
}
