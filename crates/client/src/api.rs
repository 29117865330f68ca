//! The gRPC API, connected: every RPC as one call, asked again while Davy is unavailable, within a deadline.
//!
//! Every RPC here may be repeated: reads change nothing, an event that is published again is its own duplicate, and what was
//! settled, retracted or accepted by a call whose answer was lost is not done twice: the repeat says `ALREADY_SETTLED`, or
//! by which event it was done. A second `Rebuild` joins the one that runs. A command does nothing twice under one request
//! id.

use std::{fmt, sync::Arc, time::Duration};

use proto::v1::{
    self, customer_service_client::CustomerServiceClient, directory_service_client::DirectoryServiceClient,
    event_service_client::EventServiceClient, issue_service_client::IssueServiceClient,
    on_call_service_client::OnCallServiceClient, operations_service_client::OperationsServiceClient,
};
use tonic::{
    codec::CompressionEncoding,
    service::interceptor::InterceptedService,
    transport::{Channel, Endpoint},
};

mod caller;
mod error;
mod page;
mod retry;

use caller::Caller;
pub use caller::{ApiIdentity, ApiTls, Token};
pub use error::{ApiError, Code, FieldViolation};
pub use page::{Paged, Pages};
pub(crate) use retry::{FIRST_PAUSE, LONGEST_PAUSE, jittered};

/// The largest message that is sent or taken, as on the server.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// How to call the API.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Where Davy listens, such as `http://127.0.0.1:50051`, or `https://davy.example.com:50051`.
    pub server: String,
    /// The credential, where Davy asks for one.
    pub token: Option<Token>,
    /// Who calls where Davy asks for no credential, as `DEPARTMENT[/SYSTEM:ID]`; elsewhere it changes nothing.
    pub acting_as: Option<String>,
    /// Whom to trust and what to present over `https`.
    pub tls: ApiTls,
    /// How long one call may take in all, with every try; 30 s unless set.
    pub deadline: Duration,
    /// How long one try to connect may take; 5 s unless set.
    pub connect_timeout: Duration,
    /// Whether answers and requests are compressed.
    pub gzip: bool,
    /// Who is told that a call waits for Davy to become available.
    pub on_wait: OnWait,
}

impl ApiOptions {
    /// No credential, a deadline of 30 s, gzip, and nobody told of waiting.
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            token: None,
            acting_as: None,
            tls: ApiTls::default(),
            deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            gzip: true,
            on_wait: OnWait::new(|_| {}),
        }
    }
}

/// Who is told, before each pause, why a call waits.
#[derive(Clone)]
pub struct OnWait(Arc<dyn Fn(&ApiError) + Send + Sync>);

impl OnWait {
    /// Calls `tell` with the reason.
    pub fn new(tell: impl Fn(&ApiError) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    fn tell(&self, error: &ApiError) {
        (self.0)(error);
    }
}

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnWait")
    }
}

/// The options are wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not an address.
    #[error("read the address `{server}`; write it as http://host:50051 or https://host:50051")]
    Server {
        /// As given.
        server: String,
        /// What is wrong with it.
        #[source]
        source: tonic::transport::Error,
    },
    /// A scheme other than `http` and `https`.
    #[error("read the address `{0}`; write it as http://host:50051 or https://host:50051")]
    Scheme(String),
    /// Certificates that cannot be used.
    #[error("use the certificates given for `{server}`")]
    Tls {
        /// The address.
        server: String,
        /// What is wrong with them.
        #[source]
        source: tonic::transport::Error,
    },
    /// Certificates for an address that has no use for them.
    #[error("use certificates with `{0}`; write https:// instead of http://")]
    NeedsHttps(String),
    /// A token, or who calls, cannot stand in a header.
    #[error("send {0}; it is not of one line of ASCII")]
    Header(&'static str),
}

/// Calls Davy's services. A handle: clones share the connection.
#[derive(Clone, Debug)]
pub struct Api {
    channel: Channel,
    caller: Caller,
    options: ApiOptions,
}

