//! `davy import`: another tool's export, read as a whole, then published in batches.

use std::{fs::File, path::PathBuf};

use ::import::{Import, Mapping, Options};
use anyhow::Context as _;
use clap::Args;

use crate::{
    exit::{Exit, Failure},
    output::say,
    session::Session,
};

mod batch;
mod caught_up;
pub(crate) mod progress;
mod report;
mod send;

use progress::Progress;
use report::Report;

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// What the columns mean
    #[arg(long, value_name = "FILE.toml")]
    mapping: PathBuf,
    /// CSV or NDJSON files, gzipped or not, in the order of their rows
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Whose events they are, where the mapping is to say otherwise
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// Publish nothing: say what would come of it
    #[arg(long)]
    check: bool,
    /// The events are news, not history: they may ping
    #[arg(long)]
    no_backfill: bool,
}

pub(crate) async fn run(args: ImportArgs, session: &mut Session) -> anyhow::Result<()> {
    let mapping = mapping(&args)?;
    let mut report = Report::default();
    let import = read(&args, &mapping)?;
    report.read(&import);
    if args.check {
        report.print_planned(&import, &mut session.out)?;
        return report.verdict("nothing was published");
    }
    let done = send::all(&import, session, &mut report).await;
    if let Err(error) = done {
        report.print(&mut session.out)?;
        say("run the same import again to go on: what is stored already is not stored twice");
        return Err(error);
    }
    // Since the first Ctrl-C could have come, the process no longer ends of one by itself.
    let folded = tokio::select! {
        folded = caught_up::wait(&report.position, session) => folded,
        _ = tokio::signal::ctrl_c() => {
            Err(Failure::new(Exit::Interrupted, "interrupted; everything is stored, Davy goes on folding it").into())
        }
    };
    report.print(&mut session.out)?;
    folded?;
    report.verdict("everything else was published")
}

/// The mapping, with another department if one is given.
fn mapping(args: &ImportArgs) -> anyhow::Result<Mapping> {
    let path = args.mapping.display();
    let wrong = |what: String| Failure::new(Exit::BadConfig, what);
    let text =
        std::fs::read_to_string(&args.mapping).with_context(|| wrong(format!("read the mapping {path}")))?;
    let mapping = Mapping::parse(&text).with_context(|| wrong(format!("read the mapping {path}")))?;
    match &args.department {
        None => Ok(mapping),
        Some(department) => mapping
            .with_department(department)
            .map_err(|problem| Failure::usage(format!("--department: {problem}"))),
    }
}

fn read(args: &ImportArgs, mapping: &Mapping) -> anyhow::Result<Import> {
    let mut inputs = Vec::new();
    let mut bytes = 0;
    for path in &args.inputs {
        let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
        bytes += file.metadata().map(|about| about.len()).unwrap_or_default();
        inputs.push((path.display().to_string(), file));
    }
    let progress = Progress::bytes("reading", bytes);
    let options = Options { backfill: !args.no_backfill };
    let import = Import::read(mapping, options, inputs, &mut |more| progress.add(more));
    progress.done();
    import.map_err(|error| anyhow::Error::new(error).context("import"))
}
