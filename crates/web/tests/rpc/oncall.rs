//! Stubs of the service that pages and feeds ask.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

use axum::Router;
use proto::v1::{
    self, AcknowledgePingRequest, AcknowledgePingResponse, ListShiftsRequest, ListShiftsResponse,
    on_call_service_server::{OnCallService, OnCallServiceServer},
};
use tonic::{Request, Response, Status, service::Routes};

use super::tonic::unasked;

/// The answer to a question.
type Answering<Q, A> = Arc<dyn Fn(Q) -> Result<A, Status> + Send + Sync>;

/// What came: headers that say who asks, and the message.
#[derive(Clone, Debug)]
pub(crate) struct Asked<Q> {
    pub(crate) authorization: Option<String>,
    pub(crate) acting_as: Option<String>,
    pub(crate) question: Q,
}

/// Answers what a test tells it to, and keeps what it was asked.
#[derive(Clone)]
pub(crate) struct OnCall {
    answers: Answering<AcknowledgePingRequest, AcknowledgePingResponse>,
    shifts: Answering<Asked<ListShiftsRequest>, ListShiftsResponse>,
    pub(crate) presses: Arc<Mutex<Vec<Asked<AcknowledgePingRequest>>>>,
    pub(crate) looks: Arc<Mutex<Vec<Asked<ListShiftsRequest>>>>,
}

impl OnCall {
    pub(crate) fn answering(
        answers: impl Fn(AcknowledgePingRequest) -> Result<AcknowledgePingResponse, Status>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { answers: Arc::new(answers), ..Self::telling(|_| Err(Status::unimplemented(""))) }
    }

    pub(crate) fn telling(
        shifts: impl Fn(Asked<ListShiftsRequest>) -> Result<ListShiftsResponse, Status> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answers: Arc::new(|_| Err(Status::unimplemented(""))),
            shifts: Arc::new(shifts),
            presses: Arc::default(),
            looks: Arc::default(),
        }
    }

    pub(crate) fn routes(&self) -> Router {
        Routes::new(OnCallServiceServer::new(self.clone())).into_axum_router()
    }
}

fn asked<Q: Clone>(request: &Request<Q>) -> Asked<Q> {
    let text = |name: &str| request.metadata().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (authorization, acting_as) = (text("authorization"), text("davy-as"));
    Asked { authorization, acting_as, question: request.get_ref().clone() }
}

#[tonic::async_trait]
impl OnCallService for OnCall {
    unasked! {
        who_is_on_call: WhoIsOnCallRequest => WhoIsOnCallResponse,
        list_pings: ListPingsRequest => ListPingsResponse,
        escalate_now: EscalateNowRequest => EscalateNowResponse,
        snooze: SnoozeRequest => SnoozeResponse,
        migrate_open: MigrateOpenRequest => MigrateOpenResponse,
        explain_ping: ExplainPingRequest => ExplainPingResponse,
        simulate_policy: SimulatePolicyRequest => SimulatePolicyResponse,
        forecast_reachability: ForecastReachabilityRequest => ForecastReachabilityResponse,
    }

    async fn list_shifts(
        &self,
        request: Request<ListShiftsRequest>,
    ) -> Result<Response<ListShiftsResponse>, Status> {
        let asked = asked(&request);
        self.looks.lock().unwrap().push(asked.clone());
        (self.shifts)(asked).map(Response::new)
    }

    async fn acknowledge_ping(
        &self,
        request: Request<AcknowledgePingRequest>,
    ) -> Result<Response<AcknowledgePingResponse>, Status> {
        self.presses.lock().unwrap().push(asked(&request));
        (self.answers)(request.into_inner()).map(Response::new)
    }
}
