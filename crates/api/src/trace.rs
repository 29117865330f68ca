//! What became of an event: by its position, which takes the log, or by its identity among the events of an issue or a
//! customer.

use std::{sync::Arc, time::Duration};

use domain::{EventKey, Identity, Position};
use engine::query::{Answer, Traced};
use proto::v1::{self, event_identity::Scope, trace_event_request::Event as Named};
use tonic::Status;

use crate::{
    check::Check,
    customers::{outcome, timeline_entry},
    shared::Shared,
    status,
};

/// Which event is traced.
pub(crate) enum Sought {
    At(Position),
    Of(EventKey, Identity),
}

impl Check {
    pub(crate) fn traced(&mut self, request: &v1::TraceEventRequest) -> Option<Sought> {
        match &request.event {
            None => {
                self.refuse("event", "name an event, by `position` or by `identity`");
                None
            }
            Some(Named::Position(position)) if position.is_empty() => {
                self.refuse("position", "is empty; write it such as `0-18446`");
                None
            }
            Some(Named::Position(position)) => self.position("position", position).map(Sought::At),
            Some(Named::Identity(identity)) => self.identity("identity", identity),
        }
    }

    pub(crate) fn identity(&mut self, field: &str, sent: &v1::EventIdentity) -> Option<Sought> {
        let v1::EventIdentity { source, id, scope } = sent;
        for (member, value) in [("source", source), ("id", id)] {
            if value.is_empty() {
                self.refuse(&format!("{field}.{member}"), "is missing");
            }
        }
        let key = match scope {
            None => {
                self.refuse(field, "name the `issue` or `customer` of the event, where it is looked for");
                None
            }
            Some(Scope::Issue(issue)) => {
                self.issue(&format!("{field}.issue"), Some(issue)).map(EventKey::Issue)
            }
            Some(Scope::Customer(customer)) => {
                let customer = self.customer(&format!("{field}.customer"), customer)?;
                Some(customer.map_or(EventKey::Nobody, EventKey::Customer))
            }
        };
        key.map(|key| Sought::Of(key, Identity { source: source.clone(), id: id.clone() }))
    }
}

impl Shared {
    pub(crate) async fn trace(
        self: &Arc<Self>,
        sought: Sought,
        patience: Duration,
    ) -> Result<v1::TraceEventResponse, Status> {
        let Answer { value: traced, position } = match sought {
            Sought::At(position) => self.trace_position(position, patience).await?,
            Sought::Of(key, identity) => {
                self.ask(false, move |reader| reader.trace_identity(key, &identity)).await?
            }
        };
        Ok(v1::TraceEventResponse { read_state: self.read_state(position), ..response(traced) })
    }

    async fn trace_position(
        self: &Arc<Self>,
        position: Position,
        patience: Duration,
    ) -> Result<Answer<Traced>, Status> {
        self.reach(Some(position), patience).await?;
        let answer = self.ask(true, move |reader| reader.quarantined(position)).await?;
        if let Answer { value: Some(message), position } = answer {
            return Ok(Answer { value: Traced::Quarantined(Box::new(message)), position });
        }
        let message = self.log.message(position).await.map_err(|error| status::log(&error))?;
        let message = message.ok_or_else(|| status::lost(position))?;
        let shared = Arc::clone(self);
        self.ask(false, move |reader| reader.trace(&shared.decode(&message))).await
    }
}

fn response(traced: Traced) -> v1::TraceEventResponse {
    let mut response = v1::TraceEventResponse::default();
    let became = match traced {
        Traced::Event(item) => {
            response.entry = Some(timeline_entry(&item));
            outcome(item.fate)
        }
        Traced::Directory(change) => {
            response.entry = Some(wire::proto::document_entry(&change));
            v1::EventOutcome::Applied
        }
        Traced::UnknownDocument { type_name } => {
            let outcome = v1::EventOutcome::Unfolded;
            response.entry = Some(v1::TimelineEntry {
                r#type: type_name,
                outcome: outcome.into(),
                ..v1::TimelineEntry::default()
            });
            outcome
        }
        Traced::Duplicate { of } => {
            response.duplicate_of = of.map(|position| position.to_string()).unwrap_or_default();
            v1::EventOutcome::Duplicate
        }
        Traced::Operation { operation, applied } => {
            let outcome = if applied { v1::EventOutcome::Applied } else { v1::EventOutcome::NotApplied };
            response.entry = Some(wire::proto::operation_entry(&operation, outcome));
            outcome
        }
        Traced::Quarantined(message) => {
            response.quarantined = Some(wire::proto::quarantined(&message));
            v1::EventOutcome::Quarantined
        }
    };
    response.outcome = became.into();
    response
}
