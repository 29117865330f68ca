//! Watches over a real connection: what is told, where they go on, and how each of them ends.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use engine::NewMessage;
use proto::v1::{
    self, customer_service_client::CustomerServiceClient, issue_service_client::IssueServiceClient,
    watch_timeline_response::Frame as Timeline, watch_unacknowledged_response::Frame,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::{
    Code, Status, Streaming,
    transport::{Channel, Endpoint},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt as _;

use super::{System, bare, event, reason};

const REPORT: &str = r#""text":"Pump resets","severity":"2""#;

/// A listener of a system.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start(system: &System) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = crate::serve(listener, None, system.services.clone(), async { drop(stopped.await) });
        let serving = tokio::spawn(async { serving.await.unwrap() });
        Self { address, stop, serving }
    }

    fn endpoint(&self) -> Endpoint {
        Channel::from_shared(format!("http://{}", self.address)).unwrap()
    }

    async fn issues(&self) -> IssueServiceClient<Channel> {
        IssueServiceClient::new(self.endpoint().connect().await.unwrap())
    }

    /// How long it took.
    async fn end(self) -> Duration {
        let asked = Instant::now();
        self.stop.send(()).unwrap();
        self.serving.await.unwrap();
        asked.elapsed()
    }
}

fn append(system: &System, message: v1::EventMessage) -> String {
    let (subject, body) = (message.subject, message.body.to_vec());
    system.log.append_now(NewMessage { subject, headers: Vec::new(), body }).to_string()
}

fn report(system: &System, title: &str) -> String {
    append(system, bare("issue.reported", &format!(r#"{{"text":"{title}"}}"#)))
}

/// What a frame says, in short.
async fn next(frames: &mut Streaming<v1::WatchUnacknowledgedResponse>) -> Result<String, Status> {
    let title = |entry: v1::UnacknowledgedEntry| match entry.entry.unwrap() {
        v1::unacknowledged_entry::Entry::Issue(issue) => issue.title,
        v1::unacknowledged_entry::Entry::Quarantined(message) => message.reason,
    };
    Ok(match frames.message().await?.unwrap().frame.unwrap() {
        Frame::Snapshot(v1::UnacknowledgedSnapshot { reset, entries }) => {
            let titles: Vec<_> = entries.into_iter().map(title).collect();
            format!("{}{}", if reset { "reset " } else { "" }, titles.join(" "))
        }
        Frame::SnapshotComplete(complete) => format!("complete {}", complete.resume_token),
        Frame::Upsert(entry) => format!("upsert {}", title(entry)),
        Frame::Remove(_) => "remove".to_owned(),
        Frame::Progress(progress) => format!("progress {}", progress.resume_token),
    })
}

/// The token of a frame that has one.
fn token(said: &str) -> String {
    said.split_once(' ').unwrap().1.to_owned()
}

fn resume_token(status: &Status) -> String {
    let details = status.get_error_details();
    details.error_info().unwrap().metadata.get("resume_token").unwrap().clone()
}

fn resuming(resume_token: &str) -> v1::WatchUnacknowledgedRequest {
    v1::WatchUnacknowledgedRequest { resume_token: resume_token.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_watch_tells_what_is_there_and_what_changes_and_goes_on_where_it_ended() {
    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    system.unacknowledged("0-1").await;
    let served = Served::start(&system).await;
    let mut issues = served.issues().await;
    let mut frames = issues.watch_unacknowledged(resuming("")).await.unwrap().into_inner();
    assert_eq!(next(&mut frames).await.unwrap(), "Pump resets");
    let complete = next(&mut frames).await.unwrap();
    assert!(complete.starts_with("complete 0-1."), "{complete}");
    report(&system, "Leaks");
    assert_eq!(next(&mut frames).await.unwrap(), "upsert Leaks");
    append(&system, event("z-2", "issue.acknowledged", r#""channel":"phone""#));
    assert_eq!(next(&mut frames).await.unwrap(), "remove");
    let progress = next(&mut frames).await.unwrap();
    assert!(progress.starts_with("progress 0-3."), "{progress}");
    drop(frames);

    let mut frames = issues.watch_unacknowledged(resuming(&token(&progress))).await.unwrap().into_inner();
    assert_eq!(next(&mut frames).await.unwrap(), progress, "nothing happened");
    drop(frames);
    report(&system, "Smells");
    let mut frames = issues.watch_unacknowledged(resuming(&token(&progress))).await.unwrap().into_inner();
    let changed = loop {
        let said = next(&mut frames).await.unwrap();
        if said != progress {
            break said;
        }
    };
    assert_eq!(changed, "upsert Smells");
    let elsewhere = format!("{}.00000000", token(&progress).split_once('.').unwrap().0);
    let mut frames = issues.watch_unacknowledged(resuming(&elsewhere)).await.unwrap().into_inner();
    assert_eq!(next(&mut frames).await.unwrap(), "reset Leaks Smells", "a token of another store");
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused_at_once() {
    let system = System::start().await;
    let mut request = resuming("yesterday");
    let older_than = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    request.filter = Some(v1::IssueFilter { older_than, ..Default::default() });
    let status = system.issues().watch_unacknowledged(request).await.map(drop).unwrap_err();
    let details = status.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|bad| bad.field.clone()).collect();
    assert_eq!(
        (status.code(), fields),
        (Code::InvalidArgument, vec!["resume_token".to_owned(), "filter.older_than".to_owned()])
    );

    let reference = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    let issue = Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) });
    let request = v1::WatchIssueRequest { issue, ..Default::default() };
    let status = system.issues().watch_issue(request).await.map(drop).unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "UNKNOWN_ISSUE"));
    let request = v1::WatchTimelineRequest { customer: "crm:1".to_owned(), ..Default::default() };
    let status = system.customers().watch_timeline(request).await.map(drop).unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "UNKNOWN_CUSTOMER"));
}

