//! The gRPC API, connected: every RPC as one call, asked again while Davy is unavailable, within a deadline.
//!
//! Every RPC here may be repeated: reads change nothing, an event that is published again is its own duplicate, and what was
//! settled, retracted or accepted by a call whose answer was lost is not done twice: the repeat says `ALREADY_SETTLED`, or
//! by which event it was done. A second `Rebuild` joins the one that runs.

use std::{fmt, sync::Arc, time::Duration};

use proto::v1::{
    self, customer_service_client::CustomerServiceClient, event_service_client::EventServiceClient,
    issue_service_client::IssueServiceClient, operations_service_client::OperationsServiceClient,
};
use tonic::{
    codec::CompressionEncoding,
    transport::{Channel, Endpoint},
};

mod error;
mod page;
mod retry;

pub use error::{ApiError, Code, FieldViolation};
pub use page::{Paged, Pages};
pub(crate) use retry::{FIRST_PAUSE, LONGEST_PAUSE, jittered};

/// The largest message that is sent or taken, as on the server.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// How to call the API.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Where Davy listens, such as `http://127.0.0.1:50051`.
    pub server: String,
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
    /// A deadline of 30 s, gzip, and nobody told of waiting.
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
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
    #[error("read the address `{server}`; write it as http://host:50051")]
    Server {
        /// As given.
        server: String,
        /// What is wrong with it.
        #[source]
        source: tonic::transport::Error,
    },
    /// A scheme other than `http`.
    #[error("read the address `{0}`; write it as http://host:50051, TLS belongs to a proxy")]
    Scheme(String),
}

/// Calls Davy's four services. A handle: clones share the connection.
#[derive(Clone, Debug)]
pub struct Api {
    channel: Channel,
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
        if endpoint.uri().scheme_str() != Some("http") {
            return Err(ConfigError::Scheme(server));
        }
        let endpoint = endpoint
            .connect_timeout(options.connect_timeout)
            .tcp_nodelay(true)
            // While a call or a watch is open: a watch that nothing happens in notices a server that is gone. An idle
            // connection is left alone, as servers take offence at pings there.
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        Ok(Self { channel: endpoint.connect_lazy(), options })
    }

    /// The same connection with another deadline for each call.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self { channel: self.channel.clone(), options: ApiOptions { deadline, ..self.options.clone() } }
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
            pub(crate) fn $make(&self) -> $client<Channel> {
                let client = $client::new(self.channel.clone())
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
}

service! { CustomerServiceClient customers
    /// One customer.
    get_customer: GetCustomerRequest -> GetCustomerResponse;
    /// A page of customers, by token.
    list_customers: ListCustomersRequest -> ListCustomersResponse;
    /// A page of what happened to a customer.
    get_timeline: GetTimelineRequest -> GetTimelineResponse;
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
}

#[cfg(test)]
mod tests;
