//! The spool against a real `nats-server` that is killed, stopped and brought back: what is not confirmed is kept, and
//! delivered later as the same event.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{collections::BTreeSet, env, fs, path::Path, process::Command, time::Duration};

use async_nats::jetstream;
use davy_client::{
    Clock, Credentials, Delivery, DeliveryError, Event, PublishError, Published, Publisher, PublisherOptions,
    Spool, SpoolError, SpoolOptions, SpoolingPublisher, Standing, v1::EventMessage,
};
use devkit::{Finder, NatsServer, Options};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;

/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(30);
/// The shortest that a server takes.
const WINDOW: Duration = Duration::from_millis(100);

fn nats(dir: &Path) -> NatsServer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let finder = Finder {
        explicit: None,
        path_env: env::var_os("PATH"),
        tools_dir: root.join("target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    let binary = finder.find().unwrap();
    let only_sales = "authorization { users: [ { user: davy, password: s }, { user: sales, password: s, permissions: \
                      { publish: { allow: [\"davy.events.sales.>\"] } } } ] }";
    let extra_config = Some(only_sales.to_owned());
    NatsServer::start(Options { binary, dir: dir.join("nats"), port: None, sync_always: true, extra_config })
        .unwrap()
}

fn options_of(nats: &NatsServer, user: &str) -> PublisherOptions {
    PublisherOptions {
        credentials: Credentials::Password { user: user.to_owned(), password: "s".to_owned() },
        ack_timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_millis(500),
        ..PublisherOptions::new(nats.url())
    }
}

fn options(nats: &NatsServer) -> PublisherOptions {
    options_of(nats, "davy")
}

async fn jetstream(nats: &NatsServer) -> jetstream::Context {
    let connect = async_nats::ConnectOptions::with_user_and_password("davy".into(), "s".into());
    jetstream::new(connect.connect(nats.url()).await.unwrap())
}

async fn make_stream(nats: &NatsServer, duplicate_window: Duration) {
    let config = jetstream::stream::Config {
        name: "DAVY".into(),
        subjects: vec!["davy.events.>".into()],
        duplicate_window,
        ..Default::default()
    };
    jetstream(nats).await.create_stream(config).await.unwrap();
}

/// What the stream holds: subject, headers and body of each message.
async fn messages(nats: &NatsServer) -> Vec<(String, Vec<(String, String)>, String)> {
    let mut stream = jetstream(nats).await.get_stream("DAVY").await.unwrap();
    let last = stream.info().await.unwrap().state.last_sequence;
    let mut messages = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let mut headers: Vec<_> =
            message.headers.iter().map(|(name, values)| (name.to_string(), values[0].to_string())).collect();
        headers.sort();
        messages.push((
            message.subject.to_string(),
            headers,
            String::from_utf8(message.payload.to_vec()).unwrap(),
        ));
    }
    messages
}

async fn numbers(nats: &NatsServer) -> Vec<u64> {
    let number =
        |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap()["number"].as_u64().unwrap();
    messages(nats).await.iter().map(|(_, _, body)| number(body)).collect()
}

/// A bare complaint, as the simplest tool sends it.
fn complaint(number: u64) -> EventMessage {
    let data = json!({ "text": "Pump", "number": number });
    Event::new("sales", "issue.reported", data).customer("crm", "4711").unwrap().build().unwrap()
}

fn is_kept(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Kept { .. })
}

fn signal(nats: &NatsServer, signal: &str) {
    let pid = nats.pid().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
}

