//! `davy policy migrate`: the running runs of a department go by the present version of its policy.

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{CommandOptions, MigrateOpenRequest, MigrateOpenResponse, MigratedRun};
use uuid::Uuid;

use crate::{
    cli::Format,
    exit::{Exit, Failure},
    output::{Column, Line, Look, Table},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Whose runs
    #[arg(value_name = "SLUG")]
    department: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Name the intent: sent again with the same id, a command does nothing twice
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

const COLUMNS: &[Column] = &[Column::new("ISSUE", 36, 36), Column::new("OUTCOME", 10, 300)];

pub(super) async fn run(args: MigrateArgs, session: &mut Session) -> anyhow::Result<()> {
    let MigrateArgs { department, reason, dry_run, request_id } = args;
    let options = CommandOptions {
        request_id: request_id.unwrap_or_else(|| Uuid::new_v4().to_string()),
        validate_only: dry_run,
        ..CommandOptions::default()
    };
    let mut request = MigrateOpenRequest {
        department: department.clone(),
        reason,
        options: Some(options),
        ..MigrateOpenRequest::default()
    };
    let mut whole = MigrateOpenResponse::default();
    loop {
        let page = session.api.migrate_open(request.clone()).await.context("migrate the runs")?;
        whole.runs.extend(page.runs);
        whole.read_state = page.read_state;
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    print(&whole, &department, dry_run, session)
}

fn print(
    found: &MigrateOpenResponse,
    department: &str,
    dry_run: bool,
    session: &mut Session,
) -> anyhow::Result<()> {
    let out = &mut session.out;
    let refused = found.runs.iter().filter(|run| run.refusal.is_some()).count();
    match out.format {
        Format::Table => {
            let rows: Vec<_> = found.runs.iter().map(|run| row(run, dry_run)).collect();
            for line in Table::new(COLUMNS, out.width, out.color).page(&rows) {
                out.line(&line)?;
            }
            let done = found.runs.len() - refused;
            let go = if dry_run { "would go" } else { "go" };
            out.line(&format!("{done} runs of {department} {go} by the present version of its policy"))?;
        }
        Format::Json => out.line(&json::to_string(found)?)?,
        Format::Ndjson => {
            for run in &found.runs {
                out.line(&json::to_string(run)?)?;
            }
        }
    }
    out.flush()?;
    if refused == 0 {
        return Ok(());
    }
    let text = format!("{refused} of {} runs of {department} were not migrated", found.runs.len());
    Err(Failure::new(Exit::Refused, text).into())
}

fn row(run: &MigratedRun, dry_run: bool) -> Line {
    let (text, look) = match &run.refusal {
        Some(refusal) => (format!("NOT migrated: {}", refusal.message), Look::Alarm),
        None if dry_run => ("would be migrated".to_owned(), Look::Plain),
        None => (format!("migrated at {}", run.position), Look::Plain),
    };
    Line { cells: vec![run.issue.clone(), text], look }
}