impl Api {
    /// Connects when the first call is made.
    ///
    /// # Errors
    /// If the address is none.
    pub fn connect(options: ApiOptions) -> Result<Self, ConfigError> {
        let server = options.server.clone();
        let endpoint = Endpoint::from_shared(server.clone())
            .and_then(|endpoint| endpoint.user_agent(concat!("davy/", env!("CARGO_PKG_VERSION"))))
            .map_err(|source| ConfigError::Server { server: server.clone(), source })?;
        let endpoint = match (endpoint.uri().scheme_str(), options.tls.config()) {
            (Some("http"), None) => endpoint,
            (Some("http"), Some(_)) => return Err(ConfigError::NeedsHttps(server)),
            (Some("https"), config) => endpoint
                .tls_config(config.unwrap_or_else(caller::system_roots))
                .map_err(|source| ConfigError::Tls { server, source })?,
            _ => return Err(ConfigError::Scheme(server)),
        };
        let caller = Caller::new(options.token.as_ref(), options.acting_as.as_deref())?;
        let endpoint = endpoint
            .connect_timeout(options.connect_timeout)
            .tcp_nodelay(true)
            // While a call or a watch is open: a watch that nothing happens in notices a server that is gone. An idle
            // connection is left alone, as servers take offence at pings there.
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        Ok(Self { channel: endpoint.connect_lazy(), caller, options })
    }

    /// The same connection with another deadline for each call.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self { options: ApiOptions { deadline, ..self.options.clone() }, ..self.clone() }
    }

    pub(crate) fn error(&self, status: &tonic::Status) -> ApiError {
        ApiError::new(status, &self.options.server)
    }

    /// Davy has ended a stream without saying why.
    pub(crate) fn ended(&self) -> ApiError {
        ApiError::new(&tonic::Status::unavailable("Davy has ended the stream"), &self.options.server)
    }

    /// The pages of a list, from the first to the last.
    pub fn pages<P: Paged>(&self, request: P) -> Pages<P> {
        Pages::new(self.clone(), request)
    }
}

