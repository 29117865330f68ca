//! `grpc.health.v1`: serving while the pipeline is live, and for as long as nobody asked to stop.

use engine::{Phase, Projection};
use proto::v1::{
    customer_service_server::SERVICE_NAME as CUSTOMERS, event_service_server::SERVICE_NAME as EVENTS,
    issue_service_server::SERVICE_NAME as ISSUES, on_call_service_server::SERVICE_NAME as ON_CALL,
    operations_service_server::SERVICE_NAME as OPERATIONS, pager_service_server::SERVICE_NAME as PAGER,
};
use tonic_health::{ServingStatus, server::HealthReporter};

/// The empty name stands for the whole server.
const SERVICES: [&str; 7] = ["", ISSUES, CUSTOMERS, EVENTS, ON_CALL, OPERATIONS, PAGER];

/// What the health service says.
#[derive(Clone, Debug)]
pub(crate) struct Health(HealthReporter);

impl Health {
    pub(crate) async fn new() -> Self {
        let health = Self(HealthReporter::new());
        health.say(ServingStatus::NotServing).await;
        health
    }

    pub(crate) fn reporter(&self) -> HealthReporter {
        self.0.clone()
    }

    /// Says what the pipeline does until `stop`, and then that nothing is served any more.
    pub(crate) async fn follow(&self, projection: &Projection, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = self.follow_phase(projection) => {}
        }
        self.say(ServingStatus::NotServing).await;
    }

    /// Ends whoever watches, after the last word; they would keep the listener from ending.
    pub(crate) async fn end(&self) {
        let mut reporter = self.reporter();
        for service in SERVICES {
            reporter.clear_service_status(service).await;
        }
    }

    async fn follow_phase(&self, projection: &Projection) {
        let mut phase = projection.phase();
        loop {
            let status = serving(&phase.borrow_and_update());
            self.say(status).await;
            if phase.changed().await.is_err() {
                return;
            }
        }
    }

    async fn say(&self, status: ServingStatus) {
        for service in SERVICES {
            self.0.set_service_status(service, status).await;
        }
    }
}

const fn serving(phase: &Phase) -> ServingStatus {
    match phase {
        Phase::Live => ServingStatus::Serving,
        Phase::CatchingUp { .. }
        | Phase::Diverged { .. }
        | Phase::Replaced { .. }
        | Phase::Stalled { .. }
        | Phase::OutOfSpace { .. } => ServingStatus::NotServing,
    }
}
