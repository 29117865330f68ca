//! What a department may do: publish as itself and hear the acks. Every other way out is tried, one wall a test.

use std::time::Duration;

use async_nats::jetstream;
use domain::Position;
use engine::{EventLog as _, LogState};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::harness::{Company, NAMES, PATIENCE, message, tail};

const OWN: &str = "davy.events.support.crm:4711.issue.reported";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_publishes_as_itself_and_hears_the_acks() {
    let company = Company::start();
    let log = company.davy().await;
    for (number, name) in (1..).zip(&NAMES[1..]) {
        let department = company.department(name).await;
        let subject = format!("davy.events.{name}.crm:4711.issue.reported");
        assert_eq!(department.publishes(&subject, &format!("/{name}/1")).await, number);
        assert_eq!(department.publishes(&subject, &format!("/{name}/1")).await, number, "a duplicate");
    }
    assert_eq!(tail(&log).await, Position::new(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_speak_for_another_department() {
    let company = Company::start();
    let log = company.davy().await;
    let mut support = company.department("support").await;
    for subject in [
        "davy.events.sales.crm:4711.issue.reported",
        "davy.events.support-2.crm:4711.issue.reported",
        "davy.events.suppor.crm:4711.issue.reported",
        "davy.events.support",
        "davy.events",
        "davy.other",
    ] {
        support.may_not_publish(subject, "{}").await;
    }
    assert_eq!(tail(&log).await, Position::START);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_speak_for_davy() {
    let company = Company::start();
    let log = company.davy().await;
    let mut support = company.department("support").await;
    for subject in [
        "davy.events.command.crm:4711.issue.acknowledged",
        "davy.events.escalator.crm:4711.owner.orphaned",
        "davy.events.pager.crm:4711.ping.sent",
        "davy.directory.department.support",
        "davy.directory.person.mia",
    ] {
        support.may_not_publish(subject, "{}").await;
    }
    assert_eq!(tail(&log).await, Position::START);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_read_the_stream() {
    let company = Company::start();
    let log = company.davy().await;
    log.append(vec![message("davy.events.sales.crm:1.issue.reported")], Vec::new()).await.unwrap();
    let mut support = company.department("support").await;
    let config =
        r#"{"stream_name":"DAVY","config":{"ack_policy":"none","deliver_subject":"_INBOX_support.x"}}"#;
    for (what, body) in [
        ("CONSUMER.CREATE.DAVY", config),
        ("CONSUMER.CREATE.DAVY.c", config),
        ("CONSUMER.CREATE.DAVY.c.davy.events.>", config),
        ("CONSUMER.DURABLE.CREATE.DAVY.c", config),
        ("CONSUMER.MSG.NEXT.DAVY.c", "1"),
        ("CONSUMER.NAMES.DAVY", ""),
        ("CONSUMER.LIST.DAVY", ""),
        ("CONSUMER.INFO.DAVY.c", ""),
        ("DIRECT.GET.DAVY", r#"{"seq":1}"#),
        ("DIRECT.GET.DAVY.davy.events.sales.crm:1.issue.reported", ""),
        ("STREAM.MSG.GET.DAVY", r#"{"seq":1}"#),
        ("STREAM.INFO.DAVY", ""),
        ("STREAM.NAMES", ""),
        ("STREAM.LIST", ""),
        ("INFO", ""),
    ] {
        // A wildcard is no subject to publish to.
        support.may_not_publish(&format!("$JS.API.{}", what.replace('>', "x")), body).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_listen_to_events() {
    let company = Company::start();
    let _log = company.davy().await;
    let mut support = company.department("support").await;
    for subject in [
        "davy.events.>",
        "davy.events.sales.>",
        "davy.events.support.>",
        "davy.events.*.*.issue.reported",
        "davy.directory.>",
        "davy.>",
        "*.>",
        ">",
        "$JS.>",
        "$JS.EVENT.ADVISORY.>",
        "$SYS.>",
    ] {
        support.may_not_hear(subject).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_hear_anothers_answers() {
    let company = Company::start();
    let _log = company.davy().await;
    let mut support = company.department("support").await;
    for subject in
        ["_INBOX_davy.>", "_INBOX_sales.>", "_INBOX.>", "_INBOX_support2.>", "_INBOX_support", "*.x"]
    {
        support.may_not_hear(subject).await;
    }
    // Nor does it answer in Davy's place.
    support.may_not_publish("_INBOX_davy.x", "{}").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_touch_the_stream() {
    let company = Company::start();
    let log = company.davy().await;
    log.append(vec![message(OWN)], Vec::new()).await.unwrap();
    let before = log.state().await.unwrap();
    let mut support = company.department("support").await;
    for what in [
        "STREAM.DELETE.DAVY",
        "STREAM.PURGE.DAVY",
        "STREAM.UPDATE.DAVY",
        "STREAM.CREATE.DAVY",
        "STREAM.CREATE.MINE",
        "STREAM.MSG.DELETE.DAVY",
        "STREAM.SNAPSHOT.DAVY",
        "STREAM.RESTORE.DAVY",
        "STREAM.LEADER.STEPDOWN.DAVY",
        "CONSUMER.DELETE.DAVY.c",
        "CONSUMER.PAUSE.DAVY.c",
        "ACCOUNT.PURGE.G",
    ] {
        support.may_not_publish(&format!("$JS.API.{what}"), "").await;
    }
    assert_eq!(LogState { now: before.now, ..log.state().await.unwrap() }, before);
}

/// The server sends an ack wherever the publisher asks for it, and permissions do not bind the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ack_is_no_way_through_a_wall() {
    let company = Company::start();
    let log = company.davy().await;
    let support = company.department("support").await;
    support.publishes(OWN, "/zendesk/1").await;
    let before = log.state().await.unwrap();
    for reply in [
        "$JS.API.STREAM.PURGE.DAVY",
        "$JS.API.STREAM.DELETE.DAVY",
        "$JS.API.STREAM.MSG.DELETE.DAVY",
        "davy.events.sales.crm:1.issue.reported",
        "davy.events.command.crm:1.issue.acknowledged",
        "davy.directory.department.sales",
    ] {
        support.client.publish_with_reply(OWN, reply, "{}".into()).await.unwrap();
    }
    // The server sends acks in order: those before this one have gone wherever they go.
    let mut answers = support.client.subscribe("_INBOX_support.probe").await.unwrap();
    support.client.publish_with_reply(OWN, "_INBOX_support.probe", "{}".into()).await.unwrap();
    timeout(PATIENCE, answers.next()).await.unwrap().unwrap();
    support.publishes(OWN, "/zendesk/2").await;

    let after = log.state().await.unwrap();
    assert_eq!((after.first, after.tail.sequence()), (before.first, 9));
    for sequence in 1..=after.tail.sequence() {
        let found = log.message(Position::new(sequence)).await.unwrap().unwrap();
        assert_eq!((found.subject.as_str(), found.body.as_slice()), (OWN, &b"{}"[..]));
        assert!(found.headers.iter().all(|(name, _)| name == "Nats-Msg-Id"), "{:?}", found.headers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_keys_that_the_server_knows_get_in() {
    let company = Company::start();
    let _log = company.davy().await;
    let stranger = nkeys::KeyPair::new_user().seed().unwrap();
    for options in [async_nats::ConnectOptions::new(), async_nats::ConnectOptions::with_nkey(stranger)] {
        let refused = timeout(Duration::from_secs(10), options.connect(company.nats.url())).await.unwrap();
        assert!(refused.is_err());
    }
}

/// Whatever the client library does by itself works within the walls too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ordinary_jetstream_client_works_within_the_walls() {
    let company = Company::start();
    let log = company.davy().await;
    let support = company.department("support").await;
    let context = jetstream::new(support.client.clone());
    let acks: Vec<_> = futures_util::stream::iter(0..50)
        .then(|_| async { context.publish(OWN, "{}".into()).await.unwrap().await.unwrap().sequence })
        .collect()
        .await;
    assert_eq!(acks, (1..=50).collect::<Vec<_>>());
    assert_eq!(tail(&log).await, Position::new(50));
}
