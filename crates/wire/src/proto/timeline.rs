//! Entries of timelines.

use domain::{Actor, ActorKind, Anomalies, DirectoryChange, Event, Operation, OperationKind, Position};
use proto::v1;

use super::{codes, person, timestamp};

/// An event and what became of it; where it is retracted, by which event.
pub fn timeline_entry(
    event: &Event,
    outcome: v1::EventOutcome,
    anomalies: Anomalies,
    retracted_by: Option<Position>,
) -> v1::TimelineEntry {
    v1::TimelineEntry {
        position: event.position.to_string(),
        time: Some(timestamp(event.time)),
        stored_at: Some(timestamp(event.stored_at)),
        r#type: event.type_name.to_string(),
        source: event.identity.source.clone(),
        id: event.identity.id.clone(),
        department: event.origin.department().to_string(),
        actor: Some(actor(&event.actor)),
        issue_id: event.issue.as_ref().map(|issue| issue.id.to_string()).unwrap_or_default(),
        summary: crate::summary(&event.data),
        outcome: outcome.into(),
        anomalies: codes(anomalies),
        backfill: event.backfill,
        data: String::from_utf8_lossy(&event.data).into_owned(),
        traceparent: event.traceparent.clone().unwrap_or_default(),
        tracestate: event.tracestate.clone().unwrap_or_default(),
        retracted_by: retracted_by.map(|position| position.to_string()).unwrap_or_default(),
    }
}

/// What an operator did, which stands in nobody's timeline but can be traced.
pub fn operation_entry(operation: &Operation, outcome: v1::EventOutcome) -> v1::TimelineEntry {
    let Operation { position, stored_at, identity, content: _, department, person: by, reason, kind } =
        operation;
    let type_name = match kind {
        OperationKind::Skipped { .. } => "event.skipped",
        OperationKind::Redriven { .. } => "event.redriven",
        OperationKind::LossAccepted(_) => "log.loss_accepted",
    };
    v1::TimelineEntry {
        position: position.to_string(),
        time: Some(timestamp(*stored_at)),
        stored_at: Some(timestamp(*stored_at)),
        r#type: type_name.to_owned(),
        source: identity.source.clone(),
        id: identity.id.clone(),
        department: department.to_string(),
        actor: Some(v1::Actor { kind: "human".to_owned(), person: by.as_ref().map(person) }),
        summary: reason.clone(),
        outcome: outcome.into(),
        ..v1::TimelineEntry::default()
    }
}

/// A change to the directory, which stands in nobody's timeline but can be traced.
pub fn document_entry(change: &DirectoryChange) -> v1::TimelineEntry {
    let key = change.document.key();
    v1::TimelineEntry {
        position: change.position.to_string(),
        time: Some(timestamp(change.stored_at)),
        stored_at: Some(timestamp(change.stored_at)),
        r#type: format!("{}.set", key.kind()),
        source: change.identity.source.clone(),
        id: change.identity.id.clone(),
        summary: key.id().to_owned(),
        outcome: v1::EventOutcome::Applied.into(),
        ..v1::TimelineEntry::default()
    }
}

fn actor(actor: &Actor) -> v1::Actor {
    let kind = match actor.kind {
        ActorKind::Human => "human",
        ActorKind::Bot => "bot",
        ActorKind::System => "system",
    };
    v1::Actor { kind: kind.to_owned(), person: actor.person.as_ref().map(person) }
}