/// Stops it where it stands. A signal takes a moment to reach every thread, and Linux tells when it has.
fn stop(nats: &NatsServer) {
    signal(nats, "-STOP");
    let pid = nats.pid().unwrap();
    let is_stopped = |task: std::io::Result<fs::DirEntry>| {
        let stat = fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default();
        stat.rsplit(')').next().is_none_or(|rest| rest.trim_start().starts_with('T'))
    };
    while fs::read_dir(format!("/proc/{pid}/task")).is_ok_and(|mut tasks| !tasks.all(is_stopped)) {
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn what_is_published_while_nats_is_dead_is_delivered_in_order_and_once() {
    let dir = TempDir::new().unwrap();
    let mut nats = nats(dir.path());
    make_stream(&nats, Duration::from_secs(120)).await;
    let spool = || SpoolOptions::new(dir.path().join("spool"));
    let publisher = SpoolingPublisher::start(options(&nats), spool()).await.unwrap();
    for number in 0..5 {
        assert!(!is_kept(&publisher.publish(complaint(number)).await.unwrap()));
    }
    nats.kill9().unwrap();
    for number in 5..200 {
        let delivery = timeout(LIMIT, publisher.publish(complaint(number))).await.unwrap().unwrap();
        assert!(is_kept(&delivery), "{number}: {delivery:?}");
    }
    assert_eq!(publisher.spool().waiting(), 195);
    assert_eq!(publisher.close().await, 195, "they outlive the process");

    // Starts although nobody answers.
    let publisher = SpoolingPublisher::start(options(&nats), spool()).await.unwrap();
    for number in 200..210 {
        assert!(is_kept(&publisher.publish(complaint(number)).await.unwrap()));
    }
    nats.restart().unwrap();
    timeout(LIMIT, publisher.delivered()).await.unwrap();
    assert!(!is_kept(&publisher.publish(complaint(210)).await.unwrap()), "nothing is before it any more");
    assert_eq!(numbers(&nats).await, (0..=210).collect::<Vec<_>>());
    assert!(publisher.spool().entries().unwrap().is_empty());
}

/// The same event twice in the log, further apart than JetStream notices, is one event to the fold: equal identity and
/// equal content.
#[tokio::test]
async fn an_event_whose_ack_was_lost_is_delivered_again_as_the_same_event() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats, WINDOW).await;
    let spool = || SpoolOptions::new(dir.path().join("spool"));
    let publisher = SpoolingPublisher::start(options(&nats), spool()).await.unwrap();
    stop(&nats);
    let delivery = timeout(LIMIT, publisher.publish(complaint(1))).await.unwrap().unwrap();
    assert!(matches!(&delivery, Delivery::Kept { reason, .. } if reason.contains("no ack")), "{delivery:?}");
    assert_eq!(publisher.close().await, 1);
    signal(&nats, "-CONT");
    let stored = async { while messages(&nats).await.is_empty() {} };
    timeout(LIMIT, stored).await.unwrap();
    // The window in which JetStream notices, and nothing else tells that it is over.
    tokio::time::sleep(3 * WINDOW).await;

    let publisher = SpoolingPublisher::start(options(&nats), spool()).await.unwrap();
    timeout(LIMIT, publisher.delivered()).await.unwrap();
    let messages = messages(&nats).await;
    assert!(messages.len() >= 2, "the first was stored too: {messages:?}");
    let first = as_read(&messages[0], 0);
    assert!(first.contains("source: \"/sales\"") && first.contains("content: Digest("), "{first}");
    for (place, message) in messages.iter().enumerate() {
        assert_eq!(as_read(message, place), first);
    }
}

/// When it happened, who it is and the digest of what it says, as Davy reads them from a message at a place in the log.
fn as_read((subject, headers, body): &(String, Vec<(String, String)>, String), place: usize) -> String {
    let position = format!("0-{}", place + 1).parse().unwrap();
    let stored_at = format!("2099-03-02T10:0{place}:00Z").parse().unwrap();
    let message = wire::Message { position, stored_at, subject, headers, body: body.as_bytes() };
    let read = format!("{:?}", wire::decode(&message).content);
    let (_, from_time) = read.split_once(" time: ").unwrap();
    from_time.split_once(" origin: ").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_delivery_that_ends_in_the_middle_delivers_the_rest_in_order() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats, Duration::from_secs(120)).await;
    let spool = Spool::open(SpoolOptions::new(dir.path().join("spool"))).unwrap();
    for number in 0..300 {
        spool.keep(spool.dated(complaint(number)), "a test").unwrap();
    }
    let publisher = Publisher::connect(options(&nats)).await.unwrap();
    for pause in [1, 3, 10, 20] {
        // As a crash would: some were sent and not removed.
        timeout(Duration::from_millis(pause), spool.deliver(&publisher)).await.ok();
    }
    let delivered = spool.deliver(&publisher).await.unwrap();
    assert!(delivered.stopped.is_none() && delivered.left == 0, "{delivered:?}");
    // What was sent without its ack having come is sent again as it was; Davy knows it for the same.
    let mut seen = BTreeSet::new();
    let first: Vec<_> = numbers(&nats).await.into_iter().filter(|number| seen.insert(*number)).collect();
    assert_eq!(first, (0..300).collect::<Vec<_>>());
}

