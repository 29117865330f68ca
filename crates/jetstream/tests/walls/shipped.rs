//! The file as it is shipped: a server takes it once its keys are filled in, and not before; and what it says of changing it.

use std::{fs, process::Command, time::Duration};

use async_nats::ConnectOptions;
use nkeys::KeyPair;
use tokio::time::{Instant, sleep};

use crate::harness::{Company, NAMES, PATIENCE, binary, filled_in, shipped};

fn checked(config: &str) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nats-server.conf");
    fs::write(&path, config).unwrap();
    let output = Command::new(binary()).arg("-t").arg("-c").arg(path).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_shipped_file_is_taken_once_its_keys_are_filled_in() {
    let (taken, words) = checked(&shipped());
    assert!(!taken && words.contains("nkey"), "{words}");
    let keys = NAMES.map(|name| (name, KeyPair::new_user())).into();
    let (taken, words) = checked(&filled_in(&keys));
    assert!(taken, "{words}");
    let shipped = shipped();
    let mut words = shipped.split(|letter: char| !letter.is_ascii_alphanumeric());
    assert!(words.all(|word| KeyPair::from_seed(word).is_err()), "seeds are not shipped");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_department_comes_and_another_goes_while_the_server_runs() {
    let company = Company::start();
    let log = company.davy().await;
    let sales = company.department("sales").await;
    sales.publishes("davy.events.sales.crm:1.issue.reported", "/sales/1").await;

    let path = company.dir.path().join("nats/nats-server.conf");
    let before = fs::read_to_string(&path).unwrap();
    let billing = KeyPair::new_user();
    // As sales had it, under another name and with another key.
    let sales_key = KeyPair::from_seed(&company.seed("sales")).unwrap().public_key();
    let after = before.replace("sales", "billing").replace(&sales_key, &billing.public_key());
    fs::write(&path, after).unwrap();
    let reload = || {
        let pid = company.nats.pid().unwrap().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    };
    reload();

    let started = Instant::now();
    let options = || ConnectOptions::with_nkey(billing.seed().unwrap()).custom_inbox_prefix("_INBOX_billing");
    let client = loop {
        match options().connect(company.nats.url()).await {
            Ok(client) => break client,
            Err(error) => assert!(started.elapsed() < PATIENCE, "{error}"),
        }
        sleep(Duration::from_millis(50)).await;
    };
    // The first time has made the account, the second connects it to Davy's.
    reload();
    let ack = loop {
        match client.request("davy.events.billing.crm:1.issue.reported", "{}".into()).await {
            Ok(ack) => break ack,
            Err(error) => assert!(started.elapsed() < PATIENCE, "{error}"),
        }
        sleep(Duration::from_millis(50)).await;
    };
    assert!(String::from_utf8_lossy(&ack.payload).contains("\"seq\":2"), "{ack:?}");
    assert!(company.connects("sales").await.is_err(), "it is shut out");
    assert_eq!(crate::harness::tail(&log).await.sequence(), 2);
}
