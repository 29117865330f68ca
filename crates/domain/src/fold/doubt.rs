//! Doubts that events of many types share.

use crate::{Anomalies, Anomaly, Department, Directory, Event, Origin, Person};

/// Doubts that say that an event does not fit where it sorts.
const MISFITS: [Anomaly; 6] = [
    Anomaly::ReportedAgain,
    Anomaly::NoOpenOffer,
    Anomaly::BadTransition,
    Anomaly::UnknownRef,
    Anomaly::TooMany,
    Anomaly::Already,
];

/// A command's event that does not fit where it sorts was overtaken by a late fact: it did when it was made
/// (`design.md` 5).
pub(super) fn judge_command(event: &Event, doubts: &mut Anomalies) {
    if MISFITS.into_iter().any(|misfit| doubts.contains(misfit)) {
        overtaken(event, doubts);
    }
}

/// As [`judge_command`], where the event finds done what it was to do.
pub(super) fn overtaken(event: &Event, doubts: &mut Anomalies) {
    match event.origin {
        Origin::Command(_) => doubts.insert(Anomaly::Overtaken),
        Origin::Department(_) | Origin::Escalator(_) | Origin::Pager(_) => {}
    }
}

/// Whether the directory, as of the event's own position, says that somebody named is gone. The event counts all the same.
pub(super) fn note_gone(
    department: Option<&Department>,
    person: Option<&Person>,
    event: &Event,
    directory: &Directory,
    doubts: &mut Anomalies,
) {
    let closed = department.is_some_and(|department| directory.is_closed(department, event.position));
    if closed || person.is_some_and(|person| !directory.is_active(person, event.position)) {
        doubts.insert(Anomaly::Inactive);
    }
}
