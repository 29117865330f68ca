//! Redrive: a quarantined message is read again, as it stands or corrected, and refused if that would not help.

use std::{sync::Arc, time::Duration};

use domain::{Arrival, Arrived, Digest, OperationKind, Payload, Position, Principal, Reason, limits};
use engine::{
    RawMessage,
    query::{Answer, Novelty, Traced},
};
use proto::v1;
use tonic::Status;
use wire::operator::{self, By, Composed};

use super::by::check_by;
use crate::{check::Check, customers::outcome, events::read_out, publish::refusal, shared::Shared, status};

impl Shared {
    pub(super) async fn redrive(
        self: &Arc<Self>,
        request: v1::RedriveRequest,
        principal: &Principal,
        patience: Duration,
    ) -> Result<v1::RedriveResponse, Status> {
        let mut check = Check::default();
        let of = check.required_position("position", &request.position);
        let by = check.by(request.by.as_ref(), &request.reason, principal);
        if let Some(corrected) = &request.corrected
            && let Some(refused) = refusal(corrected)
        {
            check.refuse("corrected", refused);
        }
        let (of, by) = check.done(of.zip(by))?;
        check_by(principal, &by)?;

        let mut last = self.publishing.0.lock().await;
        let end = self.caught_up(*last, patience).await?;
        self.open_message(of).await?;
        let message = corrected(self.message_at(of).await?, request.corrected);
        let event = compose(&by, of, &message)?;
        let arrived = self.read_inside(&event, end.next());
        let novelty = self.novelty_of(arrived.clone(), end).await?;
        let (expected, duplicate_of) = expected(of, &arrived, novelty)?;
        let foreseen = v1::RedriveResponse {
            position: String::new(),
            outcome: expected.into(),
            duplicate_of: duplicate_of.map(|position| position.to_string()).unwrap_or_default(),
            event: Some(read_out(&arrived, false)),
            read_state: self.read_state(end),
        };
        if request.validate_only {
            return Ok(foreseen);
        }
        let position = self.write(&mut last, vec![event.clone()], patience).await?;
        let now = self.settled_by(of, position).await?;
        let became = self.became(self.read_inside(&event, position), position).await?;
        Ok(v1::RedriveResponse {
            position: position.to_string(),
            outcome: became.unwrap_or(expected).into(),
            read_state: self.read_state(now),
            ..foreseen
        })
    }

    pub(super) async fn message_at(&self, at: Position) -> Result<RawMessage, Status> {
        let message = self.log.message(at).await.map_err(|error| status::log(&error))?;
        message.ok_or_else(|| status::lost(at))
    }

    /// What the pipeline will read out of the event, which is to stand at `position`.
    fn read_inside(&self, event: &Composed, position: Position) -> Arrived {
        let Composed { subject, body, identity: _ } = event.clone();
        let raw = RawMessage { position, stored_at: self.clock.now(), subject, headers: Vec::new(), body };
        match self.decode(&raw).content {
            Arrived::Operation(operation) => match operation.kind {
                OperationKind::Redriven { of: _, arrived } => *arrived,
                kind @ (OperationKind::Skipped { .. } | OperationKind::LossAccepted(_)) => {
                    Arrived::Operation(Box::new(domain::Operation { kind, ..*operation }))
                }
            },
            other @ (Arrived::Event(_)
            | Arrived::Directory(_)
            | Arrived::UnknownDocument { .. }
            | Arrived::Quarantined(_)) => other,
        }
    }

    async fn novelty_of(self: &Arc<Self>, content: Arrived, end: Position) -> Result<Novelty, Status> {
        let now = self.clock.now();
        // By its id alone: the two minutes of bare messages were over when it was quarantined.
        let arrival = arrival(content, end.next(), now);
        let found = self.ask(false, move |reader| reader.novelty(&[arrival], now)).await?;
        Ok(found.first().copied().unwrap_or(Novelty::New))
    }

    /// What became of it, where it is an event that stands at `position`.
    async fn became(
        self: &Arc<Self>,
        content: Arrived,
        position: Position,
    ) -> Result<Option<v1::EventOutcome>, Status> {
        if !matches!(content, Arrived::Event(_)) {
            return Ok(None);
        }
        let arrival = arrival(content, position, self.clock.now());
        let Answer { value: traced, .. } = self.ask(false, move |reader| reader.trace(&arrival)).await?;
        Ok(match traced {
            Traced::Event(item) => Some(outcome(item.fate)),
            Traced::Directory(_)
            | Traced::UnknownDocument { .. }
            | Traced::Duplicate { .. }
            | Traced::Operation { .. }
            | Traced::Quarantined(_) => None,
        })
    }
}

fn arrival(content: Arrived, position: Position, stored_at: jiff::Timestamp) -> Arrival {
    Arrival { position, stored_at, fingerprint: Digest::default(), bare: None, content }
}

/// The message as it should have been: what is empty in the correction stays as it is.
fn corrected(original: RawMessage, correction: Option<v1::EventMessage>) -> RawMessage {
    let Some(v1::EventMessage { subject, body, headers }) = correction else { return original };
    let mut headers: Vec<_> = headers.into_iter().collect();
    headers.sort_unstable();
    RawMessage {
        subject: if subject.is_empty() { original.subject } else { subject },
        body: match (body.is_empty(), headers.is_empty()) {
            (true, _) => original.body,
            (false, true) => operator::corrected_body(&original.body, body.to_vec()),
            (false, false) => body.to_vec(),
        },
        headers: if headers.is_empty() { original.headers } else { headers },
        ..original
    }
}

fn compose(by: &By, of: Position, message: &RawMessage) -> Result<Composed, Status> {
    let RawMessage { position, stored_at, subject, headers, body } = message;
    let message = wire::Message { position: *position, stored_at: *stored_at, subject, headers, body };
    let event = operator::redriven(by, of, &message);
    let most = limits::MESSAGE_BYTES;
    if event.body.len() > most {
        return Err(status::too_large(of, event.body.len(), most));
    }
    Ok(event)
}

/// What is to become of a message, and whose duplicate it is.
fn expected(
    of: Position,
    arrived: &Arrived,
    novelty: Novelty,
) -> Result<(v1::EventOutcome, Option<Position>), Status> {
    if let Arrived::Quarantined(again) = arrived {
        return Err(status::still_quarantined(of, again.reason, &again.detail));
    }
    let fresh = match arrived {
        Arrived::Event(event) if event.payload == Payload::Unknown => v1::EventOutcome::Unfolded,
        Arrived::UnknownDocument { .. } => v1::EventOutcome::Unfolded,
        Arrived::Event(_) | Arrived::Directory(_) | Arrived::Operation(_) | Arrived::Quarantined(_) => {
            v1::EventOutcome::Applied
        }
    };
    match novelty {
        Novelty::New | Novelty::SameAsEarlier(_) | Novelty::ConflictsWithEarlier(_) => Ok((fresh, None)),
        Novelty::SameAs(position) => Ok((v1::EventOutcome::Duplicate, Some(position))),
        Novelty::Conflicts(at) => {
            let detail = format!("an event of its source and id with other content stands at {at}");
            Err(status::still_quarantined(of, Reason::ConflictingDuplicate, &detail))
        }
    }
}
