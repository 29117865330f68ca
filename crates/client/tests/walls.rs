//! The SDK as a department of a server with the shipped configuration, `deploy/nats/nats-server.conf`, over TLS.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{env, fs, path::Path};

use davy_client::{Credentials, Event, PublishError, Publisher, PublisherOptions, Tls};
use devkit::{Finder, NatsServer, Options};
use nkeys::KeyPair;
use serde_json::json;
use tempfile::TempDir;

const DEPARTMENTS: [&str; 4] = ["sales", "support", "engineering", "field-service"];

/// Seeds and certificates lie in `dir`, as departments get them.
fn company(dir: &Path) -> NatsServer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shipped = fs::read_to_string(root.join("deploy/nats/nats-server.conf")).unwrap();
    let mut config = shipped[shipped.find("#tls {").unwrap()..].to_owned();
    for name in DEPARTMENTS.into_iter().chain(["davy"]) {
        let pair = KeyPair::new_user();
        fs::write(dir.join(format!("{name}.nk")), format!("# {name}\n{}\n", pair.seed().unwrap())).unwrap();
        config = config
            .replace(&format!("nkey: \"PUBLIC KEY OF {name}\""), &format!("nkey: \"{}\"", pair.public_key()));
    }
    let certificate = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(dir.join("ca.pem"), certificate.cert.pem()).unwrap();
    fs::write(dir.join("server-cert.pem"), certificate.cert.pem()).unwrap();
    fs::write(dir.join("server-key.pem"), certificate.signing_key.serialize_pem()).unwrap();
    let (tls, accounts) = config.split_once("#}\n").unwrap();
    let tls = format!("tls {{{}}}\n", tls.trim_start_matches("#tls {").replace("\n#", "\n"));
    let extra_config = Some(tls.replace("/etc/nats", dir.to_str().unwrap()) + accounts);
    let finder = Finder {
        explicit: None,
        path_env: env::var_os("PATH"),
        tools_dir: root.join("target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    let binary = finder.find().unwrap();
    NatsServer::start(Options { binary, dir: dir.join("nats"), port: None, sync_always: false, extra_config })
        .unwrap()
}

fn options(nats: &NatsServer, dir: &Path, name: &str) -> PublisherOptions {
    PublisherOptions {
        credentials: Credentials::Nkey { path: dir.join(format!("{name}.nk")) },
        inbox_prefix: format!("_INBOX_{name}"),
        tls: Tls { ca: Some(dir.join("ca.pem")), identity: None, required: true },
        ..PublisherOptions::new(nats.url())
    }
}

async fn make_stream(nats: &NatsServer, dir: &Path) {
    let seed = fs::read_to_string(dir.join("davy.nk")).unwrap().lines().last().unwrap().to_owned();
    let client = async_nats::ConnectOptions::with_nkey(seed)
        .custom_inbox_prefix("_INBOX_davy")
        .add_root_certificates(dir.join("ca.pem"))
        .connect(nats.url())
        .await
        .unwrap();
    let config = async_nats::jetstream::stream::Config {
        name: "DAVY".into(),
        subjects: vec!["davy.events.>".into()],
        ..Default::default()
    };
    async_nats::jetstream::new(client).create_stream(config).await.unwrap();
}

fn complaint(department: &str) -> Event {
    Event::new(department, "issue.reported", json!({ "text": "Pump" }))
        .customer("crm", "4711")
        .unwrap()
        .id("1")
}

#[tokio::test]
async fn every_department_publishes_for_itself_and_is_told_whose_wall_it_meets() {
    let dir = TempDir::new().unwrap();
    let nats = company(dir.path());
    make_stream(&nats, dir.path()).await;
    for (number, name) in (1..).zip(DEPARTMENTS) {
        let publisher = Publisher::connect(options(&nats, dir.path(), name)).await.unwrap();
        let stored = publisher.publish(complaint(name).build().unwrap()).await.unwrap();
        assert_eq!((stored.position, stored.duplicate), (format!("0-{number}"), false));
        let refused = publisher.publish(complaint("billing").build().unwrap()).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("department {name} may not publish to davy.events.billing.>")
        );
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let dir = TempDir::new().unwrap();
    let nats = company(dir.path());
    let connect_timeout = std::time::Duration::from_secs(2);
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(dir.path().join("ca.pem"), other.cert.pem()).unwrap();
    let refused = PublisherOptions { connect_timeout, ..options(&nats, dir.path(), "sales") };
    let error = Publisher::connect(refused).await.unwrap_err();
    assert!(matches!(error, PublishError::Tls { .. }), "{error:?}");
}
