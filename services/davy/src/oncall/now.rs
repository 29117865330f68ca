//! `davy oncall now`.

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{Shift, WhoIsOnCallRequest, WhoIsOnCallResponse};

use super::{end, to_come, who};
use crate::{
    cli::Format,
    output::{Column, Line, Look, Out, Table},
    session::Session,
    time::Edge,
};

#[derive(Debug, Args)]
pub(crate) struct NowArgs {
    /// By this schedule; by every one unless given
    #[arg(value_name = "SCHEDULE")]
    schedule: Option<String>,
    /// Not now: RFC 3339, local "2026-12-24 20:00", 20:00 (today) or 2d (from now)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

const COLUMNS: &[Column] = &[
    Column::new("SCHEDULE", 8, 40),
    Column::new("ON CALL", 8, 40),
    Column::new("SINCE", 25, 25),
    Column::new("UNTIL", 25, 25),
    Column::new("BY", 8, 40),
];

pub(super) async fn run(args: NowArgs, session: &mut Session) -> anyhow::Result<()> {
    let NowArgs { schedule, at } = args;
    let at = at.as_deref().map(|text| to_come(text, Edge::Begins, session)).transpose()?;
    let request = WhoIsOnCallRequest { schedule: schedule.unwrap_or_default(), at };
    let found = session.api.who_is_on_call(request).await.context("find out who is on call")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&found, out)?,
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => {
            for shift in &found.shifts {
                out.line(&json::to_string(shift)?)?;
            }
        }
    }
    let before = if found.shifts.is_empty() && found.nobody.is_empty() { "no schedules; " } else { "" };
    Ok(out.state(found.read_state.as_ref(), before)?)
}

fn show(found: &WhoIsOnCallResponse, out: &mut Out) -> anyhow::Result<()> {
    let mut lines: Vec<_> = found.shifts.iter().map(|shift| line(shift, out)).collect();
    lines.extend(found.nobody.iter().map(|schedule| nobody(schedule)));
    lines.sort_by(|a, b| a.cells.first().cmp(&b.cells.first()));
    for line in Table::new(COLUMNS, out.width, out.color).page(&lines) {
        out.line(&line)?;
    }
    Ok(())
}

fn line(shift: &Shift, out: &Out) -> Line {
    let Shift { schedule, from, until, by, .. } = shift;
    let (since, until) = (end(from.as_ref(), "always", out), end(until.as_ref(), "for ever", out));
    Line::plain(vec![schedule.clone(), who(shift), since, until, by.clone()])
}

fn nobody(schedule: &str) -> Line {
    let cells = [schedule, "NOBODY", "-", "-", "-"].map(ToOwned::to_owned).to_vec();
    Line { cells, look: Look::Alarm }
}
