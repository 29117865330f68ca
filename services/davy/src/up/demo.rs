//! The demonstration: four simulated departments that publish over NATS as their tools would, and the board beside them.
//!
//! What is told is invented and follows from a seed; the times are those of the last days. Writes to the child of this process
//! alone.

mod duty;
mod history;
mod live;
mod random;
mod script;
mod texts;

use std::time::Duration;

use anyhow::Context as _;
use app::{Progress, SystemClock};
use client::{Api, ApiOptions, Publisher, PublisherOptions};
use tokio::time::{MissedTickBehavior, interval};

use super::{addresses::Addresses, board::Board, screen::Screen, tips};
use live::Live;
use script::Script;

/// How often the board is drawn over.
const REFRESH: Duration = Duration::from_secs(2);
/// Lines of the screen beside the board's rows and the tips: two headings, a space, and the cursor.
const AROUND: usize = 4;
/// Without a terminal: after so many refreshes a line, if something changed.
const QUIET: u32 = 15;

/// Publishes history, then goes on gently, while the board is shown. Ends only with an error.
pub(super) async fn run(addresses: &Addresses, progress: &Progress, screen: &Screen) -> anyhow::Result<()> {
    let api = Api::connect(ApiOptions::new(addresses.grpc())).context("connect to Davy")?;
    let publisher = Publisher::connect(PublisherOptions::new(addresses.nats.clone())).await;
    let publisher = publisher.context("connect the simulated departments to NATS")?;
    // In a directory that was kept the history of an earlier demonstration stands already.
    let is_first = progress.position() == 0;
    let mut script = Script::new(SystemClock::now(), is_first);
    let forgotten = script.forgotten();
    let forgotten = format!("{}:{}", forgotten.house.system, forgotten.number);
    let telling = async {
        if is_first {
            history::tell(&mut script, &publisher).await.context("publish the history")?;
        }
        if let Some(receiver) = &addresses.pings {
            duty::set(&api, receiver).await?;
        }
        Live::new(script).go_on(&publisher).await
    };
    tokio::select! {
        ended = telling => ended,
        ended = show(&api, addresses, &forgotten, screen) => ended,
    }
}

async fn show(api: &Api, addresses: &Addresses, forgotten: &str, screen: &Screen) -> anyhow::Result<()> {
    let mut ticks = interval(REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = String::new();
    for tick in 0_u32.. {
        ticks.tick().await;
        let board = match Board::ask(api, SystemClock::now()).await {
            Ok(board) => board,
            Err(error) => {
                screen.warn(&format!("the board cannot be read: {error}"));
                continue;
            }
        };
        // Until something is on the board there is nothing to look at or to try.
        if board.is_empty() {
            continue;
        }
        let tips = tips::with_demo(addresses, forgotten);
        if screen.is_terminal() {
            let rows = screen.height().saturating_sub(AROUND + tips.len());
            screen.block(&[board.lines(rows), vec![String::new()], tips].concat());
        } else if told.is_empty() && tick > 0 {
            // By now the history is told.
            board
                .lines(usize::MAX)
                .iter()
                .chain([&String::new()])
                .chain(&tips)
                .for_each(|line| screen.line(line));
            told = board.summary();
        } else if tick.is_multiple_of(QUIET) && board.summary() != told {
            told = board.summary();
            screen.line(&told);
        }
    }
    Ok(())
}
