//! `davy timeline --follow`: the newest entries, and then each as it comes.

use client::{Change, PositionKey, Rows};
use proto::v1::{GetTimelineRequest, IssueName, TimelineEntry, WatchTimelineRequest};

use crate::{
    cli::Format,
    list::Listing,
    live,
    output::{Column, Line, Look, Out, Table},
    session::Session,
};

/// Entries that are kept to tell what is new from what looks different.
const KEPT: usize = 10_000;
/// The most that Davy begins with.
const MOST: u64 = 500;

/// Prints until Ctrl-C.
pub(super) async fn follow(
    customer: String,
    issue: Option<IssueName>,
    recent: Option<u64>,
    resume_token: String,
    session: &mut Session,
) -> anyhow::Result<()> {
    let recent = recent.map_or(0, |rows| i32::try_from(rows.min(MOST)).unwrap_or(i32::MAX));
    let what = format!("the timeline of {customer}");
    let request = WatchTimelineRequest { customer, issue, recent, resume_token };
    let watch = session.api.watch_timeline(request);
    let (mut printer, header) = Printer::new(&session.out);
    if session.out.format == Format::Table {
        session.out.line(&header)?;
        session.out.flush()?;
    }
    live::print(watch, session, &what, |frame, _, out| {
        printer.lines(frame, out).iter().try_for_each(|line| out.line(line))?;
        Ok(())
    })
    .await
}

/// Those of a timeline, behind the mark.
const COLUMNS: &[Column] = &[
    Column::new("", 1, 1),
    Column::new("TIME", 25, 25),
    Column::new("DEPARTMENT", 7, 32),
    Column::new("TYPE", 12, 32),
    Column::new("SUMMARY", 10, 200),
    Column::new("OUTCOME", 7, 40),
    Column::new("POSITION", 8, 16),
];

/// What most cells need.
const USUAL: &[usize] = &[1, 25, 13, 20, 60, 12, 8];

/// Entries as a table that grows.
struct Printer {
    rows: Rows<PositionKey, TimelineEntry>,
    table: Table,
}

impl Printer {
    /// And its header.
    fn new(out: &Out) -> (Self, String) {
        let (table, header) = Table::growing(COLUMNS, USUAL, out.width, out.color);
        (Self { rows: Rows::at_most(KEPT), table }, header)
    }

    fn lines(
        &mut self,
        frame: impl Into<client::RowFrame<PositionKey, TimelineEntry>>,
        out: &Out,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        self.rows.apply_with(frame, |change| lines.extend(line(change, out)));
        self.table.page(&lines)
    }
}

/// `~` stands before what is known and looks different now, `-` before what stands in this timeline no longer.
fn line(change: Change<'_, PositionKey, TimelineEntry>, out: &Out) -> Option<Line> {
    let (mark, entry) = match change {
        Change::Added(_, entry) => ("", entry),
        Change::Changed { row, .. } => ("~", row),
        Change::Removed(_, entry) => ("-", entry?),
    };
    let Line { mut cells, look } = GetTimelineRequest::line(entry, out);
    cells.insert(0, mark.to_owned());
    Some(Line { cells, look: if mark == "-" { Look::Faint } else { look } })
}

#[cfg(test)]
mod tests {
    use client::RowFrame;
    use expect_test::expect;
    use proto::v1::EventOutcome;

    use super::*;

    fn entry(sequence: u32, kind: &str, outcome: EventOutcome) -> RowFrame<PositionKey, TimelineEntry> {
        let position = format!("0-{sequence}");
        let entry = TimelineEntry {
            position: position.clone(),
            time: Some(prost_types::Timestamp { seconds: 1_772_445_600 + i64::from(sequence), nanos: 0 }),
            department: "support".into(),
            r#type: kind.into(),
            summary: "Pump resets".into(),
            outcome: outcome.into(),
            ..TimelineEntry::default()
        };
        RowFrame::Upsert(PositionKey(position), entry)
    }

    #[test]
    fn entries_stand_below_each_other_and_what_changed_is_marked() {
        let out = Out::to(std::io::sink(), Format::Table, Some(100));
        let (mut printer, header) = Printer::new(&out);
        let frames = [
            entry(9, "issue.reported", EventOutcome::Applied),
            entry(10, "issue.acknowledged", EventOutcome::Applied),
            entry(9, "issue.reported", EventOutcome::Applied),
            entry(10, "issue.acknowledged", EventOutcome::Retracted),
            RowFrame::Remove(PositionKey("0-9".into())),
            RowFrame::Remove(PositionKey("0-1".into())),
        ];
        let mut lines = vec![header];
        lines.extend(frames.into_iter().flat_map(|frame| printer.lines(frame, &out)));
        expect![[r#"
               TIME                       DEPARTMENT     TYPE             SUMMARY         OUTCOME       POSITION
               2026-03-02 10:00:09+00:00  support        issue.reported   Pump resets                   0-9
               2026-03-02 10:00:10+00:00  support        issue.acknowle…  Pump resets                   0-10
            ~  2026-03-02 10:00:10+00:00  support        issue.acknowle…  Pump resets     retracted     0-10
            -  2026-03-02 10:00:09+00:00  support        issue.reported   Pump resets                   0-9
        "#]]
        .assert_eq(&format!("{}\n", lines.join("\n")));
    }
}
