//! The listener as a scraper and a load balancer see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

use axum::Router;
use davy_web::{Check, Escalation, Hosts, Probe, Snapshot, Unacknowledged};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

async fn answers(path: &str, snapshot: Snapshot) -> String {
    told(path, "host: davy\r\n", snapshot).await
}

/// Where only this machine's names are answered to.
async fn told(path: &str, host: &str, snapshot: Snapshot) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let probe = Probe::new(move || snapshot.clone());
    let server =
        tokio::spawn(davy_web::serve(listener, None, probe, Router::new(), Hosts::Own, shutdown.clone()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\n{host}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    shutdown.cancel();
    server.await.unwrap().unwrap();
    answer
}

fn check(name: &'static str, fault: Option<&str>) -> Check {
    Check { name, fault: fault.map(str::to_owned) }
}

#[tokio::test]
async fn one_fault_is_enough_not_to_be_ready() {
    let good = Snapshot { checks: vec![check("nats", None), check("store", None)], ..Snapshot::default() };
    let answer = answers("/readyz", good).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#"{"checks":{"nats":"ok","store":"ok"},"ready":true}"#), "{answer}");

    let folding = check("caught_up", Some("folded 0-41 of 0-100"));
    let answer =
        answers("/readyz", Snapshot { checks: vec![check("nats", None), folding], ..Snapshot::default() })
            .await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains(r#""caught_up":"folded 0-41 of 0-100""#), "{answer}");
    assert!(answers("/livez", Snapshot::default()).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_page_whose_name_leads_here_is_told_nothing() {
    let status = async |path: &str, host: &str| {
        let answer = told(path, host, Snapshot::default()).await;
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    for own in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]", "[::1]:8080"] {
        let host = format!("host: {own}\r\n");
        assert_eq!(status("/", &host).await, "200", "{own}");
        assert_eq!(status("/davy.v1.IssueService/ListIssues", &host).await, "405", "{own}");
    }
    let others = [
        "",
        "host: \r\n",
        "host: evil.example\r\n",
        "host: localhost.evil.example\r\n",
        "host: localhost@evil.example\r\n",
        "host: evil@localhost\r\n",
        "host: localhost\r\nhost: evil.example\r\n",
    ];
    for host in others {
        for path in ["/", "/davy.v1.IssueService/ListIssues"] {
            assert_eq!(status(path, host).await, "421", "{host:?}");
        }
        assert_eq!(status("/livez", host).await, "200", "{host:?}");
    }
}

#[tokio::test]
async fn metrics_are_open_metrics() {
    let waiting = Unacknowledged { department: "support".to_owned(), severity: "1", issues: 3 };
    let snapshot = Snapshot {
        position: 41,
        lag: Some(7),
        events: 40,
        duplicates: 1,
        unacknowledged: vec![waiting],
        escalation: Some(Escalation {
            beat: Some(1_772_445_600),
            held: true,
            fired: 12,
            late_by: 3,
            tired: 1,
            repaired: 2,
            jumps: 4,
        }),
        version: "9.9.9",
        ..Snapshot::default()
    };
    let answer = answers("/metrics", snapshot).await;
    for line in [
        "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8",
        "davy_events_folded_total 40",
        "davy_duplicate_events_total 1",
        "davy_fold_position 41",
        "davy_fold_lag_events 7",
        "davy_log_connected 0",
        "davy_quarantined_events 0",
        "davy_issues 0",
        "davy_customers 0",
        r#"davy_issues_unacknowledged{department="support",severity="1"} 3"#,
        "davy_escalator_heartbeat_timestamp_seconds 1772445600",
        "davy_escalator_held 1",
        "davy_escalator_fired_issues_total 12",
        "davy_escalator_late_seconds 3",
        "davy_escalator_tired_issues 1",
        "davy_escalator_repaired_timers_total 2",
        "davy_escalator_clock_jumps_total 4",
        r#"davy_build_info{version="9.9.9"} 1"#,
        "# EOF",
    ] {
        assert!(answer.lines().any(|found| found == line), "{line} is not in {answer}");
    }
    let bare = answers("/metrics", Snapshot::default()).await;
    assert!(!bare.contains("davy_fold_lag_events ") && !bare.contains("escalator"), "{bare}");
    let begun = Snapshot { escalation: Some(Escalation::default()), ..Snapshot::default() };
    let begun = answers("/metrics", begun).await;
    assert!(begun.contains("davy_escalator_held 0") && !begun.contains("heartbeat"), "{begun}");
}
