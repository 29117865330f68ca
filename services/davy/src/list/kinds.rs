//! Each list: its rows, its columns, and what a row looks like.

use proto::v1::{
    Customer, GetTimelineRequest, GetTimelineResponse, Issue, ListCustomersRequest, ListCustomersResponse,
    ListIssuesRequest, ListIssuesResponse, ListQuarantineRequest, ListQuarantineResponse,
    ListUnacknowledgedRequest, ListUnacknowledgedResponse, QuarantineSettlement, QuarantinedEvent, ReadState,
    Severity, TimelineEntry, UnacknowledgedEntry, quarantine_settlement::Kind, unacknowledged_entry::Entry,
};

use super::Listing;
use crate::{
    output::{Column, Line, Look, Out},
    time, words,
};

const ISSUE_COLUMNS: &[Column] = &[
    Column::new("AGE", 4, 6),
    Column::new("SEV", 3, 3),
    Column::new("LIFECYCLE", 6, 16),
    Column::new("OWNER", 8, 40),
    Column::new("CUSTOMER", 6, 24),
    Column::new("TITLE", 8, 200),
    Column::new("ID", 36, 36),
];

/// A row of a table of issues.
fn issue_line(issue: &Issue, out: &Out) -> Line {
    let since = issue.reported_at.as_ref().or(issue.first_seen_at.as_ref());
    let customer = words::customer(issue).unwrap_or_else(|| "_".to_owned());
    let grave = issue.severity == i32::from(Severity::Severity1);
    let cells = vec![
        time::age(since, out.now),
        words::severity(issue.severity).to_owned(),
        words::lifecycle(issue.lifecycle).to_owned(),
        words::owner(issue),
        customer,
        issue.title.clone(),
        words::issue_name(issue),
    ];
    Line { cells, look: if grave { Look::Alarm } else { Look::Plain } }
}

fn quarantined_among_issues(event: &QuarantinedEvent, out: &Out) -> Line {
    let cells = vec![
        time::age(event.stored_at.as_ref(), out.now),
        "-".to_owned(),
        "quarantined".to_owned(),
        dash(&event.department),
        dash(&event.customer),
        format!("{}: {}", event.reason, event.excerpt),
        event.position.clone(),
    ];
    Line { cells, look: Look::Alarm }
}

fn dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

impl Listing for ListIssuesRequest {
    type Row = Issue;

    const MEMBER: &'static str = "issues";
    const NOUN: &'static str = "issues";
    const COLUMNS: &'static [Column] = ISSUE_COLUMNS;

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListIssuesResponse) -> Vec<Issue> {
        std::mem::take(&mut page.issues)
    }

    fn state(page: &ListIssuesResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &Issue, out: &Out) -> Line {
        issue_line(row, out)
    }

    fn note(_: &ListIssuesResponse) -> Option<String> {
        None
    }
}

impl Listing for ListUnacknowledgedRequest {
    type Row = UnacknowledgedEntry;

    const MEMBER: &'static str = "entries";
    const NOUN: &'static str = "unacknowledged";
    const COLUMNS: &'static [Column] = ISSUE_COLUMNS;

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListUnacknowledgedResponse) -> Vec<UnacknowledgedEntry> {
        std::mem::take(&mut page.entries)
    }

    fn state(page: &ListUnacknowledgedResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &UnacknowledgedEntry, out: &Out) -> Line {
        match &row.entry {
            Some(Entry::Issue(issue)) => issue_line(issue, out),
            Some(Entry::Quarantined(event)) => quarantined_among_issues(event, out),
            None => Line::plain(vec!["?".to_owned(); ISSUE_COLUMNS.len()]),
        }
    }

    fn note(page: &ListUnacknowledgedResponse) -> Option<String> {
        let total = page.quarantined_total;
        (total > 0).then(|| format!("{total} messages are quarantined in all; see `davy quarantine list`"))
    }
}

impl Listing for ListCustomersRequest {
    type Row = Customer;

