//! A screen of the board, as lines: pure, so that it can be looked at in tests.
//!
//! Two lines above (how many, and in which departments), the table, one line below (where we stand with Davy).

use jiff::Timestamp;
use proto::v1::{Issue, QuarantinedEvent, Severity, UnacknowledgedEntry, unacknowledged_entry::Entry};
use unicode_width::UnicodeWidthStr as _;

use super::{OrderWord, Totals};
use crate::{
    output::{self, Column, Look, Table, clean, cut},
    time, words,
};

/// What is drawn.
pub(super) struct Screen<'a> {
    pub(super) rows: Vec<&'a UnacknowledgedEntry>,
    pub(super) order: OrderWord,
    /// Rows that are scrolled past.
    pub(super) offset: usize,
    pub(super) standing: &'a Standing,
    /// Whether all rows have come in.
    pub(super) complete: bool,
    pub(super) position: &'a str,
    pub(super) lag: Option<i64>,
}

/// Where we stand with Davy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Connecting,
    Connected,
    /// For this reason; the rows are those of before.
    Lost(String),
}

/// A line of the screen, no wider than it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Without one it is a header.
    pub(super) look: Option<Look>,
}

/// Lines that are no rows: two above, the table's header, one below.
const FRAME: usize = 4;
/// From this width on there is room for the owner and the customer, and for the id.
const MIDDLE: usize = 56;
const WIDE: usize = 130;

const DEPARTMENT: Column = Column::new("DEPARTMENT", 7, 20);
const SEVERITY: Column = Column::new("SEV", 3, 3);
const AGE: Column = Column::new("AGE", 4, 6);
const OWNER: Column = Column::new("OWNER", 6, 22);
const CUSTOMER: Column = Column::new("CUSTOMER", 6, 24);
const TITLE: Column = Column::new("TITLE", 8, 200);
const ID: Column = Column::new("ID", 36, 36);

/// The whole screen: as many lines as it is high, or fewer.
pub(super) fn render(mut screen: Screen<'_>, width: usize, height: usize, now: Timestamp) -> Vec<Line> {
    sort(&mut screen.rows, screen.order);
    let room = height.saturating_sub(FRAME);
    let offset = screen.offset.min(screen.rows.len().saturating_sub(room));
    let header = |text: String| Line { text, look: None };
    let mut lines = vec![
        header(title(&screen, offset, room)),
        Line { text: departments(&screen.rows), look: Some(Look::Plain) },
    ];
    let seen: Vec<_> = screen.rows.iter().skip(offset).take(room).map(|entry| row(entry, now)).collect();
    lines.extend(table(&seen, width));
    if seen.is_empty() && screen.complete {
        lines.push(Line { text: "Everybody has been answered.".to_owned(), look: Some(Look::Faint) });
    }
    let blank = Line { text: String::new(), look: Some(Look::Plain) };
    lines.truncate(height.saturating_sub(1));
    lines.resize(height.saturating_sub(1).max(lines.len()), blank);
    lines.push(footer(&screen, width));
    lines.into_iter().map(|line| Line { text: cut(&clean(&line.text), width), look: line.look }).collect()
}

fn sort<'a>(rows: &mut [&'a UnacknowledgedEntry], order: OrderWord) {
    rows.sort_by_cached_key(|row: &&'a UnacknowledgedEntry| {
        let (department, severity, since) = (department(row), rank(row), since(row));
        match order {
            OrderWord::Severity => ("", severity, since),
            OrderWord::Age => ("", 0, since),
            OrderWord::Department => (department, severity, since),
        }
    });
}

/// Worst first. Nobody knows what a quarantined message holds: it may be the worst.
fn rank(entry: &UnacknowledgedEntry) -> i32 {
    match &entry.entry {
        Some(Entry::Issue(issue)) if issue.severity() == Severity::Unspecified => Severity::Severity3.into(),
        Some(Entry::Issue(issue)) => issue.severity,
        Some(Entry::Quarantined(_)) | None => 0,
    }
}

/// From when the age is counted.
fn since(entry: &UnacknowledgedEntry) -> Option<(i64, i32)> {
    let instant = match entry.entry.as_ref()? {
        Entry::Issue(issue) => issue.reported_at.as_ref().or(issue.first_seen_at.as_ref()),
        Entry::Quarantined(message) => message.stored_at.as_ref(),
    };
    instant.map(|instant| (instant.seconds, instant.nanos))
}

fn department(entry: &UnacknowledgedEntry) -> &str {
    let department = match &entry.entry {
        Some(Entry::Issue(issue)) => issue.owner.as_ref().map_or("", |owner| owner.department.as_str()),
        Some(Entry::Quarantined(message)) => &message.department,
        None => "",
    };
    if department.is_empty() { "-" } else { department }
}

fn title(screen: &Screen<'_>, offset: usize, room: usize) -> String {
    let all = screen.rows.len();
    let quarantined =
        screen.rows.iter().filter(|row| matches!(row.entry, Some(Entry::Quarantined(_)))).count();
    let mut text = format!("{all} unacknowledged");
    if quarantined > 0 {
        text.push_str(&format!(", {quarantined} of them quarantined"));
    }
    if all > room {
        text.push_str(&format!("; {} to {}", offset + 1, (offset + room).min(all)));
    }
    let order = match screen.order {
        OrderWord::Severity => "worst first",
        OrderWord::Age => "oldest first",
        OrderWord::Department => "by department",
    };
    format!("{text}, {order}")
}

