//! What became of one event.

use std::sync::Arc;

use domain::{
    Arrival, Arrived, DirectoryChange, Event, EventKey, Identity, LeafId, Operation, OperationKind, Position,
    Quarantined,
    limits::{BARE_WINDOW_SECONDS, PAGE_LOOKS},
};

use super::{
    Answer, QueryError, Reader,
    refs::Refs,
    timeline::{TimelineItem, TimelineOrder, at_position},
};
use crate::View;

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traced {
    /// It stands in a timeline.
    Event(Arc<TimelineItem>),
    /// It set a document of the directory.
    Directory(Box<DirectoryChange>),
    /// A directory document of a kind that this Davy does not know.
    UnknownDocument {
        /// Such as `calendar.set`.
        type_name: String,
    },
    /// The same event came before; where, as far as it can still be told.
    Duplicate {
        /// The first of them.
        of: Option<Position>,
    },
    /// An operator did something.
    Operation {
        /// What.
        operation: Box<Operation>,
        /// Whether it changed anything: only the first that settles a quarantined message does.
        applied: bool,
    },
    /// It could not be read or placed.
    Quarantined(Box<Quarantined>),
}

impl Reader {
    /// The quarantined message at a position, if it was quarantined.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn quarantined(&self, at: Position) -> Result<Answer<Option<Quarantined>>, QueryError> {
        self.view(|view| Ok(Answer { value: view.store.quarantined(at)?, position: view.position() }))
    }

    /// What became of a message that was folded.
    ///
    /// # Errors
    /// While the log is being folded, if the message is not folded yet, or if the store cannot be read.
    pub fn trace(&self, message: &Arrival) -> Result<Answer<Traced>, QueryError> {
        self.view(|view| {
            if message.position > view.position() {
                return Err(QueryError::UnknownEvent);
            }
            let quarantined = view.store.quarantined(message.position)?;
            let traced = match (quarantined, &message.content) {
                (Some(message), _) => Traced::Quarantined(Box::new(message)),
                (None, Arrived::Quarantined(message)) => Traced::Quarantined(message.clone()),
                (None, Arrived::UnknownDocument { type_name }) => {
                    Traced::UnknownDocument { type_name: type_name.clone() }
                }
                (None, Arrived::Operation(operation)) => of_operation(view, operation)?,
                (None, Arrived::Directory(change)) => of_directory(view, change),
                (None, Arrived::Event(event)) => of_event(view, message, event)?,
            };
            Ok(Answer { value: traced, position: view.position() })
        })
    }

    /// What became of the event of this identity among those of an issue or customer.
    ///
    /// # Errors
    /// If there is no such event, while the log is being folded, or if the store cannot be read.
    pub fn trace_identity(&self, key: EventKey, identity: &Identity) -> Result<Answer<Traced>, QueryError> {
        self.view(|view| {
            let event = by_identity(view, key, identity)?.ok_or(QueryError::UnknownEvent)?;
            let item = at_position(view, key, event.position)?.ok_or(QueryError::UnknownEvent)?;
            Ok(Answer { value: Traced::Event(item), position: view.position() })
        })
    }
}

fn of_directory(view: &View<'_>, change: &DirectoryChange) -> Traced {
    let key = change.document.key();
    let mut versions = view.directory().versions().filter(|version| version.document.key() == key);
    match versions.find(|version| version.identity == change.identity) {
        Some(first) if first.position != change.position => Traced::Duplicate { of: Some(first.position) },
        Some(_) | None => Traced::Directory(Box::new(change.clone())),
    }
}

fn of_operation(view: &View<'_>, operation: &Operation) -> Result<Traced, QueryError> {
    let applied = match &operation.kind {
        OperationKind::LossAccepted(_) => true,
        OperationKind::Skipped { of } | OperationKind::Redriven { of, arrived: _ } => {
            let settled = view.store.quarantined(*of)?.and_then(|message| message.settled);
            settled.is_some_and(|settled| settled.position == operation.position)
        }
    };
    Ok(Traced::Operation { operation: Box::new(operation.clone()), applied })
}

fn of_event(view: &View<'_>, message: &Arrival, event: &Event) -> Result<Traced, QueryError> {
    let key = event.key();
    if let Some(item) = at_position(view, key, event.position)? {
        return Ok(Traced::Event(item));
    }
    let of = match message.bare {
        Some(_) => first_bare(view, event)?,
        None => by_identity(view, key, &event.identity)?.map(|event| event.position),
    };
    Ok(Traced::Duplicate { of })
}

fn by_identity(view: &View<'_>, key: EventKey, identity: &Identity) -> Result<Option<Event>, QueryError> {
    Ok(view.events(key)?.into_iter().find(|event| event.identity == *identity))
}

/// The first of equal bare messages: one of the customer's events of the 2 minutes before that says the same. Its id is
/// another, so it is looked for by its content.
fn first_bare(view: &View<'_>, event: &Event) -> Result<Option<Position>, QueryError> {
    let customer: LeafId = event.customer.as_ref().map(|customer| customer.leaf.id());
    let begin = event.stored_at.as_microsecond() - BARE_WINDOW_SECONDS * 1_000_000;
    let mut refs = Refs::new(view, customer, TimelineOrder::NewestFirst, None)?;
    let (mut looks, mut first) = (0_usize, None);
    while let Some(reference) = refs.next()?
        && looks < PAGE_LOOKS
    {
        looks += 1;
        if reference.time < begin {
            break;
        }
        if reference.position >= event.position {
            continue;
        }
        let key = reference.issue.map_or_else(|| event.key(), EventKey::Issue);
        let known = view.events_at(key, &std::iter::once(reference.position).collect())?;
        if known.iter().any(|known| known.content == event.content) {
            first = Some(reference.position);
        }
    }
    Ok(first)
}