macro_rules! service {
    ($client:ident $make:ident $($(#[$doc:meta])* $method:ident: $request:ident -> $response:ident;)*) => {
        impl Api {
            pub(crate) fn $make(&self) -> $client<InterceptedService<Channel, Caller>> {
                let client = $client::with_interceptor(self.channel.clone(), self.caller.clone())
                    .max_decoding_message_size(MESSAGE_BYTES)
                    .max_encoding_message_size(MESSAGE_BYTES);
                if self.options.gzip {
                    client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip)
                } else {
                    client
                }
            }

            $($(#[$doc])*
            ///
            /// # Errors
            /// What Davy answered; `UNAVAILABLE` only after the deadline.
            pub async fn $method(&self, request: v1::$request) -> Result<v1::$response, ApiError> {
                let client = self.$make();
                let call = |request| {
                    let mut client = client.clone();
                    async move { client.$method(request).await }
                };
                self.call(request, call).await
            })*
        }
    };
}

service! { IssueServiceClient issues
    /// A page of the unacknowledged issues, and quarantined messages that may be complaints.
    list_unacknowledged: ListUnacknowledgedRequest -> ListUnacknowledgedResponse;
    /// A page of issues.
    list_issues: ListIssuesRequest -> ListIssuesResponse;
    /// One issue.
    get_issue: GetIssueRequest -> GetIssueResponse;
    /// Who answers for an issue, now or at any instant.
    who_owns: WhoOwnsRequest -> WhoOwnsResponse;
    /// A customer complains. `customer`, `text` and the caller suffice.
    report_issue: ReportIssueRequest -> ReportIssueResponse;
    /// The customer was told, by the caller, who owns the issue.
    acknowledge_issue: AcknowledgeIssueRequest -> AcknowledgeIssueResponse;
    /// The caller takes the issue.
    accept_issue: AcceptIssueRequest -> AcceptIssueResponse;
    /// Somebody else is to own it, at once.
    assign_issue: AssignIssueRequest -> AssignIssueResponse;
    /// The one named gives it back to the desk of the department.
    decline_issue: DeclineIssueRequest -> DeclineIssueResponse;
    /// The issue is offered to another department or team. The sender stays accountable until it is accepted.
    offer_hand_off: OfferHandOffRequest -> OfferHandOffResponse;
    /// The caller takes what was offered.
    accept_hand_off: AcceptHandOffRequest -> AcceptHandOffResponse;
    /// The department that was asked does not take it.
    decline_hand_off: DeclineHandOffRequest -> DeclineHandOffResponse;
    /// The offer is taken back.
    withdraw_hand_off: WithdrawHandOffRequest -> WithdrawHandOffResponse;
    /// Work is asked of another department; the owner stays.
    request_assist: RequestAssistRequest -> RequestAssistResponse;
    /// The caller does it.
    accept_assist: AcceptAssistRequest -> AcceptAssistResponse;
    /// The work is done.
    answer_assist: AnswerAssistRequest -> AnswerAssistResponse;
    /// The department that was asked does not do it.
    decline_assist: DeclineAssistRequest -> DeclineAssistResponse;
    /// The issue may wait until a day, if somebody else allows it.
    request_deferral: RequestDeferralRequest -> RequestDeferralResponse;
    /// It is allowed or denied, by somebody else than who asked.
    decide_deferral: DecideDeferralRequest -> DecideDeferralResponse;
    /// It is taken back, or the issue taken up again.
    cancel_deferral: CancelDeferralRequest -> CancelDeferralResponse;
    /// The customer is told that something will be done by a day.
    make_promise: MakePromiseRequest -> MakePromiseResponse;
    /// What was promised is done.
    keep_promise: KeepPromiseRequest -> KeepPromiseResponse;
    /// Another day was agreed.
    renegotiate_promise: RenegotiatePromiseRequest -> RenegotiatePromiseResponse;
    /// Somebody helped with a quick fix. Without an issue, one is reported first.
    report_workaround: ReportWorkaroundRequest -> ReportWorkaroundResponse;
    /// The department that owns the matter says what it thinks of a quick fix.
    review_workaround: ReviewWorkaroundRequest -> ReviewWorkaroundResponse;
    /// More is known.
    add_note: AddNoteRequest -> AddNoteResponse;
    /// The harm was assessed anew.
    change_severity: ChangeSeverityRequest -> ChangeSeverityResponse;
    /// The customer was asked something; the issue waits for the answer.
    request_customer_input: RequestCustomerInputRequest -> RequestCustomerInputResponse;
    /// The customer was told how it stands.
    send_update: SendUpdateRequest -> SendUpdateResponse;
    /// Somebody spoke or wrote with the customer.
    log_contact: LogContactRequest -> LogContactResponse;
    /// Nobody answered the customer. Without an issue, it is a report.
    report_missed_contact: ReportMissedContactRequest -> ReportMissedContactResponse;
    /// An answer was given to the customer.
    resolve_issue: ResolveIssueRequest -> ResolveIssueResponse;
    /// The issue is done.
    close_issue: CloseIssueRequest -> CloseIssueResponse;
    /// It came back.
    reopen_issue: ReopenIssueRequest -> ReopenIssueResponse;
    /// It is taken back: by the customer's word, or because it was entered by mistake.
    withdraw_issue: WithdrawIssueRequest -> WithdrawIssueResponse;
    /// It stands again where it stood before it was withdrawn.
    reinstate_issue: ReinstateIssueRequest -> ReinstateIssueResponse;
    /// The issue belongs with another.
    link_issues: LinkIssuesRequest -> LinkIssuesResponse;
    /// It does not, after all.
    unlink_issues: UnlinkIssuesRequest -> UnlinkIssuesResponse;
    /// The issue is another customer's.
    correct_customer: CorrectCustomerRequest -> CorrectCustomerResponse;
    /// Another tool knows the issue too.
    add_reference: AddReferenceRequest -> AddReferenceResponse;
    /// Something was noticed that may matter.
    observe_signal: ObserveSignalRequest -> ObserveSignalResponse;
    /// What was noticed is dealt with, and the observer told.
    disposition_signal: DispositionSignalRequest -> DispositionSignalResponse;
    /// Up to 500 issues at once, with an outcome each.
    batch_acknowledge_issues: BatchAcknowledgeIssuesRequest -> BatchAcknowledgeIssuesResponse;
    /// Up to 500 issues at once, with an outcome each.
    batch_accept_issues: BatchAcceptIssuesRequest -> BatchAcceptIssuesResponse;
    /// A page of what somebody has to do.
    list_work: ListWorkRequest -> ListWorkResponse;
    /// When a clock of an issue began, what moved its deadline, and how it ended.
    explain_clock: ExplainClockRequest -> ExplainClockResponse;
}

service! { CustomerServiceClient customers
    /// One customer.
    get_customer: GetCustomerRequest -> GetCustomerResponse;
    /// A page of customers, by token.
    list_customers: ListCustomersRequest -> ListCustomersResponse;
    /// A page of what happened to a customer.
    get_timeline: GetTimelineRequest -> GetTimelineResponse;
    /// An id in a system is a customer's.
    assert_alias: AssertAliasRequest -> AssertAliasResponse;
    /// It is not, after all.
    retract_alias: RetractAliasRequest -> RetractAliasResponse;
    /// Two customers are one.
    merge_customers: MergeCustomersRequest -> MergeCustomersResponse;
    /// They are two again.
    unmerge_customers: UnmergeCustomersRequest -> UnmergeCustomersResponse;
    /// A page of ids and issues that may belong together.
    list_suggestions: ListSuggestionsRequest -> ListSuggestionsResponse;
    /// A page of what was said about ids and does not go together.
    list_identity_conflicts: ListIdentityConflictsRequest -> ListIdentityConflictsResponse;
    /// A page of open issues of one customer that nobody compared.
    list_not_compared: ListNotComparedRequest -> ListNotComparedResponse;
    /// A page of customers with whom nobody has spoken for too long.
    list_silent: ListSilentRequest -> ListSilentResponse;
}

service! { DirectoryServiceClient directory
    /// Sets documents; judged as one, and what is in force already makes no event.
    apply: ApplyRequest -> ApplyResponse;
    /// One document of the directory.
    get_document: GetDocumentRequest -> GetDocumentResponse;
    /// A page of documents, kind by kind.
    list_documents: ListDocumentsRequest -> ListDocumentsResponse;
}

service! { OnCallServiceClient on_call
    /// Who is on call at an instant.
    who_is_on_call: WhoIsOnCallRequest -> WhoIsOnCallResponse;
    /// The shifts of a schedule or a person, and the hours that nobody has.
    list_shifts: ListShiftsRequest -> ListShiftsResponse;
    /// A page of pings.
    list_pings: ListPingsRequest -> ListPingsResponse;
    /// The caller has seen it: the run is quiet for a while. It tells the customer nothing.
    acknowledge_ping: AcknowledgePingRequest -> AcknowledgePingResponse;
    /// The next step, at once.
    escalate_now: EscalateNowRequest -> EscalateNowResponse;
    /// Silence until an instant.
    snooze: SnoozeRequest -> SnoozeResponse;
    /// Running runs of a department go by the present version of its policy; a page of them.
    migrate_open: MigrateOpenRequest -> MigrateOpenResponse;
    /// Why a ping was sent, or why nobody is pinged for an issue.
    explain_ping: ExplainPingRequest -> ExplainPingResponse;
    /// Who would be pinged when.
    simulate_policy: SimulatePolicyRequest -> SimulatePolicyResponse;
    /// Steps and shifts to come that would reach nobody.
    forecast_reachability: ForecastReachabilityRequest -> ForecastReachabilityResponse;
}

service! { EventServiceClient events
    /// Appends 1 to 1,000 events, each with an outcome of its own.
    publish_events: PublishEventsRequest -> PublishEventsResponse;
    /// What would become of an event.
    validate_event: ValidateEventRequest -> ValidateEventResponse;
    /// What became of an event.
    trace_event: TraceEventRequest -> TraceEventResponse;
    /// The types of events and their schemas.
    describe_catalogue: DescribeCatalogueRequest -> DescribeCatalogueResponse;
}

service! { OperationsServiceClient operations
    /// How Davy is doing.
    get_status: GetStatusRequest -> GetStatusResponse;
    /// A page of the messages that could not be read or placed.
    list_quarantine: ListQuarantineRequest -> ListQuarantineResponse;
    /// Reads a quarantined message again, as it stands or corrected.
    redrive: RedriveRequest -> RedriveResponse;
    /// Settles a quarantined message without reading it.
    skip: SkipRequest -> SkipResponse;
    /// Strikes events out: they are folded as if they had never been.
    retract_events: RetractEventsRequest -> RetractEventsResponse;
    /// Compares what the store holds of a customer with what the log says. It reads the log: give it minutes, by
    /// [`with_deadline`](Self::with_deadline).
    verify_customer: VerifyCustomerRequest -> VerifyCustomerResponse;
    /// Gives up messages that are missing from the log for good.
    accept_loss: AcceptLossRequest -> AcceptLossResponse;
    /// Starts to build the projection anew from the log, or joins that.
    rebuild: RebuildRequest -> RebuildResponse;
    /// Who the caller is taken for, and what it may do.
    who_am_i: WhoAmIRequest -> WhoAmIResponse;
}

#[cfg(test)]
mod tests;
