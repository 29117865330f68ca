//! Watches against a server that plays one script a stream: it ends, fails, cuts off and comes back as Davy may.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use proto::v1::{
    issue_service_server::{IssueService, IssueServiceServer},
    watch_unacknowledged_response::Frame,
};
use tokio::{net::TcpListener, sync::oneshot};
use tokio_stream::{StreamExt as _, iter, pending};
use tonic::{Request, Response, codegen::BoxStream, transport::Server};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::*;
use crate::{ApiOptions, Rows};

/// How a stream goes on after its frames.
enum End {
    Ok,
    Fail(Status),
    /// It stays open.
    Open,
}

/// Refused at once, or a stream.
type Script = Result<(Vec<Frame>, End), Status>;

#[derive(Clone, Default)]
struct Scripted {
    scripts: Arc<Mutex<Vec<Script>>>,
    /// The tokens that came in, one for each stream.
    tokens: Arc<Mutex<Vec<String>>>,
}

/// Methods that no script asks for, in the form that `async_trait` gives to the others: it does not look into macros.
macro_rules! unscripted {
    ($($method:ident: $request:ident => $response:ident,)+) => {$(
        fn $method<'life0, 'async_trait>(
            &'life0 self,
            _: Request<v1::$request>,
        ) -> std::pin::Pin<
            Box<dyn Future<Output = Result<Response<v1::$response>, Status>> + Send + 'async_trait>,
        >
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(std::future::ready(Err(Status::unimplemented(""))))
        }
    )+};
}

#[tonic::async_trait]
impl IssueService for Scripted {
    type WatchUnacknowledgedStream = BoxStream<v1::WatchUnacknowledgedResponse>;
    type WatchIssueStream = BoxStream<v1::WatchIssueResponse>;

    async fn watch_unacknowledged(
        &self,
        request: Request<v1::WatchUnacknowledgedRequest>,
    ) -> Result<Response<Self::WatchUnacknowledgedStream>, Status> {
        assert!(request.metadata().get("grpc-timeout").is_none(), "a watch has no deadline");
        self.tokens.lock().unwrap().push(request.into_inner().resume_token);
        let (frames, end) = self.scripts.lock().unwrap().remove(0)?;
        let frames = iter(frames).map(|frame| Ok(v1::WatchUnacknowledgedResponse { frame: Some(frame) }));
        Ok(Response::new(match end {
            End::Ok => Box::pin(frames),
            End::Fail(status) => Box::pin(frames.chain(iter([Err(status)]))),
            End::Open => Box::pin(frames.chain(pending())),
        }))
    }

    async fn watch_issue(
        &self,
        _: Request<v1::WatchIssueRequest>,
    ) -> Result<Response<Self::WatchIssueStream>, Status> {
        Err(Status::not_found("no such issue"))
    }

    unscripted! {
        list_unacknowledged: ListUnacknowledgedRequest => ListUnacknowledgedResponse,
        list_issues: ListIssuesRequest => ListIssuesResponse,
        get_issue: GetIssueRequest => GetIssueResponse,
        who_owns: WhoOwnsRequest => WhoOwnsResponse,
        report_issue: ReportIssueRequest => ReportIssueResponse,
        acknowledge_issue: AcknowledgeIssueRequest => AcknowledgeIssueResponse,
        accept_issue: AcceptIssueRequest => AcceptIssueResponse,
        assign_issue: AssignIssueRequest => AssignIssueResponse,
        decline_issue: DeclineIssueRequest => DeclineIssueResponse,
        offer_hand_off: OfferHandOffRequest => OfferHandOffResponse,
        accept_hand_off: AcceptHandOffRequest => AcceptHandOffResponse,
        decline_hand_off: DeclineHandOffRequest => DeclineHandOffResponse,
        withdraw_hand_off: WithdrawHandOffRequest => WithdrawHandOffResponse,
        request_assist: RequestAssistRequest => RequestAssistResponse,
        accept_assist: AcceptAssistRequest => AcceptAssistResponse,
        answer_assist: AnswerAssistRequest => AnswerAssistResponse,
        decline_assist: DeclineAssistRequest => DeclineAssistResponse,
        request_deferral: RequestDeferralRequest => RequestDeferralResponse,
        decide_deferral: DecideDeferralRequest => DecideDeferralResponse,
        cancel_deferral: CancelDeferralRequest => CancelDeferralResponse,
        make_promise: MakePromiseRequest => MakePromiseResponse,
        keep_promise: KeepPromiseRequest => KeepPromiseResponse,
        renegotiate_promise: RenegotiatePromiseRequest => RenegotiatePromiseResponse,
        report_workaround: ReportWorkaroundRequest => ReportWorkaroundResponse,
        review_workaround: ReviewWorkaroundRequest => ReviewWorkaroundResponse,
        add_note: AddNoteRequest => AddNoteResponse,
        change_severity: ChangeSeverityRequest => ChangeSeverityResponse,
        request_customer_input: RequestCustomerInputRequest => RequestCustomerInputResponse,
        send_update: SendUpdateRequest => SendUpdateResponse,
        log_contact: LogContactRequest => LogContactResponse,
        report_missed_contact: ReportMissedContactRequest => ReportMissedContactResponse,
        resolve_issue: ResolveIssueRequest => ResolveIssueResponse,
        close_issue: CloseIssueRequest => CloseIssueResponse,
        reopen_issue: ReopenIssueRequest => ReopenIssueResponse,
        withdraw_issue: WithdrawIssueRequest => WithdrawIssueResponse,
        reinstate_issue: ReinstateIssueRequest => ReinstateIssueResponse,
        link_issues: LinkIssuesRequest => LinkIssuesResponse,
        unlink_issues: UnlinkIssuesRequest => UnlinkIssuesResponse,
        correct_customer: CorrectCustomerRequest => CorrectCustomerResponse,
        add_reference: AddReferenceRequest => AddReferenceResponse,
        observe_signal: ObserveSignalRequest => ObserveSignalResponse,
        disposition_signal: DispositionSignalRequest => DispositionSignalResponse,
        batch_acknowledge_issues: BatchAcknowledgeIssuesRequest => BatchAcknowledgeIssuesResponse,
        batch_accept_issues: BatchAcceptIssuesRequest => BatchAcceptIssuesResponse,
        list_work: ListWorkRequest => ListWorkResponse,
        explain_clock: ExplainClockRequest => ExplainClockResponse,
    }
}

