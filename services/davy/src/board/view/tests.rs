//! Screens of several sizes.

use client::v1::{Owner, OwnerKind, Person, Reference};
use expect_test::{Expect, expect};
use unicode_width::UnicodeWidthStr as _;

use super::*;

const NOW: i64 = 1_772_500_000;

fn ago(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: NOW - seconds, nanos: 0 })
}

fn issue(id: u32, severity: Severity, seconds: i64, owner: Owner, title: &str) -> UnacknowledgedEntry {
    let issue = Issue {
        id: format!("03ef809f-94b2-5eee-9bd2-{id:012}"),
        references: vec![Reference { system: "zendesk".into(), id: id.to_string() }],
        customer_as_reported: Some(Reference { system: "crm".into(), id: (4_711 + id).to_string() }),
        title: title.into(),
        severity: severity.into(),
        owner: Some(owner),
        reported_at: ago(seconds),
        ..Issue::default()
    };
    UnacknowledgedEntry { entry: Some(Entry::Issue(issue)) }
}

fn owner(department: &str, team: &str, person: &str, kind: OwnerKind) -> Owner {
    let person = (!person.is_empty()).then(|| Person { id: person.into(), ..Person::default() });
    Owner { department: department.into(), team: team.into(), person, kind: kind.into(), ..Owner::default() }
}

fn rows() -> Vec<UnacknowledgedEntry> {
    let quarantined = QuarantinedEvent {
        position: "0-11".into(),
        stored_at: ago(600),
        department: "field-service".into(),
        customer: "crm:4711".into(),
        reason: "unreadable".into(),
        excerpt: "{\"text\": \u{1b}[2J".into(),
        ..QuarantinedEvent::default()
    };
    vec![
        issue(1, Severity::Unspecified, 30, owner("sales", "", "", OwnerKind::Desk), "Wants her money back"),
        issue(
            2,
            Severity::Severity2,
            7_200,
            owner("support", "L2", "mia", OwnerKind::Accepted),
            "Pump resets every two hours since Friday, and nobody calls back",
        ),
        issue(
            3,
            Severity::Severity1,
            500_000,
            owner("engineering", "Firmware", "bo", OwnerKind::Provisional),
            "ポンプが二時間ごとに再起動し、誰も折り返し電話をくれません",
        ),
        issue(
            4,
            Severity::Severity2,
            9_000,
            owner("support", "", "Ana Müller-Lüdenscheid", OwnerKind::Provisional),
            "Zähler läuft rückwärts",
        ),
        UnacknowledgedEntry { entry: Some(Entry::Quarantined(quarantined)) },
    ]
}

fn screen<'a>(rows: &'a [UnacknowledgedEntry], standing: &'a Standing) -> Screen<'a> {
    Screen {
        rows: rows.iter().collect(),
        order: OrderWord::Severity,
        offset: 0,
        standing,
        complete: true,
        position: "0-1844",
        lag: Some(0),
    }
}

/// Draws it, and looks that it fits.
fn drawn(screen: Screen<'_>, width: usize, height: usize) -> String {
    let lines = render(screen, width, height, Timestamp::new(NOW, 0).unwrap());
    assert_eq!(lines.len(), height.max(1));
    for line in &lines {
        assert!(line.text.width() <= width, "{} > {width}: {}", line.text.width(), line.text);
    }
    lines.iter().map(|line| format!("{}|\n", line.text)).collect()
}

fn check(screen: Screen<'_>, width: usize, height: usize, expected: &Expect) {
    expected.assert_eq(&drawn(screen, width, height));
}

