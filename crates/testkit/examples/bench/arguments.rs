//! The arguments of the bench; `cargo xtask` reads them by this file too, so that a mistake is told before anything is built.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measure Davy, each figure beside its limit, in one run on one machine.
///
/// Every ratio is that of the medians of several rounds, in which both sides take turns. What falls short of its target is marked.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// Fewer events and rounds: three minutes instead of twenty.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these sorts of figures, separated by commas.
    #[arg(long, value_name = "SORT", value_delimiter = ',')]
    pub(crate) only: Vec<Sort>,
    /// Also write the figures as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Also measure the growth, whatever else is, and draw it as SVG files in this directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) svg: Option<PathBuf>,
}

/// What is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// From the stream to the committed store, beside bare consumption; and the disk that an event takes.
    Fold,
    /// The same job by hand in PostgreSQL, ingest and queries; skipped where there is none.
    Postgres,
    /// PublishEvents, beside bare atomic batches.
    Ingest,
    /// ListUnacknowledged, WhoOwns and GetTimeline, beside bare tonic.
    List,
    /// Acknowledgements, beside publishing with an expected sequence.
    Commands,
    /// From publish to visible in a watch; a crowd that watches.
    Visible,
    /// How late deadlines are told.
    Deadlines,
    /// The first answer after `kill -9`; memory.
    Recovery,
    /// Fold rate and query latency as issues and customers grow.
    Growth,
}
