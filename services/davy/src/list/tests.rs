//! Every list in every form, from pages that no server had to send.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use client::json;
use expect_test::expect;
use proto::v1;

use super::*;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a list prints on stdout.
fn printed<L: Listing>(pages: Vec<L::Page>, format: Format, width: Option<usize>) -> String {
    let buffer = Buffer::default();
    let mut out = Out::to(buffer.clone(), format, width);
    let mut printer = Printer::<L>::new(&out);
    for page in pages {
        printer.page(page, &mut out).unwrap();
    }
    printer.finish(&mut out).unwrap();
    let bytes = buffer.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn issue(title: &str) -> v1::Issue {
    let owner =
        v1::Owner { department: "sales".into(), kind: v1::OwnerKind::Desk.into(), ..v1::Owner::default() };
    v1::Issue {
        id: "03ef809f-94b2-5eee-9bd2-9c2a8198024c".into(),
        references: vec![v1::Reference { system: "zendesk".into(), id: "55".into() }],
        customer: Some(v1::CustomerRef { id: "c".into(), display_name: "4711".into() }),
        customer_as_reported: Some(v1::Reference { system: "crm".into(), id: "4711".into() }),
        title: title.into(),
        lifecycle: v1::Lifecycle::Open.into(),
        severity: v1::Severity::Severity2.into(),
        owner: Some(owner),
        reported_at: Some(prost_types::Timestamp { seconds: 1_772_500_000 - 7_200, nanos: 0 }),
        ..v1::Issue::default()
    }
}

/// Every list, with one row, in every form.
fn check<L: Listing>(page: impl Fn(&str) -> L::Page)
where
    L::Page: PartialEq + std::fmt::Debug,
    L::Row: PartialEq + std::fmt::Debug,
{
    let pages = || vec![page("next"), page("next"), page("")];
    let table = printed::<L>(pages(), Format::Table, Some(80));
    assert_eq!(table.lines().count(), 4, "{}: {table}", L::NOUN);
    assert!(table.starts_with(L::COLUMNS[0].name), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");

    let ndjson = printed::<L>(pages(), Format::Ndjson, None);
    let rows: Vec<L::Row> = ndjson.lines().map(|line| json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);

    let whole: L::Page = json::from_str(&printed::<L>(pages(), Format::Json, None)).unwrap();
    let mut last = page("");
    L::take_rows(&mut last);
    let mut rest = whole;
    assert_eq!(L::take_rows(&mut rest), rows);
    assert_eq!(rest, last);

    let mut empty = page("");
    L::take_rows(&mut empty);
    let printed_empty = printed::<L>(vec![empty.clone_page()], Format::Json, None);
    assert_eq!(printed_empty.trim_end(), json::to_string(&empty).unwrap());
    for format in [Format::Table, Format::Ndjson] {
        assert_eq!(printed::<L>(vec![empty.clone_page()], format, None), "");
    }
}

/// Pages are cloned by their JSON, which every page has.
trait ClonePage {
    fn clone_page(&self) -> Self;
}

impl<M: Canonical> ClonePage for M {
    fn clone_page(&self) -> Self {
        json::from_str(&json::to_string(self).unwrap()).unwrap()
    }
}

fn state() -> Option<v1::ReadState> {
    Some(v1::ReadState { position: "0-13".into(), lag: Some(0) })
}

fn quarantined() -> v1::QuarantinedEvent {
    v1::QuarantinedEvent {
        position: "0-12".into(),
        reason: "unreadable".into(),
        subject: "davy.events.field-service.crm:4711.issue.reported".into(),
        excerpt: "{\"text\": ".into(),
        ..Default::default()
    }
}

#[test]
fn every_list_has_every_form() {
    let read_state = state();
    check::<v1::ListIssuesRequest>(|token| v1::ListIssuesResponse {
        issues: vec![issue("Pump resets")],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::ListUnacknowledgedRequest>(|token| v1::ListUnacknowledgedResponse {
        entries: vec![v1::UnacknowledgedEntry {
            entry: Some(v1::unacknowledged_entry::Entry::Quarantined(quarantined())),
        }],
        next_page_token: token.into(),
        quarantined_total: 3,
        read_state: read_state.clone(),
    });
    check::<v1::ListCustomersRequest>(|token| v1::ListCustomersResponse {
        customers: vec![v1::Customer { token: "crm:4711".into(), open_issues: 2, ..Default::default() }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::GetTimelineRequest>(|token| v1::GetTimelineResponse {
        entries: vec![v1::TimelineEntry {
            position: "0-1".into(),
            r#type: "issue.reported".into(),
            summary: "Pump ".repeat(40),
            ..Default::default()
        }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
        ..Default::default()
    });
    check::<v1::ListSuggestionsRequest>(|token| v1::ListSuggestionsResponse {
        suggestions: vec![v1::Suggestion { token: "crm:4711".into(), ..Default::default() }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::ListIdentityConflictsRequest>(|token| v1::ListIdentityConflictsResponse {
        conflicts: vec![v1::IdentityConflict { token: "crm:4711".into(), ..Default::default() }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::ListNotComparedRequest>(|token| v1::ListNotComparedResponse {
        pairs: vec![v1::NotCompared { issue: Some(issue("Pump resets")), ..Default::default() }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::ListSilentRequest>(|token| v1::ListSilentResponse {
        customers: vec![v1::SilentCustomer {
            customer: Some(v1::Customer { token: "crm:4711".into(), ..Default::default() }),
            ..Default::default()
        }],
        next_page_token: token.into(),
        read_state: read_state.clone(),
    });
    check::<v1::ListQuarantineRequest>(|token| v1::ListQuarantineResponse {
        events: vec![quarantined()],
        next_page_token: token.into(),
        quarantined_total: 3,
        read_state: read_state.clone(),
    });
}

#[test]
fn a_narrow_table_of_issues() {
    use v1::unacknowledged_entry::Entry;
    let entry = |entry| v1::UnacknowledgedEntry { entry: Some(entry) };
    let mut bare = issue("Wants her money back");
    bare.references = vec![v1::Reference { system: "/sales".into(), id: "9d63a944".into() }];
    let entries = vec![
        entry(Entry::Issue(issue("Pump resets every two hours since Friday, and nobody calls back"))),
        entry(Entry::Issue(bare)),
        entry(Entry::Quarantined(quarantined())),
    ];
    let page = v1::ListUnacknowledgedResponse { entries, read_state: state(), ..Default::default() };
    expect![[r#"
        AGE SEV LIFECYC… OWNER    CUSTOMER TITLE    ID
        2h  2   open     sales (… crm:4711 Pump re… zendesk:55
        2h  2   open     sales (… crm:4711 Wants h… 03ef809f-94b2-5eee-9bd2-9c2a8198024c
        -   -   quarant… -        -        unreada… 0-12
    "#]]
    .assert_eq(&printed::<v1::ListUnacknowledgedRequest>(vec![page], Format::Table, Some(80)));
}