    const MEMBER: &'static str = "customers";
    const NOUN: &'static str = "customers";
    const COLUMNS: &'static [Column] = &[
        Column::new("CUSTOMER", 12, 60),
        Column::new("NAME", 8, 60),
        Column::new("UNACKNOWLEDGED", 14, 14),
        Column::new("OPEN", 4, 8),
        Column::new("ISSUES", 6, 8),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListCustomersResponse) -> Vec<Customer> {
        std::mem::take(&mut page.customers)
    }

    fn state(page: &ListCustomersResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &Customer, _: &Out) -> Line {
        Line::plain(vec![
            row.token.clone(),
            row.display_name.clone(),
            row.unacknowledged_issues.to_string(),
            row.open_issues.to_string(),
            row.issues.to_string(),
        ])
    }

    fn note(_: &ListCustomersResponse) -> Option<String> {
        None
    }
}

impl Listing for GetTimelineRequest {
    type Row = TimelineEntry;

    const MEMBER: &'static str = "entries";
    const NOUN: &'static str = "events";
    const COLUMNS: &'static [Column] = &[
        Column::new("TIME", 25, 25),
        Column::new("DEPARTMENT", 7, 32),
        Column::new("TYPE", 12, 32),
        Column::new("SUMMARY", 10, 200),
        Column::new("OUTCOME", 7, 40),
        Column::new("POSITION", 8, 16),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut GetTimelineResponse) -> Vec<TimelineEntry> {
        std::mem::take(&mut page.entries)
    }

    fn state(page: &GetTimelineResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &TimelineEntry, out: &Out) -> Line {
        let anomalies = row.anomalies.iter().map(String::as_str);
        let parts =
            [words::outcome(row.outcome)].into_iter().filter(|part| !part.is_empty()).chain(anomalies);
        let doubts = parts.collect::<Vec<_>>().join(", ");
        let cells = vec![
            out.time(row.time.as_ref()),
            row.department.clone(),
            row.r#type.clone(),
            row.summary.clone(),
            doubts,
            row.position.clone(),
        ];
        let applied = words::outcome(row.outcome).is_empty();
        Line { cells, look: if applied { Look::Plain } else { Look::Faint } }
    }

    fn note(_: &GetTimelineResponse) -> Option<String> {
        None
    }
}

/// How somebody dealt with it.
fn settlement(settled: &QuarantineSettlement) -> String {
    let by = words::place(&settled.department, "", settled.person.as_ref());
    let verb = match settled.kind() {
        Kind::Redriven => "redriven",
        Kind::Skipped => "skipped",
        Kind::Unspecified => "settled",
    };
    let reason = if settled.reason.is_empty() { String::new() } else { format!(": {}", settled.reason) };
    format!("{verb} by {by} at {}{reason}", settled.position)
}

impl Listing for ListQuarantineRequest {
    type Row = QuarantinedEvent;

    const MEMBER: &'static str = "events";
    const NOUN: &'static str = "quarantined messages";
    const COLUMNS: &'static [Column] = &[
        Column::new("POSITION", 8, 16),
        Column::new("STORED", 25, 25),
        Column::new("REASON", 10, 21),
        Column::new("SUBJECT", 12, 60),
        Column::new("DETAIL", 10, 200),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListQuarantineResponse) -> Vec<QuarantinedEvent> {
        std::mem::take(&mut page.events)
    }

    fn state(page: &ListQuarantineResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &QuarantinedEvent, out: &Out) -> Line {
        let cells = vec![
            row.position.clone(),
            out.time(row.stored_at.as_ref()),
            row.reason.clone(),
            row.subject.clone(),
            row.settled.as_ref().map_or_else(|| row.detail.clone(), settlement),
        ];
        Line { cells, look: if row.settled.is_some() { Look::Faint } else { Look::Plain } }
    }

    fn note(_: &ListQuarantineResponse) -> Option<String> {
        None
    }
}
