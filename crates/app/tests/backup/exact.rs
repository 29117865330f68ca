//! What comes back is what was there, and other programs can read it on the way.

use std::fs;

use davy_app::backup::{Position, Range, Summary};
use engine::EventLog as _;
use jetstream::JetStreamLog;

use crate::harness::{REPORT, Server, all, lines, message, now, reports};

/// Every form a message can have, and forms that it should not have.
async fn publish_odd_ones(server: &Server, log: &JetStreamLog) {
    let structured = r#"{"specversion":"1.0", "type":"issue.reported","source":"/crm","id":"1","time":"2026-03-02T09:00:00Z","data":{"b":1.0,"a":2,"b":1e2}}"#;
    let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
    let good = [
        message(REPORT, &[], r#"{"text": "Wants her money back",  "n": 1.50}"#),
        message(REPORT, &[], r#"{"text": "Wants her money back",  "n": 1.50}"#),
        message(REPORT, &[("Nats-Msg-Id", "/sales/1")], r#"{"text":"x"}"#),
        message(REPORT, &[("Content-Type", "application/cloudevents+json")], structured),
        message(REPORT, &[], structured.replace("\"1.0\"", "\"0.3\"")),
        message(REPORT, &[], structured.replace("\"id\"", "\"davyform\":\"data\",\"id\"")),
        message(REPORT, &[], structured.replace("/crm", "not a uri")),
        message(REPORT, &[], format!("{structured}\n")),
        message(
            REPORT,
            &[
                ("ce-specversion", "1.0"),
                ("CE-ID", "b-1"),
                ("ce-source", "/a%20b"),
                ("ce-type", "issue.reported"),
            ],
            r#"{"text":"binary"}"#,
        ),
        message(REPORT, &[("x", "2"), ("x", "1"), ("Davy-Stored-At", "1970-01-01T00:00:00Z")], "{}"),
        message(REPORT, &[], "{\n  \"text\": \"pretty\"\r\n}\n"),
        message(REPORT, &[], " {\"text\":\"spaces\"} "),
        message(REPORT, &[], format!("{{\"text\":{deep}}}")),
        message(REPORT, &[], [0xff, 0xfe, 0x00]),
        message(REPORT, &[], "{\"text\": "),
        message(REPORT, &[], ""),
        message(REPORT, &[], "[1,2]"),
        message("davy.events.sales.crm:1.issue.reported.extra", &[], r#"{"text":"lost"}"#),
        message("davy.directory.person.crm:ana", &[], r#"{"name":"Ana"}"#),
        message("davy.directory.moon.full", &[], r#"{"name":"?"}"#),
        message(REPORT, &[], vec![b'x'; domain::limits::MESSAGE_BYTES + 16 * 1024 - 200]),
    ];
    for message in good {
        log.append(vec![message], Vec::new()).await.unwrap();
    }
    // What a batch leaves in headers.
    log.append(reports(3), Vec::new()).await.unwrap();
    let headers: [&[u8]; 5] = [
        b"NATS/1.0\r\nname: M\xfcller\r\nNats-Msg-Id: 7\r\n\r\n",
        b"NATS/1.0\r\nno colon here\r\n: no name\r\nx y: z\r\n\r\n",
        b"NATS/1.0 503\r\na:\r\n goes on\r\na: carriage\rreturn\r\n\r\n",
        b"NATS/1.0\r\nNats-Expected-Stream: DAVY\r\nDavy-Was-x: y\r\nDavy-Headers: 1\r\n\r\n",
        b"NATS/1.0\r\n\r\n",
    ];
    for headers in headers {
        server.publish_raw(REPORT, headers, b"{\"text\":\"odd\"}").await;
    }
    let full = [b"NATS/1.0\r\na:".to_vec(), vec![0xff; 270 * 1024], b"\r\n\r\n".to_vec()].concat();
    server.publish_raw(REPORT, &full, b"{}").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_comes_back_byte_for_byte_and_with_its_times() {
    let server = Server::start();
    let log = server.filled(Vec::new()).await;
    publish_odd_ones(&server, &log).await;
    let before = all(&log).await;
    let (path, saved) = server.export("log.ndjson", Range::default()).await;
    assert_eq!(saved.messages, before.len() as u64);
    assert_eq!(saved.range, Some((Position::new(1), before.last().unwrap().position)));

    let other = Server::start();
    let restored = other.restore(&path).await.unwrap();

    assert_eq!((restored.messages, restored.found), (saved.messages, 0));
    let back = other.log().await;
    back.provision(now()).await.unwrap();
    let after = all(&back).await;
    for (one, two) in before.iter().zip(&after) {
        assert_eq!(one, two);
        assert_eq!(back.message(one.position).await.unwrap().as_ref(), Some(one));
    }
    assert_eq!(before.len(), after.len());
    let third = &before[2];
    assert_eq!(back.position_at(third.stored_at).await.unwrap(), third.position);
    let (again, _) = other.export("again.ndjson", Range::default()).await;
    assert_eq!(fs::read(&path).unwrap(), fs::read(again).unwrap());

    // What comes later is stored now, whatever it says.
    let forged = message(REPORT, &[("Davy-Stored-At", "1970-01-01T00:00:00Z")], "{}");
    let at = back.append(vec![forged.clone()], Vec::new()).await.unwrap()[0];
    let read = back.message(at).await.unwrap().unwrap();
    assert_eq!(read.headers, forged.headers);
    assert!(read.stored_at > third.stored_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_a_cloud_event() {
    let server = Server::start();
    let log = server.filled(Vec::new()).await;
    publish_odd_ones(&server, &log).await;
    let (path, _) = server.export("log.ndjson", Range::default()).await;
    let lines = lines(&path);
    for line in &lines {
        assert_eq!(line["specversion"], "1.0");
        for name in ["id", "source", "type"] {
            assert!(line[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {line}");
        }
        assert!(!(line.get("data").is_some() && line.get("data_base64").is_some()));
        let names: Vec<_> = line.as_object().unwrap().keys().filter(|name| *name != "data_base64").collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{names:?}");
    }
    let at = |position: usize, name: &str| lines[position - 1][name].clone();
    assert_eq!((at(1, "type"), at(1, "source")), ("issue.reported".into(), "/sales".into()));
    assert_eq!(at(1, "data")["text"], "Wants her money back");
    assert_eq!(at(3, "id"), "/sales/1");
    assert_eq!((at(4, "davyform"), at(4, "id")), ("event".into(), "1".into()));
    assert_eq!(
        (at(9, "davyform"), at(9, "source"), at(9, "id")),
        ("data".into(), "/a%20b".into(), "b-1".into())
    );
    assert_eq!((at(11, "davyform"), at(11, "data")["text"].clone()), ("bytes".into(), "pretty".into()));
    assert_eq!((at(14, "type"), at(14, "data_base64")), ("davy.message.unreadable".into(), "//4A".into()));
    assert_eq!(
        (at(18, "type"), at(18, "data")["text"].clone()),
        ("davy.message.quarantined".into(), "lost".into())
    );
    assert_eq!(lines.last().unwrap()["type"], "davy.log.exported");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_log_is_a_backup_too() {
    let server = Server::start();
    server.filled(Vec::new()).await;
    let (path, saved) = server.export("log.ndjson", Range::default()).await;
    assert_eq!(saved, Summary::default());
    assert_eq!(server.restore(&path).await.unwrap(), Summary::default());
}