#[tokio::test]
async fn torn_and_refused_events_are_set_aside_and_hold_nobody_up() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats, Duration::from_secs(120)).await;
    let spool = Spool::open(SpoolOptions::new(dir.path().join("spool"))).unwrap();
    let torn = spool.keep(spool.dated(complaint(0)), "a test").unwrap();
    let path = spool.dir().join(format!("{torn}.event"));
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    let foreign = Event::new("billing", "issue.reported", json!({ "number": 1 })).build().unwrap();
    let foreign = spool.keep(spool.dated(foreign), "a test").unwrap();
    spool.keep(spool.dated(complaint(2)), "a test").unwrap();

    let sales = Publisher::connect(options_of(&nats, "sales")).await.unwrap();
    let delivered = spool.deliver(&sales).await.unwrap();
    assert_eq!((delivered.stored, delivered.left, &delivered.unreadable), (1, 0, &vec![torn.clone()]));
    assert!(matches!(&delivered.refused[..], [one] if one.name == foreign), "{delivered:?}");
    let standing: Vec<_> =
        spool.entries().unwrap().into_iter().map(|entry| (entry.name, entry.standing)).collect();
    assert_eq!(standing, [(torn.clone(), Standing::Unreadable), (foreign, Standing::Refused)]);

    // Once somebody has seen to it.
    let davy = Publisher::connect(options(&nats)).await.unwrap();
    assert_eq!(spool.readmit_refused().unwrap(), 1);
    assert_eq!(spool.deliver(&davy).await.unwrap().stored, 1);
    spool.remove(&torn).unwrap();
    assert!(matches!(spool.remove(&torn), Err(SpoolError::Unknown { .. })));
    assert_eq!(numbers(&nats).await, [2, 1]);
}

#[tokio::test]
async fn what_is_refused_for_good_is_an_error_and_is_not_kept() {
    let dir = TempDir::new().unwrap();
    let mut nats = nats(dir.path());
    make_stream(&nats, Duration::from_secs(120)).await;
    let publisher =
        SpoolingPublisher::start(options_of(&nats, "sales"), SpoolOptions::new(dir.path().join("spool")))
            .await
            .unwrap();
    let foreign = Event::new("billing", "issue.reported", json!({})).build().unwrap();
    let error = publisher.publish(foreign).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Refused(PublishError::Forbidden { .. })), "{error}");
    nats.kill9().unwrap();
    let large =
        Event::new("sales", "issue.reported", json!({ "text": "x".repeat(300_000) })).build().unwrap();
    let error = publisher.publish(large).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Refused(PublishError::TooLarge { .. })), "{error}");
    assert!(publisher.spool().entries().unwrap().is_empty());
}

#[tokio::test]
async fn an_event_waits_for_the_stream_that_takes_it() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    let publisher =
        SpoolingPublisher::start(options(&nats), SpoolOptions::new(dir.path().join("spool"))).await.unwrap();
    assert!(is_kept(&publisher.publish(complaint(1)).await.unwrap()));
    make_stream(&nats, Duration::from_secs(120)).await;
    timeout(LIMIT, publisher.delivered()).await.unwrap();
    let Delivery::Stored(Published { position, .. }) = publisher.publish(complaint(2)).await.unwrap() else {
        panic!("not stored")
    };
    assert_eq!(position, "0-2");
}

#[test]
fn a_full_spool_refuses_and_has_room_again_when_something_is_delivered_elsewhere() {
    let dir = TempDir::new().unwrap();
    let options = SpoolOptions { max_messages: 2, ..SpoolOptions::new(dir.path()) };
    let spool = Spool::open(options.clone()).unwrap();
    let first = spool.keep(complaint(1), "a test").unwrap();
    spool.keep(complaint(2), "a test").unwrap();
    let error = spool.keep(complaint(3), "a test").unwrap_err();
    assert!(matches!(error, SpoolError::Full { messages: 2, .. }), "{error}");
    // Another process.
    Spool::open(options.clone()).unwrap().remove(&first).unwrap();
    spool.keep(complaint(3), "a test").unwrap();
    let held: u64 = spool.entries().unwrap().iter().map(|entry| entry.bytes).sum();
    let small = Spool::open(SpoolOptions { max_messages: 9, max_bytes: held + 10, ..options }).unwrap();
    assert!(matches!(small.keep(complaint(4), "a test"), Err(SpoolError::Full { .. })));
    assert_eq!(small.entries().unwrap().len(), 2, "what was refused left nothing behind");
}

#[test]
fn events_are_kept_in_order_when_the_clock_is_put_back() {
    let dir = TempDir::new().unwrap();
    let at = |second| {
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_500_000 - second);
        SpoolOptions { clock: Clock::new(move || time), ..SpoolOptions::new(dir.path()) }
    };
    for number in 0..5 {
        Spool::open(at(number)).unwrap().keep(complaint(number), "a test").unwrap();
    }
    let spool = Spool::open(at(0)).unwrap();
    let bodies: Vec<_> =
        spool.entries().unwrap().iter().map(|entry| spool.read(entry).unwrap().message.body).collect();
    assert_eq!(bodies, (0..5).map(|number| complaint(number).body).collect::<Vec<_>>());
}
