//! What people read.

use expect_test::{Expect, expect};
use jiff::Timestamp;

use super::world::{Given, ping};
use crate::{Item, Message, Severity, text};

fn message(pings: Vec<Given>, late: bool) -> Message {
    let at: Timestamp = "2026-03-02T12:00:30Z".parse().unwrap();
    let items = pings.into_iter().map(|ping| Item { attempt: 1, content: ping.content }).collect();
    Message::new(items, late, at).unwrap()
}

fn check(message: &Message, expected: &Expect) {
    expected.assert_eq(&format!("{}\n--\n{}", text::subject(message), text::plain(message)));
}

fn plain(id: &str) -> Given {
    ping(id, "ana", ("webhook", "https://example.com"))
}

#[test]
fn a_ping_says_what_whose_how_bad_how_long_which_step_who_is_next_and_how_to_answer() {
    check(
        &message(vec![plain("p1")], false),
        &expect![[r#"
            [severity 2] Acme: Pump resets every two hours
            --
            Pump resets every two hours
            Customer Acme, severity 2, waiting for 25 min (since 2026-03-02 11:35 UTC).
            Nobody told the customer who owns it (ack, due 11:50).
            Owner: support, mia.
            Step 2 of 4. Next: bo at 2026-03-02 12:15 UTC.
            Answer: https://davy.example/answer/p1 or `davy pings ack p1`
        "#]],
    );
}

#[test]
fn a_repeat_says_that_it_is_one_and_a_restricted_issue_says_nothing() {
    let mut given = plain("p1");
    given.content.times = 3;
    given.content.restricted = true;
    given.content.customer = String::new();
    given.content.answer_url = String::new();
    given.content.next_at = None;
    check(
        &message(vec![given], false),
        &expect![[r#"
            [severity 2] (restricted) (again: 3rd time)
            --
            (restricted)
            Customer not known, severity 2, waiting for 25 min (since 2026-03-02 11:35 UTC).
            Nobody told the customer who owns it (ack, due 11:50).
            Again: this is the 3rd time, and nobody has answered yet.
            Owner: support, mia.
            Step 2 of 4. Next: bo.
            Answer: `davy pings ack p1`
        "#]],
    );
}

#[test]
fn several_go_the_worst_first_each_with_its_own_answer_and_an_issue_once() {
    let mut bad = plain("p2").severity(Severity::One);
    bad.content.title = "Line\r\nBcc: all@example.com\u{202e}stopped".to_owned();
    let mut twice = plain("p3");
    twice.content.issue = "i-p1".to_owned();
    check(
        &message(vec![plain("p1"), bad, twice], false),
        &expect![[r#"
            [severity 1] Acme: 2 issues wait for an answer
            --
            2 issues wait for an answer, the worst first:

            Line Bcc: all@example.com stopped
            Customer Acme, severity 1, waiting for 25 min (since 2026-03-02 11:35 UTC).
            Nobody told the customer who owns it (ack, due 11:50).
            Owner: support, mia.
            Step 2 of 4. Next: bo at 2026-03-02 12:15 UTC.
            Answer: https://davy.example/answer/p2 or `davy pings ack p2`

            Pump resets every two hours
            Customer Acme, severity 2, waiting for 25 min (since 2026-03-02 11:35 UTC).
            Nobody told the customer who owns it (ack, due 11:50).
            Owner: support, mia.
            Step 2 of 4. Next: bo at 2026-03-02 12:15 UTC.
            Answer: https://davy.example/answer/p1 or `davy pings ack p1`
        "#]],
    );
}

#[test]
fn nothing_secret_is_shown() {
    let given = ping("p1", "ana", ("slack", "https://hooks.slack.com/services/T/B/hunter2"));
    let shown = format!("{:?}", message(vec![given], false));
    assert!(!shown.contains("hunter2"), "{shown}");
}