/// Those with the most first.
fn departments(rows: &[&UnacknowledgedEntry]) -> String {
    let mut totals = Totals::new();
    rows.iter().for_each(|row| *totals.entry(department(row)).or_default() += 1);
    let mut totals: Vec<_> = totals.into_iter().collect();
    totals.sort_by_key(|(department, rows)| (std::cmp::Reverse(*rows), *department));
    totals.iter().map(|(department, rows)| format!("{department} {rows}")).collect::<Vec<_>>().join("  ")
}

/// Cells in the order of the widest table.
struct Row {
    severity: String,
    age: String,
    department: String,
    owner: String,
    customer: String,
    title: String,
    id: String,
    look: Look,
}

fn row(entry: &UnacknowledgedEntry, now: Timestamp) -> Row {
    match &entry.entry {
        Some(Entry::Issue(issue)) => issue_row(issue, department(entry), now),
        Some(Entry::Quarantined(message)) => quarantined_row(message, department(entry), now),
        None => quarantined_row(&QuarantinedEvent::default(), "-", now),
    }
}

fn issue_row(issue: &Issue, department: &str, now: Timestamp) -> Row {
    let owner = issue
        .owner
        .as_ref()
        .map_or_else(String::new, |owner| words::place("", &owner.team, owner.person.as_ref()));
    // Nobody is named: the kind says it all. Otherwise it tells whether they took it.
    let kind = issue.owner.as_ref().map_or("", |owner| words::owner_kind(owner.kind));
    let owner = if owner.is_empty() { kind.to_owned() } else { format!("{owner} ({kind})") };
    let since = issue.reported_at.as_ref().or(issue.first_seen_at.as_ref());
    let grave = issue.severity() == Severity::Severity1;
    Row {
        severity: words::severity(issue.severity).to_owned(),
        age: time::age(since, now),
        department: department.to_owned(),
        owner,
        customer: words::customer(issue).unwrap_or_else(|| "_".to_owned()),
        title: issue.title.clone(),
        id: words::issue_name(issue),
        look: if grave { Look::Alarm } else { Look::Plain },
    }
}

fn quarantined_row(message: &QuarantinedEvent, department: &str, now: Timestamp) -> Row {
    let customer = if message.customer.is_empty() { "-" } else { &message.customer };
    Row {
        severity: "!".to_owned(),
        age: time::age(message.stored_at.as_ref(), now),
        department: department.to_owned(),
        owner: "quarantined".to_owned(),
        customer: customer.to_owned(),
        title: format!("{}: {}", message.reason, message.excerpt),
        id: message.position.clone(),
        look: Look::Alarm,
    }
}

/// The header and the rows, with as many columns as there is room for.
fn table(rows: &[Row], width: usize) -> Vec<Line> {
    let columns: &'static [Column] = match width {
        WIDE.. => &[SEVERITY, AGE, DEPARTMENT, OWNER, CUSTOMER, TITLE, ID],
        MIDDLE..WIDE => &[SEVERITY, AGE, DEPARTMENT, OWNER, CUSTOMER, TITLE],
        _ => &[SEVERITY, AGE, DEPARTMENT, TITLE],
    };
    let cells = |row: &Row| {
        let Row { severity, age, department, owner, customer, title, id, look } = row;
        let cells: Vec<_> = match width {
            WIDE.. => vec![severity, age, department, owner, customer, title, id],
            MIDDLE..WIDE => vec![severity, age, department, owner, customer, title],
            _ => vec![severity, age, department, title],
        };
        output::Line { cells: cells.into_iter().cloned().collect(), look: *look }
    };
    let lines: Vec<_> = rows.iter().map(cells).collect();
    let looks = std::iter::once(None).chain(rows.iter().map(|row| Some(row.look)));
    let printed = Table::new(columns, Some(width), false).page(&lines);
    printed.into_iter().zip(looks).map(|(text, look)| Line { text, look }).collect()
}

fn footer(screen: &Screen<'_>, width: usize) -> Line {
    let (left, look) = match (screen.standing, screen.complete) {
        (Standing::Lost(reason), _) => (format!("NOT CONNECTED: {reason}"), Look::Alarm),
        (Standing::Connecting, _) => ("connecting ...".to_owned(), Look::Faint),
        (Standing::Connected, false) if screen.position.is_empty() => ("loading ...".to_owned(), Look::Faint),
        (Standing::Connected, _) => {
            let behind = match screen.lag {
                Some(lag) => format!("lag {lag}"),
                None => "lag unknown".to_owned(),
            };
            (format!("position {}, {behind}", screen.position), Look::Faint)
        }
    };
    let keys = "s a d sort  q quit";
    let space = width.saturating_sub(left.width() + keys.width());
    // Keys are known after a while; where we stand is not.
    let text = if space < 2 { left } else { format!("{left}{}{keys}", " ".repeat(space)) };
    Line { text, look: Some(look) }
}

#[cfg(test)]
mod tests;
