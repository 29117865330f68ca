//! A tonic server that does nothing but answer: what no service over gRPC can be faster than.

use std::sync::Arc;

use proto::v1::{
    GetTimelineResponse, ListUnacknowledgedRequest, ListUnacknowledgedResponse, WhoOwnsRequest,
    WhoOwnsResponse,
    customer_service_server::CustomerServiceServer,
    issue_service_server::{IssueService, IssueServiceServer},
};
use tonic::{Request, Response, Status};

/// The trait wants every method of the service: those that are measured are written out, the others are not served.
macro_rules! beside {
    (
        $service:ident { $($measured:tt)* }
        $($method:ident($request:ident) -> $response:ident),* $(,)?
    ) => {
        #[tonic::async_trait]
        impl $service for Bare {
            $($measured)*

            $(async fn $method(
                &self,
                _: Request<proto::v1::$request>,
            ) -> Result<Response<proto::v1::$response>, Status> {
                Err(not_measured())
            })*
        }
    };
}

#[path = "bare/timeline.rs"]
mod timeline;

/// The same answers to everybody.
#[derive(Debug)]
pub(crate) struct Bare {
    pub(crate) list: ListUnacknowledgedResponse,
    pub(crate) owner: WhoOwnsResponse,
    pub(crate) timeline: GetTimelineResponse,
}

impl Bare {
    /// Listens, until the program ends.
    pub(crate) async fn serve(self) -> anyhow::Result<std::net::SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
        let bare = Arc::new(self);
        let server = tonic::transport::Server::builder()
            .add_service(IssueServiceServer::from_arc(Arc::clone(&bare)))
            .add_service(CustomerServiceServer::from_arc(bare));
        tokio::spawn(server.serve_with_incoming(incoming));
        Ok(address)
    }
}

type NoFrames<T> = futures_util::stream::Empty<Result<T, Status>>;

beside! {
    IssueService {
        type WatchUnacknowledgedStream = NoFrames<proto::v1::WatchUnacknowledgedResponse>;
        type WatchIssueStream = NoFrames<proto::v1::WatchIssueResponse>;

        async fn list_unacknowledged(
            &self,
            _: Request<ListUnacknowledgedRequest>,
        ) -> Result<Response<ListUnacknowledgedResponse>, Status> {
            Ok(Response::new(self.list.clone()))
        }

        async fn who_owns(&self, _: Request<WhoOwnsRequest>) -> Result<Response<WhoOwnsResponse>, Status> {
            Ok(Response::new(self.owner.clone()))
        }

        async fn watch_unacknowledged(
            &self,
            _: Request<proto::v1::WatchUnacknowledgedRequest>,
        ) -> Result<Response<Self::WatchUnacknowledgedStream>, Status> {
            Err(not_measured())
        }

        async fn watch_issue(
            &self,
            _: Request<proto::v1::WatchIssueRequest>,
        ) -> Result<Response<Self::WatchIssueStream>, Status> {
            Err(not_measured())
        }
    }
    list_issues(ListIssuesRequest) -> ListIssuesResponse,
    get_issue(GetIssueRequest) -> GetIssueResponse,
    report_issue(ReportIssueRequest) -> ReportIssueResponse,
    acknowledge_issue(AcknowledgeIssueRequest) -> AcknowledgeIssueResponse,
    accept_issue(AcceptIssueRequest) -> AcceptIssueResponse,
    assign_issue(AssignIssueRequest) -> AssignIssueResponse,
    decline_issue(DeclineIssueRequest) -> DeclineIssueResponse,
    offer_hand_off(OfferHandOffRequest) -> OfferHandOffResponse,
    accept_hand_off(AcceptHandOffRequest) -> AcceptHandOffResponse,
    decline_hand_off(DeclineHandOffRequest) -> DeclineHandOffResponse,
    withdraw_hand_off(WithdrawHandOffRequest) -> WithdrawHandOffResponse,
    request_assist(RequestAssistRequest) -> RequestAssistResponse,
    accept_assist(AcceptAssistRequest) -> AcceptAssistResponse,
    answer_assist(AnswerAssistRequest) -> AnswerAssistResponse,
    decline_assist(DeclineAssistRequest) -> DeclineAssistResponse,
    request_deferral(RequestDeferralRequest) -> RequestDeferralResponse,
    decide_deferral(DecideDeferralRequest) -> DecideDeferralResponse,
    cancel_deferral(CancelDeferralRequest) -> CancelDeferralResponse,
    make_promise(MakePromiseRequest) -> MakePromiseResponse,
    keep_promise(KeepPromiseRequest) -> KeepPromiseResponse,
    renegotiate_promise(RenegotiatePromiseRequest) -> RenegotiatePromiseResponse,
    report_workaround(ReportWorkaroundRequest) -> ReportWorkaroundResponse,
    review_workaround(ReviewWorkaroundRequest) -> ReviewWorkaroundResponse,
    add_note(AddNoteRequest) -> AddNoteResponse,
    change_severity(ChangeSeverityRequest) -> ChangeSeverityResponse,
    request_customer_input(RequestCustomerInputRequest) -> RequestCustomerInputResponse,
    send_update(SendUpdateRequest) -> SendUpdateResponse,
    log_contact(LogContactRequest) -> LogContactResponse,
    report_missed_contact(ReportMissedContactRequest) -> ReportMissedContactResponse,
    resolve_issue(ResolveIssueRequest) -> ResolveIssueResponse,
    close_issue(CloseIssueRequest) -> CloseIssueResponse,
    reopen_issue(ReopenIssueRequest) -> ReopenIssueResponse,
    withdraw_issue(WithdrawIssueRequest) -> WithdrawIssueResponse,
    reinstate_issue(ReinstateIssueRequest) -> ReinstateIssueResponse,
    link_issues(LinkIssuesRequest) -> LinkIssuesResponse,
    unlink_issues(UnlinkIssuesRequest) -> UnlinkIssuesResponse,
    correct_customer(CorrectCustomerRequest) -> CorrectCustomerResponse,
    add_reference(AddReferenceRequest) -> AddReferenceResponse,
    observe_signal(ObserveSignalRequest) -> ObserveSignalResponse,
    disposition_signal(DispositionSignalRequest) -> DispositionSignalResponse,
    batch_acknowledge_issues(BatchAcknowledgeIssuesRequest) -> BatchAcknowledgeIssuesResponse,
    batch_accept_issues(BatchAcceptIssuesRequest) -> BatchAcceptIssuesResponse,
    list_work(ListWorkRequest) -> ListWorkResponse,
    explain_clock(ExplainClockRequest) -> ExplainClockResponse,
}

fn not_measured() -> Status {
    Status::unimplemented("not measured")
}
