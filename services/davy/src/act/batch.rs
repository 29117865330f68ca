//! Several issues at once: an outcome each.

use client::json::{self, Canonical};
use proto::v1::{CommandOutcome, command_outcome::Outcome};

use crate::{
    cli::Format,
    exit::{Exit, Failure},
    output::{Column, Line, Look, Table},
    session::Session,
    words,
};

const COLUMNS: &[Column] = &[Column::new("ISSUE", 8, 40), Column::new("OUTCOME", 10, 300)];

/// Prints a row for each issue; an error if any of them was refused.
pub(super) fn print<R: Canonical>(
    names: &[String],
    answer: &R,
    outcomes: &[CommandOutcome],
    done: &str,
    session: &mut Session,
) -> anyhow::Result<()> {
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let rows: Vec<_> =
                names.iter().zip(outcomes).map(|(name, outcome)| row(name, outcome, done)).collect();
            for line in Table::new(COLUMNS, out.width, out.color).page(&rows) {
                out.line(&line)?;
            }
        }
        Format::Json => out.line(&json::to_string(answer)?)?,
        Format::Ndjson => {
            for outcome in outcomes {
                out.line(&json::to_string(outcome)?)?;
            }
        }
    }
    out.flush()?;
    let refused =
        outcomes.iter().filter(|outcome| !matches!(outcome.outcome, Some(Outcome::Result(_)))).count();
    if refused == 0 {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, format!("{refused} of {} not {done}", names.len())).into())
}

fn row(name: &str, outcome: &CommandOutcome, done: &str) -> Line {
    let (text, look) = match &outcome.outcome {
        Some(Outcome::Result(result)) => {
            let owner = result.issue.as_ref().map(words::owner).unwrap_or_default();
            let again = if result.repeated { " before" } else { "" };
            (format!("{done}{again}; {owner} owns it"), Look::Plain)
        }
        Some(Outcome::Refusal(refusal)) => (format!("NOT {done}: {}", refusal.message), Look::Alarm),
        None => (format!("NOT {done}: no answer"), Look::Alarm),
    };
    Line { cells: vec![name.to_owned(), text], look }
}
