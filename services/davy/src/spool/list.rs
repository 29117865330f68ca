//! `davy spool list`.

use client::{Entry, KeptEvent, Spool, SpoolError, Standing};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    cli::Format,
    output::{Column, Line, Look, Out, Table, say},
    session::Session,
    time,
};

/// Rows that are held at once.
const PAGE: usize = 500;
const COLUMNS: &[Column] = &[
    Column::new("KEPT AT", 25, 25),
    Column::new("STANDING", 10, 10),
    Column::new("SUBJECT", 20, 60),
    Column::new("ID", 12, 50),
    Column::new("BYTES", 5, 8),
    Column::new("REASON", 12, 80),
    Column::new("NAME", 29, 29),
];

/// A file, and the event in it if it can be read.
struct Row {
    entry: Entry,
    kept: Option<KeptEvent>,
    /// Why it was not confirmed, or why it cannot be read.
    reason: String,
}

pub(super) fn print(spool: &Spool, session: &mut Session) -> anyhow::Result<()> {
    let entries = spool.entries()?;
    let counts = count(&entries);
    let out = &mut session.out;
    let mut table = Table::new(COLUMNS, out.width, out.color);
    if out.format == Format::Json {
        out.part("{\"events\":[")?;
    }
    for (page, entries) in entries.chunks(PAGE).enumerate() {
        let rows: Vec<_> = entries.iter().filter_map(|entry| read(spool, entry)).collect();
        match out.format {
            Format::Table => {
                let lines: Vec<_> = rows.iter().map(|row| line(row, out)).collect();
                table.page(&lines).iter().try_for_each(|line| out.line(line))?;
            }
            Format::Ndjson => rows.iter().try_for_each(|row| out.line(&object(row).to_string()))?,
            Format::Json => {
                let rows: Vec<_> = rows.iter().map(|row| object(row).to_string()).collect();
                let comma = if page > 0 && !rows.is_empty() { "," } else { "" };
                out.part(&format!("{comma}{}", rows.join(",")))?;
            }
        }
    }
    let dir = spool.dir().display().to_string();
    if out.format == Format::Json {
        out.line(&format!("],\"dir\":{}}}", Value::from(dir.as_str())))?;
    }
    out.flush()?;
    if out.format == Format::Table {
        let (waiting, refused, unreadable) = counts;
        say(&format!("{waiting} waiting, {refused} refused, {unreadable} unreadable in {dir}"));
    }
    Ok(())
}

fn count(entries: &[Entry]) -> (usize, usize, usize) {
    let of = |standing| entries.iter().filter(|entry| entry.standing == standing).count();
    (of(Standing::Waiting), of(Standing::Refused), of(Standing::Unreadable))
}

/// Nothing, if somebody delivered it meanwhile.
fn read(spool: &Spool, entry: &Entry) -> Option<Row> {
    let (kept, reason) = match spool.read(entry) {
        Ok(kept) => {
            let reason = kept.reason.clone();
            (Some(kept), reason)
        }
        Err(SpoolError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => (None, error.to_string()),
    };
    Some(Row { entry: entry.clone(), kept, reason })
}

const fn standing(entry: &Entry) -> &'static str {
    match entry.standing {
        Standing::Waiting => "waiting",
        Standing::Refused => "refused",
        Standing::Unreadable => "unreadable",
    }
}

fn line(row: &Row, out: &Out) -> Line {
    let Row { entry, kept, reason } = row;
    let kept_at = kept.as_ref().map(|kept| prost_types::Timestamp::from(kept.kept_at));
    let look = match entry.standing {
        Standing::Waiting => Look::Plain,
        Standing::Refused | Standing::Unreadable => Look::Alarm,
    };
    let cells = vec![
        time::shown(kept_at.as_ref(), &out.zone),
        standing(entry).to_owned(),
        kept.as_ref().map(|kept| kept.message.subject.clone()).unwrap_or_default(),
        kept.as_ref().and_then(KeptEvent::id).unwrap_or_default(),
        entry.bytes.to_string(),
        reason.clone(),
        entry.name.clone(),
    ];
    Line { cells, look }
}

fn object(row: &Row) -> Value {
    let Row { entry, kept, reason } = row;
    let kept_at = kept.as_ref().and_then(|kept| Timestamp::try_from(kept.kept_at).ok());
    json!({
        "name": entry.name,
        "standing": standing(entry),
        "keptAt": kept_at.map(|at| at.to_string()),
        "subject": kept.as_ref().map(|kept| &kept.message.subject),
        "id": kept.as_ref().and_then(KeptEvent::id),
        "bytes": entry.bytes,
        "reason": reason,
    })
}
