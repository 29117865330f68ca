//! `OperationsService`: how Davy itself is doing.

mod by;
mod loss;
mod redrive;
mod retract;
mod settle;
mod verify;
mod who;

use std::sync::Arc;

use domain::{Loss, Position, Reason};
use engine::{
    AcceptedLoss, Phase,
    query::{Answer, QuarantineQuery, Status as Standing},
};
use jiff::Timestamp;
use proto::v1::{self, operations_service_server::OperationsService};
use tonic::{Request, Response, Status};

use crate::{
    auth,
    check::{Check, unread},
    deadline::patience,
    rebuild,
    shared::{Durability, Facts, Shared},
    status,
    token::Binding,
};

pub(crate) struct Operations(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let request = request.into_inner();
        let mut check = Check::default();
        let instant = check.instant("position_at", request.position_at.as_ref());
        check.done(Some(()))?;
        let position_at = match instant {
            Some(instant) => Some(self.position_at(instant).await?),
            None => None,
        };
        Ok(Response::new(self.status(position_at)))
    }

    async fn list_quarantine(
        &self,
        request: Request<v1::ListQuarantineRequest>,
    ) -> Result<Response<v1::ListQuarantineResponse>, Status> {
        let patience = patience(request.metadata());
        let mut request = request.into_inner();
        let mut check = Check::default();
        let read = check.read(request.read.as_ref());
        let page_size = check.page_size(std::mem::take(&mut request.page_size));
        let page_token = std::mem::take(&mut request.page_token);
        let reason = check.reason(&request.reason);
        unread(&mut request.read);
        check.done(Some(()))?;
        let binding = Binding::new("ListQuarantine", &request);
        let after = self.0.tokens.open::<Position>(binding, &page_token)?;
        let include_settled = request.include_settled;
        let query = QuarantineQuery { reason, include_settled, read: read.at, page_size, after };
        self.0.reach(read.wait_for, patience).await?;
        let Answer { value: page, position } =
            self.0.ask(false, move |reader| reader.quarantine(&query)).await?;
        Ok(Response::new(v1::ListQuarantineResponse {
            events: page.messages.iter().map(wire::proto::quarantined).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            quarantined_total: count(page.quarantined),
            read_state: self.0.read_state(position),
        }))
    }

    async fn redrive(
        &self,
        request: Request<v1::RedriveRequest>,
    ) -> Result<Response<v1::RedriveResponse>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        self.0.redrive(request.into_inner(), &principal, patience).await.map(Response::new)
    }

    async fn skip(&self, request: Request<v1::SkipRequest>) -> Result<Response<v1::SkipResponse>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        self.0.skip(request.into_inner(), &principal, patience).await.map(Response::new)
    }

    async fn retract_events(
        &self,
        request: Request<v1::RetractEventsRequest>,
    ) -> Result<Response<v1::RetractEventsResponse>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        self.0.retract_events(request.into_inner(), &principal, patience).await.map(Response::new)
    }

    async fn verify_customer(
        &self,
        request: Request<v1::VerifyCustomerRequest>,
    ) -> Result<Response<v1::VerifyCustomerResponse>, Status> {
        self.0.verify_customer(request.into_inner()).await.map(Response::new)
    }

    async fn accept_loss(
        &self,
        request: Request<v1::AcceptLossRequest>,
    ) -> Result<Response<v1::AcceptLossResponse>, Status> {
        let principal = auth::principal(&request)?;
        self.0.accept_loss(request.into_inner(), &principal).await.map(Response::new)
    }

    async fn rebuild(
        &self,
        request: Request<v1::RebuildRequest>,
    ) -> Result<Response<v1::RebuildResponse>, Status> {
        self.0.begin_rebuild(request.into_inner()).await.map(Response::new)
    }

    async fn who_am_i(
        &self,
        request: Request<v1::WhoAmIRequest>,
    ) -> Result<Response<v1::WhoAmIResponse>, Status> {
        Ok(Response::new(who::shown(auth::caller(&request)?)))
    }
}