#[test]
fn eighty_columns() {
    let expected = expect![[r#"
        5 unacknowledged, 1 of them quarantined, worst first|
        support 2  engineering 1  field-service 1  sales 1|
        SEV AGE DEPARTMENT    OWNER                  CUSTOMER TITLE|
        !   10m field-service quarantined            crm:4711 unreadable: {"text":  [2J|
        1   5d  engineering   Firmware/bo (provisio… crm:4714 ポンプが二時間ごとに再起…|
        2   2h  support       Ana Müller-Lüdenschei… crm:4715 Zähler läuft rückwärts|
        2   2h  support       L2/mia (accepted)      crm:4713 Pump resets every two hou…|
        -   30s sales         desk                   crm:4712 Wants her money back|
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        |
        position 0-1844, lag 0                                        s a d sort  q quit|
    "#]];
    check(screen(&rows(), &Standing::Connected), 80, 24, &expected);
}

#[test]
fn sixty_columns_and_no_connection() {
    let reason = "cannot reach Davy at http://127.0.0.1:50051: connection refused; is it running there?";
    let expected = expect![[r#"
        5 unacknowledged, 1 of them quarantined, worst first|
        support 2  engineering 1  field-service 1  sales 1|
        SEV AGE DEPARTMENT    OWNER          CUSTOMER TITLE|
        !   10m field-service quarantined    crm:4711 unreadable: {…|
        1   5d  engineering   Firmware/bo (… crm:4714 ポンプが二時…|
        2   2h  support       Ana Müller-Lü… crm:4715 Zähler läuft …|
        2   2h  support       L2/mia (accep… crm:4713 Pump resets e…|
        -   30s sales         desk           crm:4712 Wants her mon…|
        |
        |
        |
        |
        |
        |
        NOT CONNECTED: cannot reach Davy at http://127.0.0.1:50051:…|
    "#]];
    check(screen(&rows(), &Standing::Lost(reason.into())), 60, 15, &expected);
}

#[test]
fn a_wide_screen_names_the_issues_and_a_low_one_scrolls() {
    let rows = rows();
    let standing = Standing::Connected;
    let by_department = Screen { order: OrderWord::Department, ..screen(&rows, &standing) };
    let expected = expect![[r#"
        5 unacknowledged, 1 of them quarantined, by department|
        support 2  engineering 1  field-service 1  sales 1|
        SEV  AGE  DEPARTMENT     OWNER                   CUSTOMER  TITLE                                                            ID|
        1    5d   engineering    Firmware/bo (provisio…  crm:4714  ポンプが二時間ごとに再起動し、誰も折り返し電話をくれません       zendesk:3|
        !    10m  field-service  quarantined             crm:4711  unreadable: {"text":  [2J                                        0-11|
        -    30s  sales          desk                    crm:4712  Wants her money back                                             zendesk:1|
        2    2h   support        Ana Müller-Lüdenschei…  crm:4715  Zähler läuft rückwärts                                           zendesk:4|
        2    2h   support        L2/mia (accepted)       crm:4713  Pump resets every two hours since Friday, and nobody calls back  zendesk:2|
        |
        position 0-1844, lag 0                                                                                                              s a d sort  q quit|
    "#]];
    check(by_department, 150, 10, &expected);
    let scrolled = Screen { order: OrderWord::Age, offset: 3, ..screen(&rows, &standing) };
    let expected = expect![[r#"
        5 unacknowledged, 1 of them quarantined…|
        support 2  engineering 1  field-service…|
        SEV AGE DEPARTMENT    TITLE|
        2   2h  support       Pump resets every…|
        !   10m field-service unreadable: {"tex…|
        -   30s sales         Wants her money b…|
        position 0-1844, lag 0|
    "#]];
    check(scrolled, 40, 7, &expected);
}

#[test]
fn nothing_unacknowledged() {
    let expected = expect![[r#"
        0 unacknowledged, worst first|
        |
        Everybody has been answered.|
        |
        |
        position 0-1844, lag 0                                        s a d sort  q quit|
    "#]];
    check(screen(&[], &Standing::Connected), 80, 6, &expected);
    let loading = Screen { complete: false, position: "", ..screen(&[], &Standing::Connected) };
    let expected = expect![[r#"
        0 unacknowledged, worst first|
        |
        |
        loading ...                                                   s a d sort  q quit|
    "#]];
    check(loading, 80, 4, &expected);
}

#[test]
fn every_size_is_survived() {
    let rows = rows();
    for width in 0..140 {
        for height in [0, 1, 2, 3, 5, 30] {
            drawn(screen(&rows, &Standing::Connected), width, height);
        }
    }
}

#[test]
fn the_worst_stand_out() {
    let rows = rows();
    let lines = render(screen(&rows, &Standing::Connected), 80, 24, Timestamp::new(NOW, 0).unwrap());
    let alarms: Vec<_> = lines.iter().filter(|line| line.look == Some(Look::Alarm)).collect();
    assert_eq!(alarms.len(), 2, "{alarms:?}");
    assert_eq!((lines[0].look, lines[2].look), (None, None));
}
