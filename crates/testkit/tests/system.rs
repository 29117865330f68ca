//! The kit itself, and with it the app: stopped, crashed and rebuilt, a system answers the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

use client::v1::{GetStatusRequest, ListIssuesRequest, Phase};
use davy_testkit::{System, SystemOptions, eventually, get};

const REPORT: &str = "davy.events.sales.crm:4711.issue.reported";

async fn titles(system: &System) -> Vec<String> {
    let answer = system.api().unwrap().list_issues(ListIssuesRequest::default()).await.unwrap();
    answer.issues.into_iter().map(|issue| issue.title).collect()
}

async fn report(system: &System, text: &str) {
    let stored = system.publish_raw(REPORT, &[], format!(r#"{{"text":"{text}"}}"#)).await.unwrap();
    system.await_position(&stored.position).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_goes_on_after_stop_crash_and_loss_of_its_store() {
    let mut system = System::start().await.unwrap();
    report(&system, "Pump resets").await;
    system.stop().await.unwrap();
    system.restart().await.unwrap();
    report(&system, "Display stays dark").await;
    system.crash().await.unwrap();
    system.restart().await.unwrap();
    report(&system, "Alarm without a cause").await;
    let before = titles(&system).await;
    assert_eq!(before.len(), 3);
    system.crash().await.unwrap();
    system.delete_store().await.unwrap();
    system.restart().await.unwrap();
    assert_eq!(titles(&system).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_without_its_nats_answers_and_says_that_it_is_not_ready() {
    let mut system = System::start().await.unwrap();
    report(&system, "Pump resets").await;
    let readiness = system.url("/readyz").unwrap();
    assert_eq!(get(&readiness).await.unwrap().status, 200);
    system.nats_server().kill9().unwrap();
    let down =
        eventually("not to be ready", || async { get(&readiness).await.ok().filter(|it| it.status == 503) });
    assert!(down.await.unwrap().body.contains(r#""nats":"the log cannot be reached"#));
    assert_eq!(titles(&system).await, ["Pump resets"]);

    // Also one that starts meanwhile.
    system.stop().await.unwrap();
    system.options().do_not_wait = true;
    system.restart().await.unwrap();
    assert_eq!(titles(&system).await, ["Pump resets"]);
    system.nats_server().restart().unwrap();
    report(&system, "Back again").await;
    assert_eq!(titles(&system).await, ["Pump resets", "Back again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_life_stops_folding_and_not_answering() {
    let mut system = System::start().await.unwrap();
    report(&system, "Pump resets").await;
    system.stop().await.unwrap();
    let stream = system.store_dir().parent().unwrap().join("nats/store");
    system.nats_server().kill9().unwrap();
    std::fs::remove_dir_all(stream).unwrap();
    system.nats_server().restart().unwrap();
    *system.options() = SystemOptions { do_not_wait: true, ..SystemOptions::default() };
    system.restart().await.unwrap();
    let api = system.api().unwrap();
    let status = eventually("divergence", || async {
        let status = api.get_status(GetStatusRequest::default()).await.ok()?;
        (status.phase() == Phase::Diverged).then_some(status)
    });
    assert!(!status.await.unwrap().problem.is_empty());
    assert_eq!(titles(&system).await, ["Pump resets"]);
    assert_eq!(get(&system.url("/readyz").unwrap()).await.unwrap().status, 503);
    system.stop().await.unwrap();
}