impl Operations {
    async fn position_at(&self, instant: Timestamp) -> Result<Position, Status> {
        self.0.log.position_at(instant).await.map_err(|error| status::log(&error))
    }

    fn status(&self, position_at: Option<Position>) -> v1::GetStatusResponse {
        let Standing { phase, cursor, sight, departments } = self.0.reader.status();
        let Facts { durability, verified, generation, rebuild, free_bytes } = (self.0.facts)();
        let (phase, problem) = phase_of(phase);
        let tail = sight.tail.filter(|_| sight.connected);
        v1::GetStatusResponse {
            phase: phase.into(),
            problem,
            position: cursor.position.to_string(),
            tail: tail.map(|tail| tail.to_string()).unwrap_or_default(),
            lag: self.0.reader.projection().lag(cursor.position).map(count),
            log_connected: sight.connected,
            durability: durability_of(durability).into(),
            verified,
            generation,
            incarnation: cursor.incarnation,
            version: self.0.version.clone(),
            issues: count(cursor.counts.issues),
            unacknowledged_issues: count(cursor.counts.unacknowledged),
            customers: count(cursor.counts.customers),
            duplicates: count(cursor.counts.duplicates),
            quarantined_total: count(cursor.counts.quarantined),
            departments: departments
                .into_iter()
                .map(|(department, standing)| v1::DepartmentStatus {
                    department: department.to_string(),
                    unlisted: standing.unlisted,
                    active: standing.active,
                    unacknowledged_issues: i32::try_from(standing.unacknowledged).unwrap_or(i32::MAX),
                })
                .collect(),
            unknown_types: cursor
                .unknown_types
                .into_iter()
                .map(|(r#type, events)| v1::UnknownType { r#type, events: count(events) })
                .collect(),
            position_at: position_at.map(|position| position.to_string()).unwrap_or_default(),
            started_at: Some(wire::proto::timestamp(self.0.started_at)),
            rebuild: rebuild.map(rebuild::shown),
            free_bytes: free_bytes.map(count),
            watches: i32::try_from(self.0.watches.open()).unwrap_or(i32::MAX),
            losses: cursor.losses.into_iter().map(loss).collect(),
        }
    }
}

impl Check {
    /// Empty: every reason.
    fn reason(&mut self, sent: &str) -> Option<Reason> {
        let reason = Reason::parse(sent);
        if reason.is_none() && !sent.is_empty() {
            let known: Vec<_> = Reason::ALL.into_iter().map(Reason::code).collect();
            let sent: String = sent.chars().take(40).collect();
            self.refuse("reason", format!("`{sent}` is none of {}", known.join(", ")));
        }
        reason
    }
}

fn phase_of(phase: Phase) -> (v1::Phase, String) {
    match phase {
        Phase::CatchingUp { .. } => (v1::Phase::CatchingUp, String::new()),
        Phase::Live => (v1::Phase::Live, String::new()),
        Phase::Diverged { problem } | Phase::Replaced { problem } => (v1::Phase::Diverged, problem),
        Phase::Stalled { problem } => (v1::Phase::Stalled, problem),
        Phase::OutOfSpace { problem } => (v1::Phase::OutOfSpace, problem),
    }
}

fn loss(accepted: AcceptedLoss) -> v1::AcceptedLoss {
    let AcceptedLoss { loss: Loss { from, to }, reason, position } = accepted;
    v1::AcceptedLoss { from: from.to_string(), to: to.to_string(), reason, position: position.to_string() }
}

const fn durability_of(durability: Durability) -> v1::Durability {
    match durability {
        Durability::Durable => v1::Durability::Durable,
        Durability::NotDurable => v1::Durability::NotDurable,
        Durability::Unknown => v1::Durability::Unknown,
    }
}

fn count(counted: u64) -> i64 {
    i64::try_from(counted).unwrap_or(i64::MAX)
}
