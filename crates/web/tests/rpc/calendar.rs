//! Calendars of who is on call.

use davy_web::Hosts;
use prost_reflect::prost_types::Timestamp;
use proto::v1::{ListShiftsRequest, ListShiftsResponse, Shift, ShiftGap};
use tonic::Status;

use super::{
    http::{NOW, Server},
    oncall::{Asked, OnCall},
};

const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

fn week(_: Asked<ListShiftsRequest>) -> Result<ListShiftsResponse, Status> {
    let shift = |person: &str, name: &str, from, until| Shift {
        schedule: "support".to_owned(),
        person: person.to_owned(),
        name: name.to_owned(),
        from: at(from),
        until,
        by: "layer days".to_owned(),
    };
    let shifts =
        vec![shift("mia", "Mia; Wien", NOW, at(NOW + 8 * HOUR)), shift("bo", "", NOW + 10 * HOUR, None)];
    let (from, until) = (at(NOW + 8 * HOUR), at(NOW + 10 * HOUR));
    let gaps = vec![ShiftGap { schedule: "support".to_owned(), from, until }];
    Ok(ListShiftsResponse { shifts, gaps, ..Default::default() })
}

fn tag(head: &str) -> &str {
    head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim()
}

#[tokio::test]
async fn shifts_and_gaps_are_entries_and_the_same_ones_are_not_sent_twice() {
    let service = OnCall::telling(week);
    let server = Server::start(service.routes()).await;
    let (head, feed) = server.asked("GET", "/calendar/schedule/support.ics", "", "").await;
    assert!(head.starts_with("200") && head.contains("content-type: text/calendar; charset=utf-8"), "{head}");
    let feed = feed.as_str().unwrap();
    let entries = [
        "UID:support/mia/20260302T100000Z@davy\r\nDTSTAMP:20260302T100000Z\r\nDTSTART:20260302T100000Z\r\n\
         DTEND:20260302T180000Z\r\nSUMMARY:Mia\\; Wien on call (support)\r\n",
        "UID:support//20260302T180000Z@davy\r\nDTSTAMP:20260302T180000Z\r\nDTSTART:20260302T180000Z\r\n\
         DTEND:20260302T200000Z\r\nSUMMARY:Nobody on call (support)\r\n",
        // Without an end: as far as is asked for.
        "DTSTART:20260302T200000Z\r\nDTEND:20260502T000000Z\r\nSUMMARY:bo on call (support)\r\n",
    ];
    let places = entries.map(|entry| feed.find(entry).unwrap_or_else(|| panic!("{entry} is not in {feed}")));
    assert!(places.is_sorted(), "{feed}");

    let tag = tag(&head);
    for (sent, status) in [(tag, "304"), (&format!("\"x\", W/{tag}"), "304"), ("*", "304"), ("\"x\"", "200")]
    {
        let sent = format!("if-none-match: {sent}\r\n");
        let (head, body) = server.asked("GET", "/calendar/schedule/support.ics", &sent, "").await;
        assert!(head.starts_with(status) && head.contains(tag), "{sent}: {head}");
        assert_eq!(body.as_str().unwrap().is_empty(), status == "304");
    }
    let midnight = NOW - 10 * HOUR;
    let asked = service.looks.lock().unwrap()[0].question.clone();
    let covered = (at(midnight - 7 * 24 * HOUR), at(midnight + 61 * 24 * HOUR));
    assert_eq!((asked.schedule.as_str(), asked.person.as_str()), ("support", ""));
    assert_eq!((asked.from, asked.until), covered);
}

#[tokio::test]
async fn a_person_has_one_too_and_what_does_not_fit_is_said() {
    let service = OnCall::telling(|asked| Ok(ListShiftsResponse { truncated: true, ..week(asked)? }));
    let server = Server::start(service.routes()).await;
    let (head, feed) = server.asked("GET", "/calendar/person/mia%20w.ics", "", "").await;
    assert!(head.starts_with("200"), "{head}");
    let feed = feed.as_str().unwrap();
    assert!(feed.contains("NAME:On call: mia w\r\n"), "{feed}");
    assert!(feed.contains("SUMMARY:More shifts follow than this calendar holds\r\n"), "{feed}");
    let asked = service.looks.lock().unwrap()[0].question.clone();
    assert_eq!((asked.schedule.as_str(), asked.person.as_str()), ("", "mia w"));
    for odd in ["/calendar/person/mia", "/calendar/person/.ics", "/calendar/support.ics"] {
        let (head, _) = server.asked("GET", odd, "", "").await;
        assert!(head.starts_with("404"), "{odd}: {head}");
    }
}

#[tokio::test]
async fn the_password_is_the_token_here_and_nowhere_else() {
    let service = OnCall::telling(|asked| match asked.authorization.as_deref() {
        Some("Bearer davy_t") => week(asked),
        _ => Err(Status::unauthenticated("who asks?")),
    });
    let server = Server::start(service.routes()).await;
    let path = "/calendar/schedule/support.ics";
    // `anybody:davy_t`
    for sent in ["authorization: Basic YW55Ym9keTpkYXZ5X3Q=\r\n", "authorization: Bearer davy_t\r\n"] {
        let (head, _) = server.asked("GET", path, sent, "").await;
        assert!(head.starts_with("200"), "{sent}: {head}");
    }
    for sent in ["", "authorization: Basic YW55Ym9keTp4\r\n", "authorization: Basic davy_t\r\n"] {
        let (head, body) = server.asked("GET", path, sent, "").await;
        assert!(head.starts_with("401"), "{sent}: {head}");
        assert!(head.contains("www-authenticate: basic realm=\"davy\", charset=\"utf-8\""), "{sent}: {head}");
        assert_eq!(body["status"], "UNAUTHENTICATED");
    }
    let rpc = "/davy.v1.OnCallService/ListShifts";
    let basic = "content-type: application/json\r\nauthorization: Basic YW55Ym9keTpkYXZ5X3Q=\r\n";
    let (head, _) = server.asked("POST", rpc, basic, "{}").await;
    assert!(head.starts_with("401") && !head.contains("www-authenticate"), "{head}");
}

#[tokio::test]
async fn where_nobody_is_asked_who_they_are_only_this_machine_reads_one_but_a_link_answers_anywhere() {
    let server = Server::start_for(OnCall::telling(week).routes(), Hosts::Own).await;
    let (head, _) = server.asked("GET", "/calendar/schedule/support.ics", "", "").await;
    assert!(head.starts_with("421"), "{head}");
    let (head, _) = server.asked("POST", "/answer/t", "", "").await;
    assert!(head.starts_with("501"), "{head}");
}
