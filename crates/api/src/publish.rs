//! Appending events over the API: the checks of events that come over NATS, done beforehand.
//!
//! Everything that passes goes to the log as one atomic batch without `Nats-Msg-Id`, so that one repeated id cannot
//! reject the rest. That an event is new is looked up first; two nodes that append the same event at once still append
//! it twice, and the fold counts the second as a duplicate.

mod draft;

use std::{sync::Arc, time::Duration};

use domain::{Arrived, Position};
use engine::{
    NewMessage, Phase,
    query::{Novelty, Reader},
};
use proto::v1;
use tokio::sync::{Mutex, MutexGuard};
use tonic::Status;

pub(crate) use draft::{Draft, Refused, refusal};

use crate::{shared::Shared, status};

/// The last position that this node appended; `None` while that is not known, as after a fault. Held while a batch is
/// looked up and appended, so that the next one sees it.
#[derive(Default)]
pub(crate) struct Publishing(pub(crate) Mutex<Option<Position>>);

/// What is to become of an event of a request.
pub(crate) enum Verdict {
    /// To be appended.
    New(Box<Draft>),
    /// The same event stands in the log.
    SameAs(Position),
    /// The same event stands earlier in the request, at this index.
    SameAsEarlier(usize),
    /// Not to be appended.
    Refused(Refused),
}

impl Shared {
    /// Publishes events; each has an outcome of its own.
    pub(crate) async fn publish(
        self: &Arc<Self>,
        events: Vec<v1::EventMessage>,
        patience: Duration,
    ) -> Result<(Vec<v1::PublishOutcome>, Option<Position>), Status> {
        let mut last = self.publishing.0.lock().await;
        let end = self.caught_up(*last, patience).await?;
        let mut verdicts = self.judge(events, end).await?;
        let messages = take_new(&mut verdicts);
        let positions =
            if messages.is_empty() { Vec::new() } else { self.append(&mut last, messages).await? };
        Ok((outcomes(&verdicts, &positions), positions.last().copied()))
    }

    /// What would become of an event.
    pub(crate) async fn validate(self: &Arc<Self>, event: v1::EventMessage) -> Result<Verdict, Status> {
        let end = self.reader.projection().position();
        let mut verdicts = self.judge(vec![event], end).await?;
        verdicts.pop().ok_or_else(|| status::invalid(Vec::new()))
    }

    /// Waits until everything that this node appended is folded, so that a repeated event is found.
    pub(crate) async fn caught_up(
        &self,
        last: Option<Position>,
        patience: Duration,
    ) -> Result<Position, Status> {
        match &*self.reader.projection().phase_now() {
            Phase::Diverged { problem } => return Err(status::diverged(problem)),
            Phase::Replaced { problem } => return Err(status::replaced(problem)),
            Phase::Stalled { problem } => return Err(status::stalled(problem)),
            Phase::OutOfSpace { problem } => return Err(status::out_of_space(problem)),
            Phase::Live | Phase::CatchingUp { .. } => {}
        }
        // The log may be a shorter one by now, which an operator took as it is.
        let tail = self.reader.projection().sight().tail;
        let end = match last.filter(|position| tail.is_none_or(|tail| tail >= *position)) {
            Some(position) => position,
            None => self.log.state().await.map_err(|error| status::log(&error))?.tail,
        };
        self.reach(Some(end), patience).await?;
        Ok(end)
    }

    /// Reads the events and looks for each whether it is new.
    async fn judge(
        self: &Arc<Self>,
        events: Vec<v1::EventMessage>,
        end: Position,
    ) -> Result<Vec<Verdict>, Status> {
        let shared = Arc::clone(self);
        let now = self.clock.now();
        self.ask(false, move |reader| {
            let mut position = end;
            let drafts = events.into_iter().map(|event| {
                position = position.next();
                Draft::read(event, position, now, &*shared.codec)
            });
            verdicts(drafts.collect(), reader, now)
        })
        .await
    }

