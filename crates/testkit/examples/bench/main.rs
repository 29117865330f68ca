//! `cargo xtask bench`: each figure beside its limit, measured in the same run on the same machine, in alternation.
//!
//! [`arguments`] says what can be asked for; a module for each sort of figure measures it. Deliberately absent: judging more
//! than whether a target is met, and anything that the tests should find out.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a maintainers' command, which speaks to a terminal"
)]
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a bench may stop where something is missing"
)]

#[path = "arguments.rs"]
mod arguments;
#[path = "bare.rs"]
mod bare;
#[path = "chart.rs"]
mod chart;
#[path = "child.rs"]
mod child;
#[path = "commands.rs"]
mod commands;
#[path = "cpu.rs"]
mod cpu;
#[path = "deadlines.rs"]
mod deadlines;
#[path = "fold.rs"]
mod fold;
#[path = "growth.rs"]
mod growth;
#[path = "ingest.rs"]
mod ingest;
#[path = "list.rs"]
mod list;
#[path = "load.rs"]
mod load;
#[path = "place.rs"]
mod place;
#[path = "postgres.rs"]
mod postgres;
#[path = "question.rs"]
mod question;
#[path = "recovery.rs"]
mod recovery;
#[path = "report.rs"]
mod report;
#[path = "served.rs"]
mod served;
#[path = "stream.rs"]
mod stream;
#[path = "visible.rs"]
mod visible;

use std::env;

use arguments::{Arguments, Sort};
use clap::Parser as _;
use load::Load;
use report::Report;
use stream::Stream;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// Events folded.
    events: usize,
    /// Rounds of the fold; the median counts.
    fold_rounds: usize,
    /// Open unacknowledged issues that are listed from.
    open: usize,
    /// Calls in one round of a query.
    calls: usize,
    /// Rounds of a query.
    query_rounds: usize,
    /// Issues that memory is measured at.
    issues: usize,
    /// Events published while somebody watches.
    watched: usize,
    /// Watchers at once.
    watchers: usize,
    /// Open issues whose clocks run while deadlines are measured.
    clocks: usize,
    /// Events published in one round of an ingest.
    ingested: usize,
    /// Issues at which the growth is measured.
    growth: [usize; 3],
}

const FULL: Size = Size {
    events: 1_000_000,
    fold_rounds: 3,
    open: 100_000,
    calls: 4_000,
    query_rounds: 5,
    issues: 1_000_000,
    watched: 30_000,
    watchers: 1_000,
    clocks: 100_000,
    ingested: 40_000,
    growth: [10_000, 100_000, 1_000_000],
};
const QUICK: Size = Size {
    events: 200_000,
    fold_rounds: 1,
    open: 20_000,
    calls: 1_000,
    query_rounds: 3,
    issues: 200_000,
    watched: 5_000,
    watchers: 200,
    clocks: 20_000,
    ingested: 10_000,
    growth: [1_000, 5_000, 20_000],
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, nats, dir] = arguments.as_slice()
        && flag == "--serve"
    {
        return child::serve(nats, dir).await;
    }
    let arguments = Arguments::parse();
    let report = measure(&arguments).await?;
    print!("{report}");
    if let Some(file) = arguments.json {
        std::fs::write(file, report.json())?;
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let size = if arguments.quick { QUICK } else { FULL };
    // All of them, where none is named.
    let wants = |sort| arguments.only.is_empty() || arguments.only.contains(&sort);
    let mut report = Report::default();
    if wants(Sort::Fold) || wants(Sort::Postgres) {
        let stream = Stream::with(&mut Load::new(false), size.events).await?;
        if wants(Sort::Fold) {
            fold::measure(size, &stream, &mut report).await?;
        }
        if wants(Sort::Postgres) {
            postgres::measure(size, &stream, &mut report).await?;
        }
    }
    if wants(Sort::Ingest) {
        ingest::measure(size, &mut report).await?;
    }
    if wants(Sort::List) {
        list::measure(size, &mut report).await?;
    }
    if wants(Sort::Commands) {
        commands::measure(size, &mut report).await?;
    }
    if wants(Sort::Visible) {
        visible::measure(size, &mut report).await?;
    }
    if wants(Sort::Deadlines) {
        deadlines::measure(size, &mut report).await?;
    }
    if wants(Sort::Recovery) {
        recovery::measure(size, &mut report).await?;
    }
    if wants(Sort::Growth) || arguments.svg.is_some() {
        growth::measure(size, &mut report, arguments.svg.as_deref()).await?;
    }
    Ok(report)
}
