//! `cargo xtask bench`: each figure beside its limit, measured in the same run on the same machine, in alternation.
//!
//! `--quick` takes fewer events and rounds, `--only fold|list|commands|visible|deadlines|recovery` one sort of figure. `--json FILE` also writes
//! the figures.
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

#[path = "bare.rs"]
mod bare;
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
#[path = "list.rs"]
mod list;
#[path = "load.rs"]
mod load;
#[path = "place.rs"]
mod place;
#[path = "recovery.rs"]
mod recovery;
#[path = "report.rs"]
mod report;
#[path = "visible.rs"]
mod visible;

use std::env;

use report::Report;

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
    let size = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    let after =
        |flag| arguments.iter().position(|argument| argument == flag).and_then(|at| arguments.get(at + 1));
    let (json, only) = (after("--json"), after("--only"));
    let wanted = |sort| only.is_none_or(|only| only == sort);
    let mut report = Report::default();
    if wanted("fold") {
        fold::measure(size, &mut report).await?;
    }
    if wanted("list") {
        list::measure(size, &mut report).await?;
    }
    if wanted("commands") {
        commands::measure(size, &mut report).await?;
    }
    if wanted("visible") {
        visible::measure(size, &mut report).await?;
    }
    if wanted("deadlines") {
        deadlines::measure(size, &mut report).await?;
    }
    if wanted("recovery") {
        recovery::measure(size, &mut report).await?;
    }
    print!("{report}");
    if let Some(file) = json {
        std::fs::write(file, report.json())?;
    }
    Ok(())
}