/// Serves until the sender is dropped, and then breaks every connection.
async fn serve(scripted: Scripted, at: SocketAddr) -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind(at).await.unwrap();
    let at = listener.local_addr().unwrap();
    let (alive, dead) = oneshot::channel::<()>();
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let serving =
        Server::builder().add_service(IssueServiceServer::new(scripted)).serve_with_incoming(incoming);
    // A runtime of its own: when it goes, its connections go with it, as when a process is killed.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tokio::select! { served = serving => served.unwrap(), _ = dead => {} }
        });
    });
    (at, alive)
}

fn api(at: SocketAddr) -> Api {
    Api::connect(ApiOptions { gzip: false, ..ApiOptions::new(format!("http://{at}")) }).unwrap()
}

fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// A watch of a server that plays these scripts, and the tokens that the server sees.
async fn watching(
    scripts: Vec<Script>,
    token: &str,
) -> (Watch<v1::WatchUnacknowledgedRequest>, Arc<Mutex<Vec<String>>>, oneshot::Sender<()>) {
    let scripted = Scripted { scripts: Arc::new(Mutex::new(scripts)), tokens: Arc::default() };
    let tokens = Arc::clone(&scripted.tokens);
    let (at, alive) = serve(scripted, local()).await;
    let request = v1::WatchUnacknowledgedRequest { resume_token: token.to_owned(), ..Default::default() };
    (api(at).watch_unacknowledged(request), tokens, alive)
}

fn entry(id: &str) -> v1::UnacknowledgedEntry {
    let issue = v1::Issue { id: id.to_owned(), ..v1::Issue::default() };
    v1::UnacknowledgedEntry { entry: Some(v1::unacknowledged_entry::Entry::Issue(issue)) }
}

fn snapshot(reset: bool, ids: &[&str]) -> Frame {
    Frame::Snapshot(v1::UnacknowledgedSnapshot { reset, entries: ids.iter().map(|id| entry(id)).collect() })
}

fn complete(token: &str) -> Frame {
    Frame::SnapshotComplete(v1::SnapshotComplete { position: "0-1".into(), resume_token: token.into() })
}

fn progress(token: &str) -> Frame {
    Frame::Progress(v1::Progress { position: "0-2".into(), lag: Some(0), resume_token: token.into() })
}

fn remove(id: &str) -> Frame {
    let key = Some(v1::unacknowledged_key::Key::IssueId(id.into()));
    Frame::Remove(v1::UnacknowledgedKey { key })
}

/// One word for each update, until so many frames have come.
async fn told(watch: &mut Watch<v1::WatchUnacknowledgedRequest>, mut frames: u32) -> Vec<String> {
    let mut words = Vec::new();
    while frames > 0 {
        let update = tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap().unwrap();
        words.push(match update {
            Update::Open => "open".to_owned(),
            Update::Lost(error) => format!("lost {:?}", error.code),
            Update::Frame(frame) => {
                frames -= 1;
                match frame.frame.unwrap() {
                    Frame::Snapshot(rows) if rows.reset => format!("reset {}", rows.entries.len()),
                    Frame::Snapshot(rows) => format!("rows {}", rows.entries.len()),
                    Frame::SnapshotComplete(_) => "complete".to_owned(),
                    Frame::Upsert(_) => "upsert".to_owned(),
                    Frame::Remove(_) => "remove".to_owned(),
                    Frame::Progress(_) => "progress".to_owned(),
                }
            }
        });
    }
    words
}

