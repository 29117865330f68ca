//! `davy status`.

use anyhow::Context as _;
use client::json;
use proto::v1::{Durability, GetStatusRequest, GetStatusResponse, Phase, RebuildState};

use crate::{
    cli::Format,
    output::{Column, Line, Out, Table, say},
    session::Session,
};

pub(crate) async fn run(session: &mut Session) -> anyhow::Result<()> {
    let status = session.api.get_status(GetStatusRequest::default()).await.context("get the status")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&status, out)?,
        Format::Json | Format::Ndjson => out.line(&json::to_string(&status)?)?,
    }
    if !status.problem.is_empty() {
        out.flush()?;
        say(&format!("warning: {}", status.problem));
    }
    Ok(())
}

fn show(status: &GetStatusResponse, out: &mut Out) -> anyhow::Result<()> {
    let behind = status.lag.map_or_else(|| "lag unknown".to_owned(), |lag| format!("lag {lag}"));
    let log = if status.log_connected { "connected" } else { "not connected" };
    let unknown: Vec<_> =
        status.unknown_types.iter().map(|kind| format!("{} ({})", kind.r#type, kind.events)).collect();
    let losses: Vec<_> = status
        .losses
        .iter()
        .map(|loss| format!("{} to {} ({}; accepted by {})", loss.from, loss.to, loss.reason, loss.position))
        .collect();
    out.fields(&[
        ("phase", phase(status.phase).to_owned()),
        ("problem", status.problem.clone()),
        ("position", format!("{} of {}, {behind}", status.position, dash(&status.tail))),
        ("log", format!("{log}, {}", durability(status.durability))),
        ("store", store(status)),
        ("rebuilding", status.rebuild.as_ref().map(|it| rebuild(it, out)).unwrap_or_default()),
        ("issues", format!("{}, {} unacknowledged", status.issues, status.unacknowledged_issues)),
        ("customers", status.customers.to_string()),
        ("duplicates", status.duplicates.to_string()),
        ("quarantined", status.quarantined_total.to_string()),
        ("unknown types", unknown.join(", ")),
        ("losses", losses.join("; ")),
        ("watches", status.watches.to_string()),
        ("version", status.version.clone()),
        ("started", out.time(status.started_at.as_ref())),
    ])?;
    if !status.departments.is_empty() {
        out.line("")?;
        for line in Table::new(DEPARTMENTS, out.width, out.color).page(&departments(status)) {
            out.line(&line)?;
        }
    }
    Ok(())
}

fn store(status: &GetStatusResponse) -> String {
    let verified = if status.verified { "verified" } else { "not verified yet" };
    let free =
        status.free_bytes.map(|bytes| format!(", {} free on its disk", size(bytes))).unwrap_or_default();
    format!("generation {}, {verified}{free}", status.generation)
}

/// In the largest unit of which there is one.
fn size(bytes: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    unit.map_or_else(|| format!("{bytes} bytes"), |(unit, name)| format!("{} {name}", bytes / unit))
}

fn rebuild(state: &RebuildState, out: &Out) -> String {
    let RebuildState { reason, done, total, started_at, generation } = state;
    let percent = done.saturating_mul(100) / (*total).max(1);
    let since = out.time(started_at.as_ref());
    format!("generation {generation}, {percent}% ({done} of {total}) since {since}: {reason}")
}

const DEPARTMENTS: &[Column] =
    &[Column::new("DEPARTMENT", 10, 32), Column::new("UNACKNOWLEDGED", 14, 14), Column::new("NOTE", 4, 60)];

fn departments(status: &GetStatusResponse) -> Vec<Line> {
    let line = |department: &proto::v1::DepartmentStatus| {
        let note = match (department.unlisted, department.active) {
            (true, _) => "not in the directory",
            (false, false) => "closed",
            (false, true) => "",
        };
        Line::plain(vec![
            department.department.clone(),
            department.unacknowledged_issues.to_string(),
            note.to_owned(),
        ])
    };
    status.departments.iter().map(line).collect()
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}

fn phase(number: i32) -> &'static str {
    match Phase::try_from(number).unwrap_or_default() {
        Phase::Unspecified => "unknown",
        Phase::CatchingUp => "catching up",
        Phase::Live => "live",
        Phase::Diverged => "diverged",
        Phase::Stalled => "stalled",
        Phase::OutOfSpace => "out of space",
    }
}

fn durability(number: i32) -> &'static str {
    match Durability::try_from(number).unwrap_or_default() {
        Durability::Durable => "durable",
        Durability::NotDurable => "NOT DURABLE: confirmed writes can be lost in a power cut",
        Durability::Unspecified | Durability::Unknown => "durability unknown",
    }
}
