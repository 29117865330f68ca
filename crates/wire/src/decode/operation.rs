//! What operators do to the log's own matters: events of Davy's origin `command` that are no facts about an issue.

use domain::{Arrived, Digest, Operation, OperationKind, Position, Reason};

use super::{Header, Message, quarantined, read_placed};
use crate::{
    data::operation::{Deed, Done, Inner},
    subject::{self, Speaker, Subject},
};

/// An operation, from what its envelope and its data say.
pub(super) fn operation(message: &Message<'_>, header: Header, content: Digest, done: Done) -> Arrived {
    let Done { reason, deed } = done;
    let Header { identity, origin, actor } = header;
    let kind = match deed {
        Deed::Skipped { of } => OperationKind::Skipped { of },
        Deed::Redriven { of, message: inner } => {
            OperationKind::Redriven { of, arrived: Box::new(again(message, of, &inner)) }
        }
        Deed::LossAccepted(loss) => OperationKind::LossAccepted(loss),
    };
    Arrived::Operation(Box::new(Operation {
        position: message.position,
        stored_at: message.stored_at,
        identity,
        content,
        department: origin.department().clone(),
        person: actor.person,
        reason,
        kind,
    }))
}

/// The message inside, as if it stood where the event around it stands. What would be minted from its position is minted
/// from that of the message it stands for, so that it gets the id that it would have had there.
fn again(around: &Message<'_>, of: Position, inner: &Inner) -> Arrived {
    let Inner { stored_at, subject, headers, body } = inner;
    let message = Message { position: around.position, stored_at: *stored_at, subject, headers, body };
    let read = if is_own(subject) {
        let detail = "events of Davy's own are not read a second time; skip it instead".to_owned();
        Err((Reason::WrongSubject, detail))
    } else {
        read_placed(&message, of, &mut None)
    };
    read.unwrap_or_else(|(reason, detail)| quarantined(&message, reason, detail))
}

/// Whether Davy itself wrote it. Nothing of that is inside an event, so that none goes on inside itself for ever.
fn is_own(subject: &str) -> bool {
    match subject::read(subject) {
        Ok(Subject::Event(event)) => match event.speaker {
            Speaker::Department(_) => false,
            Speaker::Command | Speaker::Escalator | Speaker::Pager => true,
        },
        Ok(Subject::Document(_)) | Err(_) => false,
    }
}
