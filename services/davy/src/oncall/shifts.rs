//! `davy oncall shifts`: a table in which the hours that nobody has stand where they fall.

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{ListShiftsRequest, ListShiftsResponse, Shift, ShiftGap};

use super::{Row, Whose, end, length, to_come, who};
use crate::{
    cli::Format,
    output::{Column, Line, Look, Out, Table, say},
    session::Session,
    time::Edge,
};

#[derive(Debug, Args)]
pub(crate) struct ShiftsArgs {
    #[command(flatten)]
    whose: Whose,
    /// From when on; now unless given
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when, such as 60d; 14 days later unless given, at most 400
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

const COLUMNS: &[Column] = &[
    Column::new("FROM", 25, 25),
    Column::new("UNTIL", 25, 25),
    Column::new("LENGTH", 4, 8),
    Column::new("SCHEDULE", 8, 40),
    Column::new("ON CALL", 8, 40),
    Column::new("BY", 8, 40),
];

pub(super) async fn run(args: ShiftsArgs, session: &mut Session) -> anyhow::Result<()> {
    let ShiftsArgs { whose: Whose { schedule, person }, from, until } = args;
    let instant =
        |text: Option<String>, edge| text.as_deref().map(|text| to_come(text, edge, session)).transpose();
    let request = ListShiftsRequest {
        schedule: schedule.unwrap_or_default(),
        person: person.unwrap_or_default(),
        from: instant(from, Edge::Begins)?,
        until: instant(until, Edge::Ends)?,
    };
    let found = session.api.list_shifts(request).await.context("list the shifts")?;
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
    out.flush()?;
    if found.truncated {
        say("there are more: ask again with --from the last one's end");
    }
    let before = if found.shifts.is_empty() { "no shifts; " } else { "" };
    Ok(out.state(found.read_state.as_ref(), before)?)
}

fn show(found: &ListShiftsResponse, out: &mut Out) -> anyhow::Result<()> {
    let shifts = found.shifts.iter().map(Row::Shift);
    let mut rows: Vec<_> = shifts.chain(found.gaps.iter().map(Row::Gap)).collect();
    rows.sort_by_key(Row::begin);
    let lines: Vec<_> = rows.iter().map(|row| line(row, out)).collect();
    for line in Table::new(COLUMNS, out.width, out.color).page(&lines) {
        out.line(&line)?;
    }
    Ok(())
}

fn line(row: &Row<'_>, out: &Out) -> Line {
    let (from, until, schedule, who, by) = match row {
        Row::Shift(shift) => {
            let Shift { schedule, from, until, by, person: _, name: _ } = shift;
            (from.as_ref(), until.as_ref(), schedule, who(shift), by.as_str())
        }
        Row::Gap(ShiftGap { schedule, from, until }) => {
            (from.as_ref(), until.as_ref(), schedule, "NOBODY".to_owned(), "-")
        }
    };
    let look = match row {
        Row::Shift(_) => Look::Plain,
        Row::Gap(_) => Look::Alarm,
    };
    let ends = [end(from, "always", out), end(until, "for ever", out), length(from, until)];
    let rest = [schedule.clone(), who, by.to_owned()];
    Line { cells: ends.into_iter().chain(rest).collect(), look }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().map_err(|_| io::ErrorKind::Other)?.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn hours_that_nobody_has_stand_where_they_fall() {
        let at =
            |hours: i64| Some(prost_types::Timestamp { seconds: 1_772_445_600 + hours * 3_600, nanos: 0 });
        let shift = |person: &str, name: &str, from, until| Shift {
            schedule: "support".into(),
            person: person.into(),
            name: name.into(),
            from,
            until,
            by: "layer week".into(),
        };
        let found = ListShiftsResponse {
            shifts: vec![shift("mia", "Mia", None, at(8)), shift("noa", "", at(14), at(182))],
            gaps: vec![ShiftGap { schedule: "support".into(), from: at(8), until: at(14) }],
            ..ListShiftsResponse::default()
        };
        let written = Shared::default();
        let mut out = Out::to(written.clone(), Format::Table, None);
        show(&found, &mut out).unwrap();
        expect![[r#"
            FROM                       UNTIL                      LENGTH  SCHEDULE  ON CALL    BY
            always                     2026-03-02 18:00:00+00:00  -       support   Mia (mia)  layer week
            2026-03-02 18:00:00+00:00  2026-03-03 00:00:00+00:00  6h      support   NOBODY     -
            2026-03-03 00:00:00+00:00  2026-03-10 00:00:00+00:00  7d      support   noa        layer week
        "#]]
        .assert_eq(&String::from_utf8_lossy(&written.0.lock().unwrap()));
    }
}
