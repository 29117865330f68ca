//! `OnCallService`: who is on call, who was pinged and why, and answers.

mod acknowledge;
mod ahead;
mod explain;
mod list;
mod now;
mod shifts;

use std::sync::Arc;

use proto::v1::{self, on_call_service_server::OnCallService};
use tonic::{Request, Response, Status};

use crate::{commands::command_methods, deadline::patience, shared::Shared};

pub(crate) struct OnCall(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl OnCallService for OnCall {
    command_methods! {
        escalate_now: EscalateNowRequest => EscalateNowResponse,
        snooze: SnoozeRequest => SnoozeResponse,
    }

    async fn who_is_on_call(
        &self,
        request: Request<v1::WhoIsOnCallRequest>,
    ) -> Result<Response<v1::WhoIsOnCallResponse>, Status> {
        self.0.who_is_on_call(request.into_inner()).await.map(Response::new)
    }

    async fn list_shifts(
        &self,
        request: Request<v1::ListShiftsRequest>,
    ) -> Result<Response<v1::ListShiftsResponse>, Status> {
        self.0.list_shifts(request.into_inner()).await.map(Response::new)
    }

    async fn list_pings(
        &self,
        request: Request<v1::ListPingsRequest>,
    ) -> Result<Response<v1::ListPingsResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
        let answer = self.0.list_pings(request.into_inner(), patience).await?;
        Ok(Response::new(viewer.shown(answer)))
    }

    async fn acknowledge_ping(
        &self,
        request: Request<v1::AcknowledgePingRequest>,
    ) -> Result<Response<v1::AcknowledgePingResponse>, Status> {
        self.0.acknowledge_ping(request).await.map(Response::new)
    }

    async fn migrate_open(
        &self,
        request: Request<v1::MigrateOpenRequest>,
    ) -> Result<Response<v1::MigrateOpenResponse>, Status> {
        self.0.migrate_open(request).await.map(Response::new)
    }

    async fn explain_ping(
        &self,
        request: Request<v1::ExplainPingRequest>,
    ) -> Result<Response<v1::ExplainPingResponse>, Status> {
        self.0.explain_ping(request.into_inner()).await.map(Response::new)
    }

    async fn simulate_policy(
        &self,
        request: Request<v1::SimulatePolicyRequest>,
    ) -> Result<Response<v1::SimulatePolicyResponse>, Status> {
        self.0.simulate_policy(request.into_inner()).await.map(Response::new)
    }

    async fn forecast_reachability(
        &self,
        request: Request<v1::ForecastReachabilityRequest>,
    ) -> Result<Response<v1::ForecastReachabilityResponse>, Status> {
        self.0.forecast_reachability(request.into_inner()).await.map(Response::new)
    }
}
