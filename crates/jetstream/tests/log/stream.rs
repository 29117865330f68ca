//! The stream's configuration, its identity, and whether it is durable.

use std::time::Duration;

use async_nats::jetstream;
use davy_jetstream::{ConnectError, Durability, Options, ProvisionError, Provisioned, Start, connect};
use engine::{EventLog as _, LogState};

use crate::harness::{Server, fill, insist, listen, now};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn provisioning_again_changes_nothing() {
    let server = Server::start();
    let log = server.log().await;
    let before = log.state().await.unwrap();
    let later = now() + Duration::from_secs(3_600);
    assert_eq!(log.provision(later).await.unwrap(), Provisioned::Found);
    assert_eq!(LogState { now: before.now, ..log.state().await.unwrap() }, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_stream_is_refused_with_every_difference() {
    let server = Server::start();
    let log = server.log().await;
    let context = jetstream::new(server.client().await);
    let config = context.get_stream("DAVY").await.unwrap().cached_info().config.clone();
    let changed = jetstream::stream::Config {
        subjects: vec!["davy.events.>".to_owned()],
        max_age: Duration::from_secs(3_600),
        allow_rollup: true,
        deny_purge: false,
        description: Some("may be changed".to_owned()),
        max_bytes: 1 << 30,
        ..config
    };
    // `deny_purge` cannot be taken back, so the stream is made anew.
    context.delete_stream("DAVY").await.unwrap();
    context.create_stream(changed).await.unwrap();

    let error = log.provision(now()).await.unwrap_err();

    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "use stream DAVY: it differs from what Davy needs in 4 of its settings:",
            "  allow_rollup_hdrs: expected -, found true",
            "  deny_purge: expected true, found -",
            "  max_age: expected -, found 3600000000000",
            r#"  subjects: expected ["davy.directory.>","davy.events.>"], found ["davy.events.>"]"#,
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_somebody_else_is_refused() {
    let server = Server::start();
    let log = server.log().await;
    let context = jetstream::new(server.client().await);
    let mut config = context.get_stream("DAVY").await.unwrap().cached_info().config.clone();
    config.metadata.remove("davy.incarnation");
    context.update_stream(config).await.unwrap();
    assert!(matches!(log.provision(now()).await, Err(ProvisionError::NoIncarnation)));
    assert!(log.state().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_made_anew_is_another_one() {
    let server = Server::start();
    let log = server.log().await;
    fill(&log, 3).await;
    let before = log.state().await.unwrap();
    jetstream::new(server.client().await).delete_stream("DAVY").await.unwrap();
    log.provision(now() + Duration::from_nanos(1)).await.unwrap();
    let after = log.state().await.unwrap();
    assert_ne!(before.incarnation, after.incarnation);
    assert_eq!((before.tail.sequence(), after.tail.sequence()), (3, 0));
    assert_eq!(after.first, after.tail.next());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn durability_is_yes_no_or_unknown() {
    let always = Server::start();
    assert_eq!(always.log().await.durability().await, Durability::Durable);

    let sometimes = Server::start_with(false, None);
    let log = sometimes.log().await;
    let answer = log.durability().await;
    assert!(matches!(&answer, Durability::NotDurable { why } if why.contains("every 120 s")), "{answer:?}");

    for monitor_url in
        [None, Some(always.nats.monitoring_url().to_owned()), Some("http://127.0.0.1:1".to_owned())]
    {
        let log = connect(Options { monitor_url, ..sometimes.options() }).await.unwrap();
        let answer = log.durability().await;
        assert!(matches!(answer, Durability::Unknown { .. }), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_said_so_in_time() {
    let absent = Options {
        start: Start::Within(Duration::from_millis(300)),
        ..Options::new("nats://127.0.0.1:1", "x")
    };
    let error = connect(absent).await.unwrap_err();
    assert!(matches!(error, ConnectError::Reach { .. }));
    assert!(error.to_string().starts_with("reach NATS at 127.0.0.1:1 within 0.3 s"), "{error}");
    assert!(matches!(connect(Options::new("nats://:x", "x")).await, Err(ConnectError::ParseUrl { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_may_begin_without_a_server() {
    let mut server = Server::start();
    server.log().await;
    server.nats.kill9().unwrap();
    let (on_event, mut told) = listen();
    let log = connect(Options { start: Start::Unconnected, on_event, ..server.options() }).await.unwrap();
    assert!(!log.is_connected());
    server.nats.restart().unwrap();
    while told.recv().await.unwrap() != davy_jetstream::ConnectionEvent::Connected {}
    insist(&log, 1).await;
    assert!(log.is_connected());
}
