//! The publisher against a real `nats-server`: acks, duplicates, and every way in which it can be told no.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{env, error::Error as _, io::Write as _, path::Path, time::Duration};

use davy_client::{Credentials, Event, PublishError, Publisher, PublisherOptions};
use devkit::{Finder, NatsServer, Options};
use serde_json::json;
use tempfile::TempDir;

const DAVY: &str = "password: \"secret\"";
/// Of an nkey made for this test alone.
const SEED: &str = "SUAMRRCQ4LFKORQPVQSOQGD6DKOGMVF7KBDD4BEOVVFSQAFZXHK2LSUKNA";
const PUBLIC: &str = "UDWWA5OJTD2EWCRCQYCBOJIGUMELDJUJTMJN3VECVPRGYASH276NPLF7";

fn nats(dir: &Path) -> NatsServer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let finder = Finder {
        explicit: None,
        path_env: env::var_os("PATH"),
        tools_dir: root.join("target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    let sales = r#"permissions: { publish: { allow: ["davy.events.sales.>"] }, subscribe: { allow: ["_INBOX_sales.>"] } }"#;
    let users = format!(
        "authorization {{ users: [ {{ user: davy, {DAVY} }}, {{ user: sales, {DAVY}, {sales} }}, {{ nkey: {PUBLIC}, {sales} }} ] }}"
    );
    let binary = finder.find().unwrap();
    let options =
        Options { binary, dir: dir.join("nats"), port: None, sync_always: false, extra_config: Some(users) };
    NatsServer::start(options).unwrap()
}

fn password(user: &str) -> Credentials {
    Credentials::Password { user: user.to_owned(), password: "secret".to_owned() }
}

async fn publisher(nats: &NatsServer, credentials: Credentials) -> Publisher {
    let inbox_prefix = "_INBOX_sales".to_owned();
    Publisher::connect(PublisherOptions { credentials, inbox_prefix, ..PublisherOptions::new(nats.url()) })
        .await
        .unwrap()
}

async fn make_stream(nats: &NatsServer) {
    let options = async_nats::ConnectOptions::with_user_and_password("davy".into(), "secret".into());
    let client = options.connect(nats.url()).await.unwrap();
    let config = async_nats::jetstream::stream::Config {
        name: "DAVY".into(),
        subjects: vec!["davy.events.>".into()],
        ..Default::default()
    };
    async_nats::jetstream::new(client).create_stream(config).await.unwrap();
}

fn complaint(department: &str, id: &str) -> Event {
    Event::new(department, "issue.reported", json!({ "text": "Pump" }))
        .customer("crm", "4711")
        .unwrap()
        .id(id)
}

#[tokio::test]
async fn a_department_publishes_for_itself_alone() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    let sales = publisher(&nats, password("sales")).await;

    let nowhere = sales.publish(complaint("sales", "1").build().unwrap()).await.unwrap_err();
    assert!(matches!(nowhere, PublishError::NoStream { .. }) && nowhere.is_transient(), "{nowhere}");

    make_stream(&nats).await;
    let stored = sales.publish(complaint("sales", "1").build().unwrap()).await.unwrap();
    assert_eq!((stored.position.as_str(), stored.duplicate), ("0-1", false));
    // Whether it is the same is for Davy to say, which looks at the event; the server looks at a header that anybody may send.
    let mut thief = complaint("sales", "2").build().unwrap();
    thief.headers.insert("Nats-Msg-Id".to_owned(), "/sales/3".to_owned());
    sales.publish(thief.clone()).await.unwrap();
    assert!(sales.publish(thief).await.unwrap().duplicate);
    let spared = sales.publish(complaint("sales", "3").build().unwrap()).await.unwrap();
    assert_eq!((spared.position.as_str(), spared.duplicate), ("0-3", false));

    let refused = sales.publish(complaint("billing", "1").build().unwrap()).await.unwrap_err();
    assert_eq!(refused.to_string(), "department sales may not publish to davy.events.billing.>");

    let large = complaint("sales", &"x".repeat(300 * 1024)).build().unwrap();
    assert!(matches!(sales.publish(large).await, Err(PublishError::TooLarge { .. })));
}

