//! `EventService`: for those who send events.

use std::sync::Arc;

use domain::{Arrived, DirectoryChange, Event, Payload, limits};
use proto::v1::{self, event_service_server::EventService, validate_event_response::Verdict as Said};
use tonic::{Request, Response, Status};

use crate::{
    auth,
    check::Check,
    deadline::patience,
    publish::{Draft, Verdict},
    shared::Shared,
    status,
};

pub(crate) struct Events(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl EventService for Events {
    async fn publish_events(
        &self,
        request: Request<v1::PublishEventsRequest>,
    ) -> Result<Response<v1::PublishEventsResponse>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        let v1::PublishEventsRequest { events } = request.into_inner();
        let mut check = Check::default();
        if events.is_empty() || events.len() > limits::PUBLISH_EVENTS {
            let description = format!("holds {} events; send 1 to {}", events.len(), limits::PUBLISH_EVENTS);
            check.refuse("events", description);
        }
        check.done(Some(()))?;
        events.iter().try_for_each(|event| auth::check_origin(&principal, &event.subject))?;
        let (outcomes, position) = self.0.publish(events, patience).await?;
        let position = position.map(|position| position.to_string()).unwrap_or_default();
        Ok(Response::new(v1::PublishEventsResponse { outcomes, position }))
    }

    async fn validate_event(
        &self,
        request: Request<v1::ValidateEventRequest>,
    ) -> Result<Response<v1::ValidateEventResponse>, Status> {
        let mut check = Check::default();
        let event = request.into_inner().event;
        if event.is_none() {
            check.refuse("event", "is missing");
        }
        let event = check.done(event)?;
        let verdict = match self.0.validate(event).await? {
            Verdict::New(draft) => Said::Accepted(accepted(&draft)),
            Verdict::SameAs(position) => Said::DuplicateOf(position.to_string()),
            // There is no earlier one in a request of one.
            Verdict::SameAsEarlier(_) => Said::DuplicateOf(String::new()),
            Verdict::Refused(refused) => Said::Rejected(refused.into()),
        };
        Ok(Response::new(v1::ValidateEventResponse { verdict: Some(verdict) }))
    }

    async fn trace_event(
        &self,
        request: Request<v1::TraceEventRequest>,
    ) -> Result<Response<v1::TraceEventResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
        let mut check = Check::default();
        let traced = check.traced(&request.into_inner());
        let traced = check.done(traced)?;
        Ok(Response::new(viewer.shown(self.0.trace(traced, patience).await?)))
    }

    async fn describe_catalogue(
        &self,
        request: Request<v1::DescribeCatalogueRequest>,
    ) -> Result<Response<v1::DescribeCatalogueResponse>, Status> {
        let name = request.into_inner().r#type;
        let wanted = wire::catalogue().filter(|known| name.is_empty() || known.name == name);
        let types: Vec<_> = wanted.map(described).collect();
        if types.is_empty() {
            return Err(status::unknown_type(&name));
        }
        Ok(Response::new(v1::DescribeCatalogueResponse { types }))
    }
}

fn described(known: &'static wire::EventType) -> v1::EventType {
    v1::EventType {
        r#type: known.name.to_owned(),
        version: i32::try_from(known.version).unwrap_or(i32::MAX),
        description: known.about.to_owned(),
        subject: known.subject(),
        schema: known.schema().unwrap_or_default().to_owned(),
        example: known.example.to_owned(),
    }
}

/// What is read out of an event. What depends on the position that it will get is left empty.
fn accepted(draft: &Draft) -> v1::AcceptedEvent {
    let mut accepted = read_out(&draft.arrival.content, draft.is_unnamed());
    if draft.is_unnamed() {
        accepted.id.clear();
    }
    accepted
}

/// What is read out of a message; an unnamed one has no lasting id.
pub(crate) fn read_out(content: &Arrived, unnamed: bool) -> v1::AcceptedEvent {
    match content {
        Arrived::Event(event) => accepted_event(event, unnamed),
        Arrived::Directory(change) => accepted_change(change),
        Arrived::UnknownDocument { type_name } => {
            v1::AcceptedEvent { r#type: type_name.clone(), ..v1::AcceptedEvent::default() }
        }
        // Refused before: nobody but Davy publishes operations.
        Arrived::Operation(_) | Arrived::Quarantined(_) => v1::AcceptedEvent::default(),
    }
}

fn accepted_event(event: &Event, unnamed: bool) -> v1::AcceptedEvent {
    let own = |reference: &domain::Reference| {
        reference.system == event.identity.source && reference.id == event.identity.id
    };
    let issue = event.issue.as_ref().filter(|issue| !(unnamed && issue.reference.as_ref().is_some_and(own)));
    v1::AcceptedEvent {
        r#type: event.type_name.to_string(),
        source: event.identity.source.clone(),
        id: event.identity.id.clone(),
        time: Some(wire::proto::timestamp(event.time)),
        issue_id: issue.map(|issue| issue.id.to_string()).unwrap_or_default(),
        customer: event
            .customer
            .as_ref()
            .map_or_else(|| "_".to_owned(), |customer| customer.leaf.to_string()),
        department: event.origin.department().to_string(),
        anomalies: event.anomalies.iter().map(|anomaly| anomaly.code().to_owned()).collect(),
        known_type: event.payload != Payload::Unknown,
    }
}

fn accepted_change(change: &DirectoryChange) -> v1::AcceptedEvent {
    v1::AcceptedEvent {
        r#type: format!("{}.set", change.document.key().kind()),
        source: change.identity.source.clone(),
        id: change.identity.id.clone(),
        time: Some(wire::proto::timestamp(change.stored_at)),
        known_type: true,
        ..v1::AcceptedEvent::default()
    }
}
