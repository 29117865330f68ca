//! `davy rebuild`: the projection is built anew from the log, beside the one that answers.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{GetStatusRequest, GetStatusResponse, RebuildRequest, RebuildState};
use tokio::time::sleep;

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    imports::progress::Progress,
    output::say,
    session::Session,
};

/// Between looks at how far it is.
const POLL: Duration = Duration::from_millis(250);

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    /// Why
    #[arg(long, default_value = "asked for by hand")]
    reason: String,
    /// Take the log as it is, although the store has folded more, or something else: what only the store holds is put aside
    #[arg(long)]
    accept_log: bool,
    /// Start it, and do not wait until it is done
    #[arg(long)]
    no_wait: bool,
}

pub(crate) fn help() -> String {
    examples(
        "  davy rebuild
  davy rebuild --reason \"davy verify found differences\"
  davy rebuild --accept-log --reason \"log restored from a backup\"
  davy rebuild --no-wait

Queries are answered meanwhile. One that runs already is joined. It goes on where this command is interrupted.",
    )
}

/// `davy rebuild`
pub(crate) async fn run(args: RebuildArgs, session: &mut Session) -> anyhow::Result<()> {
    let RebuildArgs { reason, accept_log, no_wait } = args;
    let started = session.api.rebuild(RebuildRequest { reason, accept_log }).await.context("rebuild")?;
    let rebuild = started.rebuild.clone().unwrap_or_default();
    let out = &mut session.out;
    match out.format {
        Format::Table => say(&format!("building generation {}: {}", rebuild.generation, rebuild.reason)),
        Format::Json | Format::Ndjson => out.line(&json::to_string(&started)?)?,
    }
    out.flush()?;
    if no_wait {
        return Ok(());
    }
    let status = wait(&rebuild, session).await?;
    let position = status.position.clone();
    if session.out.format == Format::Table {
        session.out.line(&format!("generation {} answers now, at position {position}", status.generation))?;
    }
    Ok(())
}

/// What is seen of a rebuild.
enum Seen {
    Running {
        done: u64,
        total: u64,
    },
    Done,
    /// It ended, and another generation answers.
    Given {
        up: String,
    },
}

async fn wait(rebuild: &RebuildState, session: &Session) -> anyhow::Result<GetStatusResponse> {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let progress = Progress::events("rebuilding", count(rebuild.total));
    loop {
        let status = session.api.get_status(GetStatusRequest::default()).await;
        let status = status.context("the rebuild goes on; ask how far it is")?;
        match seen(&rebuild.generation, &status) {
            Seen::Running { done, total } => progress.reach(done, total),
            Seen::Done => {
                progress.done();
                return Ok(status);
            }
            Seen::Given { up } => {
                progress.done();
                return Err(Failure::new(Exit::Other, up).into());
            }
        }
        sleep(POLL).await;
    }
}

fn seen(generation: &str, status: &GetStatusResponse) -> Seen {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    match &status.rebuild {
        // One that begins again does so under another name; the wish is the same.
        Some(running) => Seen::Running { done: count(running.done), total: count(running.total) },
        None if status.generation == generation || generation.is_empty() => Seen::Done,
        None => {
            let problem = if status.problem.is_empty() { "see its log" } else { &status.problem };
            let answers = &status.generation;
            Seen::Given {
                up: format!(
                    "the rebuild ended without effect, generation {answers} still answers: {problem}"
                ),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuild_is_done_when_its_generation_answers() {
        let running = RebuildState { done: 4, total: 9, ..RebuildState::default() };
        let status = |generation: &str, rebuild| GetStatusResponse {
            generation: generation.into(),
            rebuild,
            ..GetStatusResponse::default()
        };
        assert!(matches!(seen("v1-2", &status("v1-1", Some(running))), Seen::Running { done: 4, total: 9 }));
        assert!(matches!(seen("v1-2", &status("v1-2", None)), Seen::Done));
        assert!(matches!(seen("v1-2", &status("v1-1", None)), Seen::Given { .. }));
    }
}