    pub(crate) async fn append(
        &self,
        last: &mut MutexGuard<'_, Option<Position>>,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<Position>, Status> {
        // Whoever gives up waiting here leaves it unknown what was appended.
        **last = None;
        let positions = self.log.append(messages, Vec::new()).await.map_err(|error| status::log(&error))?;
        **last = positions.last().copied();
        if let Some(position) = **last {
            self.reader.projection().saw_tail(position);
        }
        Ok(positions)
    }
}

fn verdicts(
    drafts: Vec<Result<Draft, Refused>>,
    reader: &Reader,
    now: jiff::Timestamp,
) -> Result<Vec<Verdict>, engine::query::QueryError> {
    let readable: Vec<usize> =
        drafts.iter().enumerate().filter(|(_, draft)| draft.is_ok()).map(|(at, _)| at).collect();
    let arrivals: Vec<_> = drafts.iter().flatten().map(|draft| draft.arrival.clone()).collect();
    let mut novelties = reader.novelty(&arrivals, now)?.into_iter();
    Ok(drafts
        .into_iter()
        .map(|draft| match draft {
            Err(refused) => Verdict::Refused(refused),
            Ok(draft) => verdict(draft, novelties.next(), &readable),
        })
        .collect())
}

fn verdict(draft: Draft, novelty: Option<Novelty>, readable: &[usize]) -> Verdict {
    let index_of = |at: usize| readable.get(at).copied().unwrap_or(at);
    let conflict = |draft: &Draft, at: String| {
        let detail = match &draft.arrival.content {
            Arrived::Event(event) => status::conflict_detail(&event.identity, &at),
            Arrived::Directory(change) => status::conflict_detail(&change.identity, &at),
            Arrived::UnknownDocument { .. } | Arrived::Operation(_) | Arrived::Quarantined(_) => at,
        };
        Verdict::Refused(Refused::new(domain::Reason::ConflictingDuplicate.code(), detail))
    };
    match novelty {
        Some(Novelty::New) | None => Verdict::New(Box::new(draft)),
        Some(Novelty::SameAs(position)) => Verdict::SameAs(position),
        Some(Novelty::SameAsEarlier(at)) => Verdict::SameAsEarlier(index_of(at)),
        Some(Novelty::Conflicts(position)) => conflict(&draft, position.to_string()),
        Some(Novelty::ConflictsWithEarlier(at)) => {
            conflict(&draft, format!("index {} of this request", index_of(at)))
        }
    }
}

/// The messages to append, in order.
fn take_new(verdicts: &mut [Verdict]) -> Vec<NewMessage> {
    verdicts
        .iter_mut()
        .filter_map(|verdict| match verdict {
            Verdict::New(draft) => Some(std::mem::replace(&mut draft.message, draft::taken())),
            Verdict::SameAs(_) | Verdict::SameAsEarlier(_) | Verdict::Refused(_) => None,
        })
        .collect()
}

/// One outcome an event, in the order of the request.
fn outcomes(verdicts: &[Verdict], positions: &[Position]) -> Vec<v1::PublishOutcome> {
    use v1::publish_outcome::Outcome;

    let mut appended = positions.iter();
    let mut places: Vec<Option<Position>> = Vec::with_capacity(verdicts.len());
    let mut outcomes = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        let (place, outcome) = match verdict {
            Verdict::New(_) => {
                let place = appended.next().copied();
                (place, Outcome::Position(text(place)))
            }
            Verdict::SameAs(position) => (None, Outcome::DuplicateOf(position.to_string())),
            Verdict::SameAsEarlier(at) => {
                (None, Outcome::DuplicateOf(text(places.get(*at).copied().flatten())))
            }
            Verdict::Refused(refused) => (None, Outcome::Rejected(refused.clone().into())),
        };
        places.push(place);
        outcomes.push(v1::PublishOutcome { outcome: Some(outcome) });
    }
    outcomes
}

fn text(place: Option<Position>) -> String {
    place.map(|position| position.to_string()).unwrap_or_default()
}
