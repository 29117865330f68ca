//! The lines of a watch.

use client::RowFrame;
use expect_test::expect;
use proto::v1::{Acknowledgement, CustomerRef, Lifecycle, Owner, OwnerKind, Person, Reference};

use super::*;
use crate::cli::Format;

fn issue() -> Issue {
    let owner = Owner { department: "support".into(), kind: OwnerKind::Desk.into(), ..Owner::default() };
    Issue {
        id: "03ef809f-94b2-5eee-9bd2-9c2a8198024c".into(),
        references: vec![Reference { system: "zendesk".into(), id: "55".into() }],
        customer: Some(CustomerRef::default()),
        customer_as_reported: Some(Reference { system: "crm".into(), id: "4711".into() }),
        title: "Pump resets\nevery two hours".into(),
        lifecycle: Lifecycle::Open.into(),
        severity: Severity::Severity2.into(),
        owner: Some(owner),
        event_count: 1,
        ..Issue::default()
    }
}

fn out(width: Option<usize>) -> Out {
    Out::to(std::io::sink(), Format::Table, width)
}

#[test]
fn every_change_of_the_list_is_a_line() {
    let entry = |issue| UnacknowledgedEntry { entry: Some(Entry::Issue(issue)) };
    let id = || UnacknowledgedId::Issue("03ef".into());
    let quarantined = QuarantinedEvent {
        position: "0-11".into(),
        department: "field-service".into(),
        reason: "unreadable".into(),
        excerpt: "{\"text\": ".into(),
        ..QuarantinedEvent::default()
    };
    let quarantined = UnacknowledgedEntry { entry: Some(Entry::Quarantined(quarantined)) };
    let mut owned = issue();
    owned.owner = Some(Owner {
        department: "engineering".into(),
        team: "Firmware".into(),
        kind: OwnerKind::Provisional.into(),
        ..Owner::default()
    });
    let frames = || {
        [
            RowFrame::Upsert(id(), entry(issue())),
            RowFrame::Upsert(UnacknowledgedId::Quarantined("0-11".into()), quarantined.clone()),
            RowFrame::Upsert(id(), entry(owned.clone())),
            RowFrame::Remove(id()),
            RowFrame::Remove(UnacknowledgedId::Issue("5eee".into())),
        ]
    };
    let mut text = String::new();
    for (width, resumed) in [(None, true), (Some(80), false)] {
        let (out, mut rows) = (out(width), Rows::new());
        for frame in frames() {
            rows.apply_with(frame, |change| {
                let line = list_line(change, resumed, out.now, &out);
                text.extend(line.map(|line| format!("{line}\n")));
            });
        }
    }
    expect![[r#"
        2026-03-03 01:06:40+00:00 + zendesk:55    2  support           crm:4711    Pump resets every two hours
        2026-03-03 01:06:40+00:00 + 0-11          !  field-service     -           unreadable: {"text": 
        2026-03-03 01:06:40+00:00 ~ zendesk:55    2  engineering/Firmware  crm:4711    Pump resets every two hours
        2026-03-03 01:06:40+00:00 - zendesk:55    2  engineering/Firmware  crm:4711    Pump resets every two hours
        2026-03-03 01:06:40+00:00 - 5eee
        01:06:40 + zendesk:55    2  support           crm:4711    Pump resets every two…
        01:06:40 + 0-11          !  field-service     -           unreadable: {"text": 
        01:06:40 ~ zendesk:55    2  engineering/Firmware  crm:4711    Pump resets every…
        01:06:40 - zendesk:55    2  engineering/Firmware  crm:4711    Pump resets every…
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_became_of_one_issue_is_told_in_its_parts() {
    let out = out(None);
    let mut later = issue();
    later.acknowledged = Some(Acknowledgement {
        by: Some(Person { system: "zendesk".into(), id: "mia".into(), name: String::new() }),
        channel: "mail".into(),
        ..Acknowledgement::default()
    });
    later.severity = Severity::Severity1.into();
    let resolved = Issue { lifecycle: Lifecycle::Resolved.into(), ..later.clone() };
    let counted = Issue { event_count: 9, ..resolved.clone() };
    let mut rows = Rows::new();
    let mut text = String::new();
    for issue in [issue(), later, resolved, counted] {
        let detail = IssueDetail { issue: Some(issue), ..IssueDetail::default() };
        rows.apply_with(RowFrame::Upsert("03ef".to_owned(), detail), |change| {
            text.push_str(&format!("{}\n", issue_line(change, out.now, &out)));
        });
    }
    expect![[r#"
        2026-03-03 01:06:40+00:00 + zendesk:55    2  support           crm:4711    Pump resets every two hours  lifecycle: open
        2026-03-03 01:06:40+00:00 ~ zendesk:55  acknowledged: by mia (mail); severity: 1
        2026-03-03 01:06:40+00:00 ~ zendesk:55  lifecycle: resolved
        2026-03-03 01:06:40+00:00 ~ zendesk:55  9 events
    "#]]
    .assert_eq(&text);
}
