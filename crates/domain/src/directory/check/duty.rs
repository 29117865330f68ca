//! What may be wrong with schedules and overrides, and whom rotations, schedules and overrides name.

use super::{Found, MistakeKind, Proposed, names};
use crate::{
    DocumentKey, LayerDocument, LayerWho, Override, OverrideDocument, RotationDocument, ScheduleDocument,
    Shift, Temporary, limits,
};

/// A schedule by itself.
pub(super) fn check_schedule(document: &ScheduleDocument, found: &mut Found) {
    let ScheduleDocument { layers, temporary, .. } = document;
    if layers.is_empty() {
        found.add("layers", MistakeKind::Empty);
    }
    at_most("layers", layers.len(), limits::SCHEDULE_LAYERS, found);
    let mut seen: Vec<&str> = Vec::new();
    for (index, layer) in layers.iter().enumerate().take(limits::SCHEDULE_LAYERS) {
        let member = format!("layers[{index}]");
        check_layer(&member, layer, found);
        if seen.contains(&layer.name.as_str()) {
            found.add(format!("{member}.name"), MistakeKind::Twice(layer.name.clone()));
        }
        seen.push(&layer.name);
    }
    at_most("temporary", temporary.len(), limits::SCHEDULE_TEMPORARY, found);
    for (index, one) in temporary.iter().enumerate().take(limits::SCHEDULE_TEMPORARY) {
        check_temporary(&format!("temporary[{index}]"), one, found);
    }
}

fn check_layer(member: &str, layer: &LayerDocument, found: &mut Found) {
    let LayerDocument { name, who, windows, from, until } = layer;
    names::text(&format!("{member}.name"), name, limits::WORD_BYTES, found);
    at_most(&format!("{member}.windows"), windows.len(), limits::LAYER_WINDOWS, found);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        found.add(format!("{member}.until"), MistakeKind::EndsFirst);
    }
    match who {
        LayerWho::Rotation(_) => {}
        LayerWho::People(people) => {
            let member = format!("{member}.people");
            if people.is_empty() {
                found.add(member.as_str(), MistakeKind::Empty);
            }
            at_most(&member, people.len(), limits::ROTATION_MEMBERS, found);
            names::people(&member, people, found);
        }
    }
}

fn check_temporary(member: &str, temporary: &Temporary, found: &mut Found) {
    let Temporary { from, until, shifts } = temporary;
    if until <= from {
        found.add(format!("{member}.until"), MistakeKind::EndsFirst);
    }
    at_most(&format!("{member}.shifts"), shifts.len(), limits::TEMPORARY_SHIFTS, found);
    for (index, Shift { person, from, until }) in shifts.iter().enumerate().take(limits::TEMPORARY_SHIFTS) {
        let member = format!("{member}.shifts[{index}]");
        names::text(&format!("{member}.person"), person, limits::DIRECTORY_ID_BYTES, found);
        if until <= from {
            found.add(format!("{member}.until"), MistakeKind::EndsFirst);
        }
    }
}

/// An override by itself.
pub(super) fn check_override(document: &OverrideDocument, found: &mut Found) {
    let OverrideDocument { schedule, exception, .. } = document;
    let Override { from, until, removes, adds } = exception;
    names::text("schedule", schedule, limits::WORD_BYTES, found);
    if until <= from {
        found.add("until", MistakeKind::EndsFirst);
    }
    if removes.is_none() && adds.is_none() {
        found.add("adds", MistakeKind::ChangesNothing);
    }
}

fn at_most(member: &str, count: usize, most: usize, found: &mut Found) {
    if count > most {
        found.add(member, MistakeKind::TooMany(most));
    }
}

/// Whom a rotation names.
pub(super) fn rotation_names(document: &RotationDocument, proposed: &Proposed<'_>, found: &mut Found) {
    people("members", document.rotation.members(), proposed, found);
}

/// Whom and what a schedule names. What a temporary schedule says may be about the past: those who left stay in it.
pub(super) fn schedule_names(document: &ScheduleDocument, proposed: &Proposed<'_>, found: &mut Found) {
    for (index, layer) in document.layers.iter().enumerate().take(limits::SCHEDULE_LAYERS) {
        let member = format!("layers[{index}]");
        match &layer.who {
            LayerWho::Rotation(id) => {
                let key = DocumentKey::Rotation(id.clone());
                found.known(&format!("{member}.rotation"), Some(key), proposed);
            }
            LayerWho::People(ids) => people(&format!("{member}.people"), ids, proposed, found),
        }
    }
    for (index, temporary) in document.temporary.iter().enumerate().take(limits::SCHEDULE_TEMPORARY) {
        for (number, shift) in temporary.shifts.iter().enumerate().take(limits::TEMPORARY_SHIFTS) {
            if proposed.person(&shift.person).is_none() {
                let member = format!("temporary[{index}].shifts[{number}].person");
                found.add(member, MistakeKind::UnknownPerson(shift.person.clone()));
            }
        }
    }
}

/// Whom and what an override names; one that was called off may name those who left.
pub(super) fn override_names(document: &OverrideDocument, proposed: &Proposed<'_>, found: &mut Found) {
    let OverrideDocument { schedule, exception, active, .. } = document;
    found.known("schedule", Some(DocumentKey::Schedule(schedule.clone())), proposed);
    if *active {
        found.person_there("adds", exception.adds.as_deref(), proposed);
    }
    if let Some(removed) = exception.removes.as_ref().filter(|id| proposed.person(id).is_none()) {
        found.add("removes", MistakeKind::UnknownPerson(removed.clone()));
    }
}

fn people(member: &str, ids: &[String], proposed: &Proposed<'_>, found: &mut Found) {
    for (index, id) in ids.iter().enumerate() {
        found.person_there(&format!("{member}[{index}]"), Some(id), proposed);
    }
}
