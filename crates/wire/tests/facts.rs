//! What departments say of assists, deferrals, promises, workarounds, waiting and restricted bodies: read leniently, and
//! where something cannot be meant, with a sentence that says so.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where something is not as it must be"
)]

use davy_wire::{Message, decode};
use domain::{Arrived, Event, ItemRef, Missed, Payload, Position, Reason, Report, Restriction};

fn arrived(type_name: &str, data: &str) -> Arrived {
    let subject = format!("davy.events.support.crm:4711.{type_name}");
    let stored_at = "2026-03-02T10:00:00Z".parse().unwrap();
    let body = data.as_bytes();
    decode(&Message { position: Position::new(7), stored_at, subject: &subject, headers: &[], body }).content
}

#[track_caller]
fn event(type_name: &str, data: &str) -> Event {
    match arrived(type_name, data) {
        Arrived::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

/// About `zendesk:55`.
#[track_caller]
fn payload(type_name: &str, members: &str) -> Payload {
    let comma = if members.is_empty() { "" } else { "," };
    event(type_name, &format!(r#"{{"issue":{{"system":"zendesk","id":"55"}}{comma}{members}}}"#)).payload
}

#[track_caller]
fn report(data: &str) -> Report {
    match event("issue.reported", data).payload {
        Payload::Reported(report) => report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_its_day_a_promise_or_deferral_says_nothing() {
    let on_55 = r#""issue":{"system":"zendesk","id":"55"}"#;
    for (type_name, members, told) in [
        ("promise.made", r#""what":"A technician comes""#, "`due_at` is missing"),
        ("promise.made", r#""due_at":"2026-03-20""#, "`due_at` is `2026-03-20`, which is no RFC 3339 time"),
        ("promise.renegotiated", r#""new_due":"soon""#, "`new_due` is `soon`"),
        ("deferral.requested", r#""reason":"Later""#, "`until` is missing"),
        ("assist.requested", r#""question":"?""#, "to_department"),
        ("assist.accepted", r#""assist":"j-1""#, "`person` is missing"),
        ("workaround.reviewed", r#""verdict":"fine""#, "`needs_fix`"),
        ("invoice.withheld", r#""reason":"x""#, "invoice_no"),
        ("issue.known_as", r#""reference":{"system":"davy","id":"x"}"#, "id of Davy's own"),
    ] {
        match arrived(type_name, &format!("{{{on_55},{members}}}")) {
            Arrived::Quarantined(found) => {
                assert_eq!(found.reason, Reason::WrongTypes);
                assert!(found.detail.contains(told), "{type_name}: {}", found.detail);
            }
            other => panic!("{type_name}: {other:?}"),
        }
    }
}

#[test]
fn an_answer_names_what_it_answers_or_the_oldest() {
    let named = |id: &str| ItemRef::Named(id.to_owned());
    for (members, item) in
        [(r#""assist":20"#, named("20")), (r#""assist":"j-20""#, named("j-20")), ("", ItemRef::Open)]
    {
        assert_eq!(payload("assist.declined", members), Payload::AssistDeclined { item });
    }
    let due = r#""to_department":"engineering","question":"?","due_at":"soon""#;
    let Payload::AssistRequested(terms) = payload("assist.requested", due) else { panic!() };
    assert_eq!((terms.due, terms.blocking), (None, false));
}

#[test]
fn an_offer_gives_what_says_something() {
    let members = r#""to_department":"engineering","summary":" ","done_so_far":"Reset","next_actions":[{"what":"Call"}],
        "promises":[""],"fields":{"site":"Hall 3","access":" "}"#;
    let Payload::Offered(terms) = payload("handoff.offered", members) else { panic!() };
    assert_eq!(terms.given, ["done_so_far", "next_actions", "site"]);
    let read_back = |words: &str| match payload("handoff.accepted", &format!(r#""person":"bo"{words}"#)) {
        Payload::OfferAccepted { read_back, .. } => read_back,
        other => panic!("{other:?}"),
    };
    assert!(read_back(r#","readback":"Firmware; I call on Tuesday""#));
    assert!(!read_back(r#","readback":" ""#) && !read_back(""));
    let instead = Some("field".parse().unwrap());
    let declined = payload("handoff.declined", r#""suggested_department":"field""#);
    assert_eq!(declined, Payload::OfferDeclined { instead });
    let declined = payload("handoff.declined", r#""suggested_department":"Field!""#);
    assert_eq!(declined, Payload::OfferDeclined { instead: None });
}

#[test]
fn a_question_went_out_only_with_a_channel_and_an_instant() {
    for (members, proven) in [
        (r#""channel":"mail","sent_at":"2026-03-02T09:00:00Z""#, true),
        (r#""channel":" ","sent_at":"2026-03-02T09:00:00Z""#, false),
        (r#""channel":"mail","sent_at":"just now""#, false),
        (r#""question":"Which revision?""#, false),
    ] {
        assert_eq!(payload("issue.customer_input_requested", members), Payload::CustomerAsked { proven });
    }
}

#[test]
fn a_restriction_that_cannot_be_read_restricts_all_the_more() {
    let to = |departments: &[&str]| {
        let departments = departments.iter().map(|slug| slug.parse().unwrap()).collect();
        Some(Restriction { reason: String::new(), departments })
    };
    for (sent, restricted) in [
        (r#"{"departments":["legal","Not one"]}"#, to(&["legal"])),
        ("true", to(&[])),
        (r#"{"departments":7}"#, to(&[])),
        ("false", None),
        ("null", None),
    ] {
        assert_eq!(
            report(&format!(r#"{{"text":"x","restricted":{sent}}}"#)).restricted,
            restricted,
            "{sent}"
        );
    }
}

#[test]
fn members_that_came_later_quarantine_nothing_that_was_read_before() {
    let close = |members: &str| payload("issue.closed", members);
    assert_eq!(close(r#""contact":7,"attempts":"often""#), Payload::Closed(domain::Basis::Source));
    assert_eq!(
        payload("issue.acknowledged", r#""summary":5"#),
        Payload::Acknowledged { channel: None, next: None }
    );
    let told =
        event("issue.acknowledged", r#"{"issue":{"system":"z","id":"1"},"summary":"A technician comes"}"#);
    assert_eq!(davy_wire::summary(&told.data), "A technician comes");
}

#[test]
fn a_missed_contact_says_where_and_safety_and_words_are_read() {
    let Payload::Reported(missed) =
        event("contact.missed", r#"{"channel":"voicemail","mailbox":"north"}"#).payload
    else {
        panic!()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(missed.missed, Some(Missed { channel: text("voicemail"), mailbox: text("north") }));
    assert_eq!(payload("contact.missed", r#""channel":"call""#), Payload::Noted);
    assert!(report(r#"{"text":"It smokes","safety":true}"#).safety);
    assert_eq!(report(r#"{"text":"x","severity":"S2"}"#).severity_word, text("S2"));
    assert_eq!(report(r#"{"text":"x","severity":"2","source_severity":""}"#).severity_word, None);
}

#[test]
fn timelines_show_the_most_telling_member() {
    for (type_name, members, line) in [
        ("issue.known_as", r#""reference":{"system":"jira","id":10234}"#, "jira:10234"),
        ("assist.requested", r#""to_department":"engineering","question":"Is it safe?""#, "Is it safe?"),
        ("deferral.ended", r#""cause":"broken""#, "broken"),
        ("workaround.applied", r#""description":"Bridged it","done_at":"today""#, "Bridged it"),
    ] {
        let data = format!(r#"{{"issue":{{"system":"zendesk","id":"55"}},{members}}}"#);
        assert_eq!(davy_wire::summary(&event(type_name, &data).data), line, "{type_name}");
    }
}
