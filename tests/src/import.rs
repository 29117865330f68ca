//! A company's history through `davy import`: exactly the right answers, however often and in whatever order it comes.

use std::{fs, io::Read as _};

use serde_json::Value;
use testkit::{Davy, shared};

use crate::{
    DAVY, block_on,
    generated::{self, Numbers},
    issues, oracle,
};

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/mappings/servicenow-incident-log.toml");

#[track_caller]
fn import(davy: &Davy, file: &str) -> String {
    let ran = davy.run(["import", "--mapping", MAPPING, file]).unwrap();
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// Every row twice, and the incidents interleaved at random; rows of one incident keep their order.
fn doubled<T: Clone>(incidents: Vec<Vec<T>>, numbers: &mut Numbers) -> Vec<T> {
    let mut queues: Vec<Vec<T>> = incidents
        .into_iter()
        .map(|rows| rows.into_iter().flat_map(|row| [row.clone(), row]).rev().collect())
        .collect();
    let mut order: Vec<usize> =
        queues.iter().enumerate().flat_map(|(at, rows)| vec![at; rows.len()]).collect();
    numbers.shuffle(&mut order);
    order.into_iter().filter_map(|at| queues[at].pop()).collect()
}

fn by_incident<T>(rows: Vec<T>, key: impl Fn(&T) -> String) -> Vec<Vec<T>> {
    let mut incidents = std::collections::BTreeMap::<String, Vec<T>>::new();
    for row in rows {
        incidents.entry(key(&row)).or_default().push(row);
    }
    incidents.into_values().collect()
}

#[test]
fn a_generated_log_gives_what_its_table_says() {
    let rows = generated::log(300, 11);
    let numbered: Vec<_> = rows.iter().cloned().enumerate().collect();
    let mut davy = Davy::start(DAVY).unwrap();
    let file = davy.write("log.csv", generated::csv(&numbered)).unwrap();
    import(&davy, file.to_str().unwrap());
    let instants = [0, 3 * 1440 + 17, 9 * 1440 + 1, 15 * 1440, 40 * 1440];
    let check = |davy: &Davy| {
        for minute in instants {
            let as_of =
                if minute < 40 * 1440 { oracle::time(minute) } else { "2016-05-01T00:00:00Z".to_owned() };
            let wanted = oracle::of_table(&rows, minute);
            let found = oracle::of_issues(&issues(davy, &["--as-of", &as_of]));
            let differing: Vec<_> =
                wanted.iter().filter(|(id, state)| found.get(*id) != Some(state)).collect();
            assert!(differing.is_empty(), "as of {as_of}: {differing:?}");
            assert_eq!(oracle::digest(&found), oracle::digest(&wanted));
        }
    };
    check(&davy);
    let tail = |davy: &Davy| {
        let status: Value =
            serde_json::from_str(&davy.run(["status", "-o", "json"]).unwrap().stdout).unwrap();
        status["tail"].as_str().unwrap().to_owned()
    };
    let end = tail(&davy);

    let again = doubled(by_incident(numbered, |(_, row)| row.number.clone()), &mut Numbers::new(3));
    let file = davy.write("again.csv", generated::csv(&again)).unwrap();
    import(&davy, file.to_str().unwrap());
    assert_eq!(tail(&davy), end, "a repeated import stores nothing twice");
    check(&davy);

    davy.kill().unwrap();
    crate::rebuild::delete_store(&davy);
    davy.restart().unwrap();
    check(&davy);
}

#[test]
fn the_real_log_gives_exactly_the_right_answers() {
    let Some(folder) = shared("data/uci") else { return };
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("expected_2016-03-10T093030Z.json")).unwrap())
            .unwrap();
    let check = |davy: &Davy| {
        let found = oracle::of_issues(&issues(davy, &["--as-of", "2016-03-10T09:30:30Z"]));
        let count = |status: &str| found.values().filter(|state| state.1 == status).count();
        let unacknowledged = found.values().filter(|state| state.1 == "open" && !state.2).count();
        let counts = &expected["counts"];
        for (name, found) in [
            ("issues_reported", found.len()),
            ("open", count("open")),
            ("open_unacknowledged", unacknowledged),
            ("resolved", count("resolved")),
            ("closed", count("closed")),
            ("handoffs_total", found.values().map(|state| state.5).sum()),
            ("reopens_total", found.values().map(|state| state.6).sum()),
        ] {
            assert_eq!(found as u64, counts[name].as_u64().unwrap(), "{name}");
        }
        assert_eq!(oracle::digest(&found), expected["state_digest_sha256"].as_str().unwrap());
    };
    let mut davy = Davy::start(DAVY).unwrap();
    let log = folder.join("incident_event_log.csv.gz");
    import(&davy, log.to_str().unwrap());
    check(&davy);

    davy.kill().unwrap();
    crate::rebuild::delete_store(&davy);
    davy.restart().unwrap();
    check(&davy);

    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(&log).unwrap()).read_to_string(&mut text).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let key = |row: &&str| row.split(',').next().unwrap_or_default().to_owned();
    let again = doubled(by_incident(rows, key), &mut Numbers::new(5));
    let file = davy.write("again.csv", format!("{header}\n{}\n", again.join("\n"))).unwrap();
    import(&davy, file.to_str().unwrap());
    check(&davy);

    block_on(publish_all_again(&davy));
    check(&davy);
}

/// The events that the log holds, each twice, in random order, over NATS.
async fn publish_all_again(davy: &Davy) {
    let api = davy.api().await.unwrap();
    let publisher = davy.publisher().await.unwrap();
    let mut messages = testkit::messages(&davy.addresses().nats).await.unwrap();
    messages.extend(messages.clone());
    Numbers::new(9).shuffle(&mut messages);
    let mut pending = std::collections::VecDeque::new();
    let mut last = String::new();
    for message in messages {
        pending.push_back(publisher.send(message).await.unwrap());
        if pending.len() > 200 {
            last = pending.pop_front().unwrap().ack().await.unwrap().position;
        }
    }
    for sent in pending {
        last = sent.ack().await.unwrap().position;
    }
    let read = testkit::client::v1::ReadOptions { min_position: last, ..Default::default() };
    let request =
        testkit::client::v1::ListIssuesRequest { page_size: 1, read: Some(read), ..Default::default() };
    let patient = api.with_deadline(std::time::Duration::from_secs(300));
    patient.list_issues(request).await.unwrap();
}