#[tokio::test]
async fn an_issue_is_told_whole_whenever_it_changes() {
    use v1::watch_issue_response::Frame;

    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    let reference = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    let issue = Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) });
    let request = v1::WatchIssueRequest { issue, ..Default::default() };
    system.unacknowledged("0-1").await;
    // As a caller within the process has it.
    let mut frames = system.issues().watch_issue(request).await.unwrap().into_inner();
    let mut next = async || frames.message().await.unwrap().unwrap().frame.unwrap();
    let Frame::Snapshot(v1::IssueSnapshot { reset: false, issue: Some(detail) }) = next().await else {
        panic!()
    };
    assert_eq!(detail.body, "Pump resets");
    assert!(matches!(next().await, Frame::SnapshotComplete(_)));
    append(&system, event("z-2", "issue.acknowledged", r#""channel":"phone""#));
    let Frame::Upsert(detail) = next().await else { panic!() };
    assert!(detail.issue.unwrap().acknowledged.is_some());
}

/// More than what lies in buffers on the way: hyper takes 400 KB for a stream.
const ENTRIES: usize = 600;

/// A watcher of a long timeline who takes nothing.
async fn stuck(system: &System, served: &Served) -> Streaming<v1::WatchTimelineResponse> {
    append(system, bare("contact.logged", r#"{"channel":"phone","summary":"0"}"#));
    let small = served.endpoint().initial_stream_window_size(16_384).initial_connection_window_size(65_535);
    let mut customers = CustomerServiceClient::new(small.connect().await.unwrap());
    let request = v1::WatchTimelineRequest { customer: "crm:4711".to_owned(), ..Default::default() };
    let frames = loop {
        match customers.watch_timeline(request.clone()).await {
            Ok(frames) => break frames.into_inner(),
            Err(status) => assert_eq!(reason(&status), "UNKNOWN_CUSTOMER"),
        }
    };
    let long = "na ".repeat(700);
    for number in 1..ENTRIES {
        let data = format!(r#"{{"channel":"phone","summary":"{number}","text":"{long}"}}"#);
        append(system, bare("contact.logged", &data));
    }
    frames
}

/// Notes the positions of entries until all are there or the stream ends.
async fn take(
    frames: &mut Streaming<v1::WatchTimelineResponse>,
    seen: &mut BTreeSet<String>,
) -> Result<(), Status> {
    while seen.len() < ENTRIES {
        match frames.message().await?.unwrap().frame.unwrap() {
            Timeline::Snapshot(snapshot) => {
                assert!(!snapshot.reset);
                seen.extend(snapshot.entries.into_iter().map(|entry| entry.position));
            }
            Timeline::Upsert(entry) => drop(seen.insert(entry.position)),
            Timeline::SnapshotComplete(_) | Timeline::Progress(_) => {}
            Timeline::Remove(key) => panic!("{key:?}"),
        }
    }
    Ok(())
}

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never happened");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn who_takes_nothing_is_let_go_and_loses_nothing() {
    let system = System::start().await;
    let served = Served::start(&system).await;
    let mut frames = stuck(&system, &served).await;
    let shared = system.services.shared();
    until(|| shared.watches.open() == 0).await;
    let mut seen = BTreeSet::new();
    let ended = take(&mut frames, &mut seen).await.unwrap_err();
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::ResourceExhausted, "SLOW_READER"));

    let resume_token = resume_token(&ended);
    let request =
        v1::WatchTimelineRequest { customer: "crm:4711".to_owned(), resume_token, ..Default::default() };
    let mut customers = CustomerServiceClient::new(served.endpoint().connect().await.unwrap());
    let mut frames = customers.watch_timeline(request).await.unwrap().into_inner();
    take(&mut frames, &mut seen).await.unwrap();
}

#[tokio::test]
async fn a_stop_ends_every_stream_and_says_where_to_go_on() {
    let system = System::start().await;
    report(&system, "Leaks");
    let served = Served::start(&system).await;
    let stuck = stuck(&system, &served).await;
    let channel = served.endpoint().connect().await.unwrap();
    let mut health = HealthClient::new(channel);
    let watched = health.watch(HealthCheckRequest { service: String::new() }).await.unwrap();
    let mut issues = served.issues().await;
    let idle = issues.watch_unacknowledged(resuming("")).await.unwrap();
    let mut frames = issues.watch_unacknowledged(resuming("")).await.unwrap().into_inner();
    let complete = loop {
        let said = next(&mut frames).await.unwrap();
        if said.starts_with("complete") {
            break token(&said);
        }
    };
    let reading = tokio::spawn(async move {
        loop {
            if let Err(status) = next(&mut frames).await {
                return status;
            }
        }
    });
    let took = served.end().await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    let status = reading.await.unwrap();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    let (before, after) = (complete.split_once('.').unwrap(), resume_token(&status));
    assert_eq!(after.split_once('.').unwrap().1, before.1, "of the same store");
    assert!(status.get_error_details().retry_info().is_some());
    drop((stuck, idle, watched));
    let status = system.issues().watch_unacknowledged(resuming("")).await.map(drop).unwrap_err();
    assert_eq!(reason(&status), "SHUTTING_DOWN");
}

#[tokio::test]
async fn one_connection_may_hold_every_watch_there_is_room_for() {
    let system = System::start().await;
    let served = Served::start(&system).await;
    let mut issues = served.issues().await;
    let mut open = Vec::new();
    for _ in 0..300 {
        let mut frames = issues.watch_unacknowledged(resuming("")).await.unwrap().into_inner();
        while !next(&mut frames).await.unwrap().starts_with("complete") {}
        open.push(frames);
    }
    let status = issues.watch_unacknowledged(resuming("")).await.map(drop).unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "TOO_MANY_WATCHES"));
    assert!(status.get_error_details().retry_info().is_some());
    let asked = system.operations().get_status(v1::GetStatusRequest::default()).await.unwrap().into_inner();
    assert_eq!(asked.watches, 300);
    report(&system, "Leaks");
    for frames in &mut open {
        while next(frames).await.unwrap() != "upsert Leaks" {}
    }
    open.clear();
    let shared = system.services.shared();
    until(|| shared.watches.open() == 0).await;
}
