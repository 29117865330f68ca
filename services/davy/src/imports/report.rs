//! What came of an import: counts by type, and everything that gave no event or was not taken.

use std::{collections::BTreeMap, sync::Arc};

use ::import::Import;
use proto::v1::{PublishOutcome, publish_outcome::Outcome};
use serde_json::json;

use super::{batch::Row, caught_up::sequence};
use crate::{
    cli::Format,
    exit::{Exit, Failure},
    output::{Column, Line, Out, Table, say},
};

const COLUMNS: &[Column] = &[
    Column::new("TYPE", 12, 40),
    Column::new("APPENDED", 8, 12),
    Column::new("DUPLICATE", 9, 12),
    Column::new("REJECTED", 8, 12),
];
const PLANNED: &[Column] = &[Column::new("TYPE", 12, 40), Column::new("EVENTS", 8, 12)];

/// Of one type.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    appended: u64,
    duplicate: u64,
    rejected: u64,
}

#[derive(Debug, Default)]
pub(super) struct Report {
    by_type: BTreeMap<Arc<str>, Count>,
    rejected_rows: usize,
    rejected_events: u64,
    /// The greatest position of all events, old and new; empty where there is none.
    pub(super) position: String,
}

impl Report {
    /// Tells what was read, and every row that gave no event.
    pub(super) fn read(&mut self, import: &Import) {
        say(&format!(
            "{} rows of {} records give {} events; dropped {} rows that repeat another and {} that are out of order",
            import.rows(),
            import.keys(),
            import.event_count(),
            import.dropped_identical(),
            import.dropped_late()
        ));
        for row in import.rejected() {
            say(&format!("{}:{}: the row {}", row.file, row.line, row.reason));
        }
        self.rejected_rows = import.rejected().len();
    }

    /// Counts an outcome; what to say of an event that was rejected.
    pub(super) fn take(&mut self, row: &Row, outcome: PublishOutcome) -> Option<String> {
        let count = self.by_type.entry(Arc::clone(&row.type_name)).or_default();
        let (position, said) = match outcome.outcome {
            Some(Outcome::Position(position)) => {
                count.appended += 1;
                (position, None)
            }
            Some(Outcome::DuplicateOf(position)) => {
                count.duplicate += 1;
                (position, None)
            }
            Some(Outcome::Rejected(rejection)) => {
                count.rejected += 1;
                self.rejected_events += 1;
                let reason = format!("{}, {}", rejection.reason, rejection.detail);
                (
                    String::new(),
                    Some(format!("{}:{}: {} was rejected: {reason}", row.file, row.line, row.type_name)),
                )
            }
            None => (String::new(), None),
        };
        if sequence(&position) > sequence(&self.position) {
            self.position = position;
        }
        said
    }

    /// What came of the events.
    pub(super) fn print(&self, out: &mut Out) -> anyhow::Result<()> {
        match out.format {
            Format::Table => {
                let line = |(name, count): (&Arc<str>, &Count)| {
                    let numbers =
                        [count.appended, count.duplicate, count.rejected].map(|number| number.to_string());
                    Line::plain([vec![name.to_string()], numbers.to_vec()].concat())
                };
                let lines: Vec<_> = self.by_type.iter().map(line).collect();
                for line in Table::new(COLUMNS, out.width, out.color).page(&lines) {
                    out.line(&line)?;
                }
            }
            Format::Ndjson => {
                for row in self.by_type.iter().map(row) {
                    out.line(&row.to_string())?;
                }
            }
            Format::Json => {
                let types: Vec<_> = self.by_type.iter().map(row).collect();
                let whole =
                    json!({ "types": types, "rejectedRows": self.rejected_rows, "position": self.position });
                out.line(&whole.to_string())?;
            }
        }
        out.flush()?;
        if !self.position.is_empty() {
            say(&format!("everything up to position {} is stored", self.position));
        }
        Ok(())
    }

    /// What would come of the rows.
    pub(super) fn print_planned(&self, import: &Import, out: &mut Out) -> anyhow::Result<()> {
        let rows: Vec<_> = import
            .counts()
            .iter()
            .map(|(name, count)| json!({ "type": &**name, "events": count.to_string() }))
            .collect();
        match out.format {
            Format::Table => {
                let line =
                    |(name, count): (&Arc<str>, &u64)| Line::plain(vec![name.to_string(), count.to_string()]);
                let lines: Vec<_> = import.counts().iter().map(line).collect();
                for line in Table::new(PLANNED, out.width, out.color).page(&lines) {
                    out.line(&line)?;
                }
            }
            Format::Ndjson => rows.iter().try_for_each(|row| out.line(&row.to_string()))?,
            Format::Json => {
                out.line(&json!({ "types": rows, "rejectedRows": self.rejected_rows }).to_string())?
            }
        }
        Ok(out.flush()?)
    }

    /// Rejected events are a failure: they are complaints, too.
    pub(super) fn verdict(&self, rest: &str) -> anyhow::Result<()> {
        if self.rejected_rows > 0 {
            say(&format!("{} rows gave no event; see above", self.rejected_rows));
        }
        if self.rejected_events == 0 {
            return Ok(());
        }
        let message = format!("{} events were rejected, see above; {rest}", self.rejected_events);
        Err(Failure::new(Exit::Refused, message).into())
    }
}

fn row((name, count): (&Arc<str>, &Count)) -> serde_json::Value {
    json!({
        "type": &**name,
        "appended": count.appended.to_string(),
        "duplicate": count.duplicate.to_string(),
        "rejected": count.rejected.to_string(),
    })
}
