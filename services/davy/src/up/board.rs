//! The unacknowledged board: what nobody has answered, worst first.

use client::{
    Api, ApiError,
    v1::{
        Issue, IssueOrder, ListUnacknowledgedRequest, ListUnacknowledgedResponse, Owner, QuarantinedEvent,
        Severity, unacknowledged_entry::Entry,
    },
};
use jiff::{SignedDuration, Timestamp};

use super::screen::clean;

/// Rows on the board.
const ROWS: i32 = 10;

/// What the board shows.
pub(super) struct Board {
    rows: Vec<[String; 5]>,
    more: bool,
    quarantined: i64,
}

impl Board {
    pub(super) async fn ask(api: &Api, now: Timestamp) -> Result<Self, ApiError> {
        let request = ListUnacknowledgedRequest {
            order_by: IssueOrder::WorstFirst.into(),
            page_size: ROWS,
            ..ListUnacknowledgedRequest::default()
        };
        let ListUnacknowledgedResponse { entries, next_page_token, quarantined_total, .. } =
            api.list_unacknowledged(request).await?;
        let entries: Vec<_> = entries.into_iter().filter_map(|entry| entry.entry).collect();
        Ok(Self {
            rows: entries.iter().map(|entry| row(entry, now)).collect(),
            more: !next_page_token.is_empty(),
            quarantined: quarantined_total,
        })
    }

    /// Whether nothing is on it.
    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As lines of a table with at most so many rows, but 3 at least.
    pub(super) fn lines(&self, most: usize) -> Vec<String> {
        let rows = self.rows.get(..most.max(3)).unwrap_or(&self.rows);
        let more = if self.more || rows.len() < self.rows.len() { ", and more" } else { "" };
        let shown = rows.len();
        let mut lines =
            vec![format!("Unacknowledged: {shown} shown{more}; {} in quarantine", self.quarantined)];
        let header = ["SEV", "AGE", "CUSTOMER", "OWNER", "WHAT"].map(ToOwned::to_owned);
        let all: Vec<_> = std::iter::once(&header).chain(rows).collect();
        let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3, 4].map(width);
        lines.extend(all.iter().map(|row| {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
        }));
        lines
    }

    /// In one line.
    pub(super) fn summary(&self) -> String {
        let more = if self.more { " or more" } else { "" };
        format!("{}{more} unacknowledged, {} in quarantine", self.rows.len(), self.quarantined)
    }
}

fn row(entry: &Entry, now: Timestamp) -> [String; 5] {
    match entry {
        Entry::Issue(issue) => issue_row(issue, now),
        Entry::Quarantined(message) => quarantined_row(message, now),
    }
}

fn issue_row(issue: &Issue, now: Timestamp) -> [String; 5] {
    let severity = match issue.severity() {
        Severity::Unspecified => "-",
        Severity::Severity1 => "1",
        Severity::Severity2 => "2",
        Severity::Severity3 => "3",
        Severity::Severity4 => "4",
    };
    let since = issue.reported_at.as_ref().or(issue.first_seen_at.as_ref());
    let customer = issue
        .customer_as_reported
        .as_ref()
        .map_or_else(|| "_".to_owned(), |it| format!("{}:{}", it.system, it.id));
    [
        severity.to_owned(),
        age(since, now),
        fit(&customer, 20),
        fit(&owner(issue.owner.as_ref()), 34),
        fit(&issue.title, 48),
    ]
}

fn quarantined_row(message: &QuarantinedEvent, now: Timestamp) -> [String; 5] {
    let what = format!("cannot be read ({}): {}", message.reason, message.excerpt);
    let customer = if message.customer.is_empty() { "_" } else { &message.customer };
    [
        "!".to_owned(),
        age(message.stored_at.as_ref(), now),
        fit(customer, 20),
        fit(&message.department, 34),
        fit(&what, 48),
    ]
}

/// `department/team/person`, as far as they are named.
fn owner(owner: Option<&Owner>) -> String {
    let Some(Owner { department, team, person, was, .. }) = owner else { return String::new() };
    let person = person.as_ref().map(|person| if person.name.is_empty() { &person.id } else { &person.name });
    let named = [Some(department), Some(team), person].into_iter().flatten().filter(|part| !part.is_empty());
    let gone = if was.is_some() { " (owner left)" } else { "" };
    format!("{}{gone}", named.map(String::as_str).collect::<Vec<_>>().join("/"))
}

fn age(since: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    let since = since.and_then(|since| Timestamp::new(since.seconds, since.nanos).ok());
    let Some(waiting) = since.map(|since| now.duration_since(since).max(SignedDuration::ZERO)) else {
        return String::new();
    };
    match waiting.as_secs() {
        seconds @ ..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// On one line, at most so many characters.
fn fit(text: &str, most: usize) -> String {
    let text = clean(text).replace('\n', " ");
    if text.chars().count() <= most {
        text
    } else {
        text.chars().take(most - 1).chain(['\u{2026}']).collect()
    }
}
