//! What Davy itself may do: all that it needs, and not what it never does.

use davy_jetstream::{Durability, Options, connect};
use domain::{Losses, Position};
use engine::{EventLog as _, LogError, testing::log_contract};
use tokio::sync::mpsc;

use crate::harness::{Company, NAMES, message, tail};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn davy_does_all_its_work() {
    let company = Company::start();
    let log = company.davy().await;
    log_contract(&*log).await;
    let carried = NAMES[1..].iter().map(|name| message(&format!("davy.events.{name}.crm:1.issue.reported")));
    log.append(carried.collect(), Vec::new()).await.unwrap();
    let own =
        ["events.escalator.crm:1.owner.orphaned", "events.pager.crm:1.ping.sent", "directory.person.mia"];
    let own = own.map(|rest| message(&format!("davy.{rest}")));
    let last = *log.append(own.to_vec(), Vec::new()).await.unwrap().last().unwrap();

    let (into, mut chunks) = mpsc::channel(2);
    let reader = log.clone();
    let reading = tokio::spawn(async move { reader.read(Position::START, Losses::default(), into).await });
    let mut read = 0;
    while read < last.sequence() {
        read += u64::try_from(chunks.recv().await.unwrap().len()).unwrap();
    }
    drop(chunks);
    reading.await.unwrap().unwrap();

    let (into, mut matching) = mpsc::channel(2);
    log.matching("davy.directory.>".to_owned(), Position::START, into).await.unwrap();
    assert_eq!(matching.recv().await.unwrap()[0].position, last);
    assert_eq!(log.message(last).await.unwrap().unwrap().subject, "davy.directory.person.mia");
    assert!(log.position_at(crate::harness::now()).await.unwrap() <= last);
    let monitor_url = Some(company.nats.monitoring_url().to_owned());
    let asking = connect(Options { monitor_url, ..company.options() }).await.unwrap();
    assert_eq!(asking.durability().await, Durability::Durable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn davy_does_not_destroy_its_stream_nor_speak_for_strangers() {
    let company = Company::start();
    let log = company.davy().await;
    let mut davy = company.department("davy").await;
    for what in [
        "STREAM.DELETE.DAVY",
        "STREAM.PURGE.DAVY",
        "STREAM.UPDATE.DAVY",
        "STREAM.CREATE.MINE",
        "STREAM.MSG.DELETE.DAVY",
    ] {
        davy.may_not_publish(&format!("$JS.API.{what}"), "").await;
    }
    for subject in ["davy.events.>", "_INBOX_support.>", ">"] {
        davy.may_not_hear(subject).await;
    }
    for messages in [1, 2] {
        let unlisted = vec![message("davy.events.billing.crm:1.issue.reported"); messages];
        let refused = log.append(unlisted, Vec::new()).await;
        assert!(
            matches!(&refused, Err(LogError::Refused { detail }) if detail.contains("billing")),
            "{refused:?}"
        );
    }
    assert_eq!(tail(&log).await, Position::START);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_inbox_is_told_as_such_and_at_once() {
    let company = Company::start();
    let _log = company.davy().await;
    let deaf = connect(Options { inbox_prefix: "_INBOX".to_owned(), ..company.options() }).await.unwrap();
    for _ in 0..2 {
        let started = std::time::Instant::now();
        let error = deaf.state().await.unwrap_err();
        assert!(error.to_string().contains("nats.inbox_prefix"), "{error}");
        assert!(started.elapsed() < std::time::Duration::from_secs(4), "it is no time-out");
    }
    for messages in [1, 2] {
        let refused = deaf.append(vec![message("davy.directory.person.mia"); messages], Vec::new()).await;
        assert!(refused.unwrap_err().to_string().contains("nats.inbox_prefix"));
    }
}