#[tokio::test]
async fn many_on_their_way_are_stored_in_order_and_each_refusal_finds_its_message() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats).await;
    let options = PublisherOptions {
        credentials: password("sales"),
        inbox_prefix: "_INBOX_sales".into(),
        max_in_flight: 64,
        ..PublisherOptions::new(nats.url())
    };
    let sales = Publisher::connect(options).await.unwrap();
    let (mut pending, mut positions, mut refused) = (Vec::new(), Vec::new(), 0);
    for number in 0..500 {
        let department = if number % 10 == 9 { format!("other-{number}") } else { "sales".to_owned() };
        pending.push(sales.send(complaint(&department, &number.to_string()).build().unwrap()).await.unwrap());
        if pending.len() == 50 {
            for sent in pending.drain(..) {
                match sent.ack().await {
                    Ok(stored) => positions.push(stored.position),
                    Err(error) => {
                        assert!(
                            matches!(&error, PublishError::Forbidden { to, .. } if to.starts_with("davy.events.other-")),
                            "{error}"
                        );
                        refused += 1;
                    }
                }
            }
        }
    }
    let expected: Vec<_> = (1..=450).map(|sequence| format!("0-{sequence}")).collect();
    assert_eq!((positions, refused), (expected, 50));
}

#[tokio::test]
async fn a_seed_file_logs_in_and_a_wrong_password_says_so() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats).await;
    let path = dir.path().join("sales.nk");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "# sales\n{SEED}").unwrap();
    let by_key = publisher(&nats, Credentials::Nkey { path: path.clone() }).await;
    assert_eq!(by_key.publish(complaint("sales", "1").build().unwrap()).await.unwrap().position, "0-1");
    let refused = by_key.publish(complaint("billing", "1").build().unwrap()).await.unwrap_err();
    assert_eq!(refused.to_string(), "department sales may not publish to davy.events.billing.>");

    let in_url = nats.url().replace("//", "//sales:secret@");
    let options = PublisherOptions { inbox_prefix: "_INBOX_sales".into(), ..PublisherOptions::new(in_url) };
    let by_url = Publisher::connect(options).await.unwrap();
    assert_eq!(by_url.publish(complaint("sales", "2").build().unwrap()).await.unwrap().position, "0-2");

    let wrong = Credentials::Password { user: "sales".into(), password: "guess".into() };
    let options = PublisherOptions { credentials: wrong, ..PublisherOptions::new(nats.url()) };
    assert!(matches!(Publisher::connect(options).await, Err(PublishError::LogIn { .. })));
    let missing = Credentials::File { path: dir.path().join("none.creds") };
    let options = PublisherOptions { credentials: missing, ..PublisherOptions::new(nats.url()) };
    let error = Publisher::connect(options).await.unwrap_err();
    assert!(matches!(error, PublishError::ReadCredentials { .. }) && error.source().is_some());
}

#[tokio::test]
async fn who_cannot_hear_acks_is_told_so_at_once() {
    let dir = TempDir::new().unwrap();
    let nats = nats(dir.path());
    make_stream(&nats).await;
    let options = PublisherOptions { credentials: password("sales"), ..PublisherOptions::new(nats.url()) };
    let deaf = Publisher::connect(options).await.unwrap();
    for id in ["1", "2"] {
        let started = tokio::time::Instant::now();
        let error = deaf.publish(complaint("sales", id).build().unwrap()).await.unwrap_err();
        assert!(matches!(error, PublishError::Unheard { .. }), "{error}");
        assert!(error.to_string().contains("department sales may not hear"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(4), "it is no time-out");
    }
}

#[tokio::test]
async fn without_a_server_nothing_is_sent_and_the_address_is_named() {
    let dir = TempDir::new().unwrap();
    let mut server = nats(dir.path());
    make_stream(&server).await;
    let sales = publisher(&server, password("sales")).await;
    server.kill9().unwrap();
    let event = || complaint("sales", "1").build().unwrap();
    let lost =
        tokio::time::timeout(Duration::from_secs(20), sales.publish(event())).await.unwrap().unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    let options = PublisherOptions {
        connect_timeout: Duration::from_millis(300),
        ..PublisherOptions::new(server.url())
    };
    let error = Publisher::connect(options).await.unwrap_err();
    assert!(matches!(error, PublishError::Reach { .. }), "{error}");
}
