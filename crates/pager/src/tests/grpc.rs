//! The port over gRPC, against a server of the generated service.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

use proto::v1::{self, pager_service_server as server, watch_owed_pings_response::Frame as Sent};
use tokio::net::TcpListener;
use tokio_stream::{Stream, wrappers::TcpListenerStream};
use tonic::{Request, Response, Status};

use crate::{
    ApiConnection, ApiFault, ApiOptions, Claim, Claimed, Frame, Outcome, Owed as _, PingId, Recipient,
    Record, Secret, Severity, Watch as _,
};

type Recorded = Arc<Mutex<Vec<v1::RecordPingOutcomeRequest>>>;

struct Service(Recorded);

fn owed() -> v1::Ping {
    let to = v1::PingRecipient { person: "ana".into(), contact: "mail".into(), channel: String::new() };
    v1::Ping { ping: "p1".into(), department: "support".into(), to: Some(to), ..Default::default() }
}

/// Held from then on; it was asked for at the hundredth second.
fn held(ping: &str, until: i64) -> v1::OwedPing {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let ping = v1::Ping { ping: ping.into(), requested_at: at(100), not_before: at(until), ..owed() };
    v1::OwedPing { ping: Some(ping), attempt: 1, claimed_until: None }
}

fn issue() -> v1::OwedIssue {
    let ping = v1::OwedPing { ping: Some(owed()), attempt: 2, claimed_until: None };
    v1::OwedIssue {
        issue: "i1".into(),
        customer: "c1".into(),
        severity: v1::Severity::Severity1.into(),
        pings: vec![ping, held("late", 100), held("quiet", 101)],
    }
}

#[tonic::async_trait]
impl server::PagerService for Service {
    type WatchOwedPingsStream =
        Pin<Box<dyn Stream<Item = Result<v1::WatchOwedPingsResponse, Status>> + Send>>;

    async fn watch_owed_pings(
        &self,
        request: Request<v1::WatchOwedPingsRequest>,
    ) -> Result<Response<Self::WatchOwedPingsStream>, Status> {
        if request.metadata().get("authorization").is_none_or(|token| token != "Bearer t0ken") {
            return Err(Status::unauthenticated("who are you?"));
        }
        let frames = [
            Sent::Snapshot(v1::OwedSnapshot { reset: true, issues: vec![issue()] }),
            Sent::SnapshotComplete(v1::SnapshotComplete::default()),
            Sent::Remove(v1::OwedKey { issue: "i1".into() }),
        ];
        let frames = frames.map(|frame| Ok(v1::WatchOwedPingsResponse { frame: Some(frame) }));
        Ok(Response::new(Box::pin(tokio_stream::iter(frames))))
    }

    async fn claim_ping(
        &self,
        request: Request<v1::ClaimPingRequest>,
    ) -> Result<Response<v1::ClaimPingResponse>, Status> {
        let claim = request.into_inner();
        if claim.attempt != 2 {
            let answer = v1::ClaimPingResponse { why_not: "too late".into(), ..Default::default() };
            return Ok(Response::new(answer));
        }
        let content = v1::PingContent {
            ping: Some(owed()),
            contact_address: "ana@example.com".into(),
            contact_kind: "mail".into(),
            severity: v1::Severity::Severity1.into(),
            ..Default::default()
        };
        let until = Some(prost_types::Timestamp { seconds: 60, nanos: 0 });
        Ok(Response::new(v1::ClaimPingResponse {
            claimed: true,
            content: Some(content),
            until,
            ..Default::default()
        }))
    }

    async fn record_ping_outcome(
        &self,
        request: Request<v1::RecordPingOutcomeRequest>,
    ) -> Result<Response<v1::RecordPingOutcomeResponse>, Status> {
        let record = request.into_inner();
        if record.ping != "p1" {
            return Err(Status::not_found("no such ping"));
        }
        self.0.lock().unwrap().push(record);
        Ok(Response::new(v1::RecordPingOutcomeResponse::default()))
    }
}

#[tokio::test]
async fn what_is_owed_claimed_and_recorded_goes_over_the_wire_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let recorded = Recorded::default();
    let service = server::PagerServiceServer::new(Service(Arc::clone(&recorded)));
    let serving = tonic::transport::Server::builder().add_service(service);
    tokio::spawn(serving.serve_with_incoming(TcpListenerStream::new(listener)));
    let connect = |token: Option<&str>| {
        let token = token.map(Secret::new);
        ApiConnection::connect(&ApiOptions { url: url.clone(), token, ca: None }).unwrap()
    };

    assert!(matches!(connect(None).watch().await, Err(ApiFault::Unavailable(_))));
    let api = connect(Some("t0ken"));
    let mut watch = api.watch().await.unwrap();
    let Some(Frame::Snapshot { reset: true, rows }) = watch.next().await.unwrap() else { panic!() };
    let owed = &rows[0].pings[0];
    assert_eq!((owed.id.as_str(), owed.attempt, owed.severity), ("p1", 2, Severity::One));
    assert_eq!(owed.customer.as_deref(), Some("c1"));
    assert_eq!(owed.recipient, Recipient::Person { person: "ana".into(), contact: "mail".into() });
    // What was to go when it was asked for is held by nothing, and late.
    let held: Vec<_> = rows[0].pings.iter().map(|owed| (owed.late, owed.not_before.is_some())).collect();
    assert_eq!(held, [(false, false), (true, false), (false, true)]);
    assert_eq!(watch.next().await.unwrap(), Some(Frame::Complete));
    let Some(Frame::Row(row)) = watch.next().await.unwrap() else { panic!() };
    assert!(row.issue == "i1" && row.pings.is_empty());
    assert_eq!(watch.next().await.unwrap(), None);

    let claim = |attempt| Claim { ping: PingId::new("p1"), by: "one".to_owned(), attempt };
    let Claimed::Ours { content, until } = api.claim(&claim(2)).await.unwrap() else { panic!() };
    assert_eq!((content.address.reveal(), until.as_second()), ("ana@example.com", 60));
    assert_eq!(api.claim(&claim(1)).await.unwrap(), Claimed::Refused { why: "too late".to_owned() });

    let retry_at = until;
    let mut record = Record {
        claim: claim(2),
        outcome: Outcome::FailedForNow { retry_at },
        detail: "it answered 500".to_owned(),
    };
    api.record(&record).await.unwrap();
    let taken = recorded.lock().unwrap()[0].clone();
    assert_eq!((taken.by.as_str(), taken.attempt, taken.retry_at.unwrap().seconds), ("one", 2, 60));
    assert_eq!(taken.outcome(), v1::PingOutcomeKind::FailedForNow);
    record.claim.ping = PingId::new("p2");
    assert!(matches!(api.record(&record).await, Err(ApiFault::Refused(_))));
}