#[tokio::test]
async fn a_watch_goes_on_from_the_last_token_however_its_stream_ends() {
    let scripts = vec![
        Ok((vec![snapshot(false, &["a", "b"]), complete("t1"), remove("a")], End::Ok)),
        Err(Status::unavailable("rebuilding 42%")),
        Ok((vec![progress("t2"), Frame::Upsert(entry("c"))], End::Fail(Status::internal("cut off")))),
        Ok((vec![snapshot(true, &["c"]), complete("t3")], End::Open)),
    ];
    let (mut watch, tokens, _alive) = watching(scripts, "").await;
    assert_eq!(
        told(&mut watch, 7).await.join(", "),
        "open, rows 2, complete, remove, lost Unavailable, lost Unavailable, \
         open, progress, upsert, lost Internal, open, reset 1, complete"
    );
    assert_eq!(*tokens.lock().unwrap(), ["", "t1", "t1", "t2"]);
    assert_eq!(watch.resume_token(), "t3");
}

#[tokio::test]
async fn a_slow_reader_goes_on_where_it_was_cut_off() {
    let info =
        ErrorDetails::with_error_info("SLOW_READER", "davy", [("resume_token".to_owned(), "t9".to_owned())]);
    let slow = Status::with_error_details(tonic::Code::ResourceExhausted, "read faster", info);
    let scripts = vec![Ok((vec![complete("t1")], End::Fail(slow))), Ok((vec![progress("t10")], End::Open))];
    let (mut watch, tokens, _alive) = watching(scripts, "t0").await;
    assert_eq!(
        told(&mut watch, 2).await.join(", "),
        "open, complete, lost ResourceExhausted, open, progress"
    );
    assert_eq!(*tokens.lock().unwrap(), ["t0", "t9"]);
}

/// Half a snapshot is nothing to go on from: neither with the old token, nor without clearing what came.
#[tokio::test]
async fn a_snapshot_that_breaks_off_is_begun_anew() {
    let gone = || End::Fail(Status::unavailable("gone"));
    let scripts = vec![
        Ok((vec![snapshot(true, &["a"]), progress("half")], gone())),
        Ok((vec![snapshot(false, &["b"]), snapshot(false, &["c"])], gone())),
        Ok((vec![snapshot(false, &["c"]), snapshot(false, &["d"]), complete("t1")], End::Open)),
    ];
    let (mut watch, tokens, _alive) = watching(scripts, "t0").await;
    let words = told(&mut watch, 7).await.join(", ");
    assert_eq!(
        words,
        "open, reset 1, progress, lost Unavailable, open, reset 1, rows 1, lost Unavailable, \
         open, reset 1, rows 1, complete"
    );
    assert_eq!(*tokens.lock().unwrap(), ["t0", "", ""]);
}

#[tokio::test]
async fn what_waiting_does_not_help_ends_the_watch() {
    for code in [tonic::Code::InvalidArgument, tonic::Code::Unimplemented, tonic::Code::Internal] {
        let scripts = vec![Err(Status::new(code, "no")), Ok((vec![complete("t1")], End::Open))];
        let (mut watch, tokens, _alive) = watching(scripts, "t0").await;
        let error = watch.next().await.unwrap_err();
        assert_eq!((error.message.as_str(), tokens.lock().unwrap().len()), ("no", 1), "{code:?}");
        // Asked again, it tries again.
        assert_eq!(told(&mut watch, 1).await, ["open", "complete"]);
    }
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_is_found_again() {
    let scripts = vec![
        Ok((vec![snapshot(false, &["a", "b"]), complete("t1")], End::Open)),
        Ok((vec![remove("a"), progress("t2")], End::Open)),
    ];
    let scripted = Scripted { scripts: Arc::new(Mutex::new(scripts)), tokens: Arc::default() };
    let (at, alive) = serve(scripted.clone(), local()).await;
    let mut watch = api(at).watch_unacknowledged(v1::WatchUnacknowledgedRequest::default());
    let mut rows = Rows::new();
    let mut lost = 0;
    let mut alive = Some(alive);
    let mut back = None;
    while watch.resume_token() != "t2" {
        // Dropped calls lose nothing, as in a `select!` with a clock.
        let Ok(update) = tokio::time::timeout(Duration::from_millis(20), watch.next()).await else {
            continue;
        };
        match update.unwrap() {
            Update::Frame(frame) => rows.apply(frame),
            Update::Lost(error) => {
                assert_eq!(error.code, Code::Unavailable, "{error}");
                lost += 1;
                if lost == 2 {
                    back = Some(serve(scripted.clone(), at).await);
                }
            }
            Update::Open => {}
        }
        if rows.is_complete() {
            alive.take();
        }
    }
    assert!(back.is_some() && lost >= 2);
    assert_eq!(*scripted.tokens.lock().unwrap(), ["", "t1"]);
    assert_eq!((rows.len(), rows.position(), rows.lag()), (1, "0-2", Some(0)));
}
