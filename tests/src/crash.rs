//! `kill -9` at any point: every event that NATS confirmed is folded once.

use serde_json::json;
use testkit::{Davy, client::v1};

use crate::{DAVY, block_on, issues};

#[test]
fn a_killed_aggregator_goes_on_from_its_cursor() {
    let mut davy = Davy::start(DAVY).unwrap();
    let mut confirmed = 0;
    for life in 0..4 {
        let position = block_on(publish(&davy, life, &mut confirmed));
        if life % 2 == 0 {
            // Killed while the events of this life are still being folded.
            davy.kill().unwrap();
            davy.restart().unwrap();
        }
        let listed = issues(&davy, &["--min-position", &position]).lines().count();
        assert_eq!(listed, confirmed, "life {life}");
    }
    let status = block_on(block_on(davy.api()).unwrap().get_status(v1::GetStatusRequest::default())).unwrap();
    assert_eq!((status.issues, status.duplicates), (confirmed as i64, 0));
}

async fn publish(davy: &Davy, life: usize, confirmed: &mut usize) -> String {
    let publisher = davy.publisher().await.unwrap();
    let mut pending = Vec::new();
    for number in 0..200 {
        let body =
            json!({"text": "x", "issue": {"system": "t", "id": format!("{life}-{number}")}}).to_string();
        let subject = "davy.events.support.crm:1.issue.reported".to_owned();
        pending.push(
            publisher
                .send(v1::EventMessage { subject, body: body.into(), headers: [].into() })
                .await
                .unwrap(),
        );
    }
    let mut last = String::new();
    for sent in pending {
        last = sent.ack().await.unwrap().position;
        *confirmed += 1;
    }
    last
}
