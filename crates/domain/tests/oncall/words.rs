//! Words for the stories.

use std::num::NonZeroU32;

use domain::{
    Layer, OnDuty, Override, Rotation, RotationUnit, Schedule, Shift, Source, Temporary, Who, on_call_at,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

pub(crate) fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn wall(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub(crate) fn people(names: &str) -> Vec<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

pub(crate) fn rotation(name: &str, members: &str, unit: RotationUnit, length: u32, anchor: &str) -> Rotation {
    Rotation::new(zone(name), people(members), unit, NonZeroU32::new(length).unwrap(), wall(anchor)).unwrap()
}

/// A layer that always holds.
pub(crate) fn layer(name: &str, who: Who) -> Layer {
    Layer { name: name.to_owned(), who, windows: Vec::new(), from: None, until: None }
}

pub(crate) fn always(names: &str) -> Who {
    Who::People(people(names))
}

pub(crate) fn schedule(name: &str, layers: Vec<Layer>) -> Schedule {
    with_temporary(name, layers, Vec::new())
}

pub(crate) fn with_temporary(name: &str, layers: Vec<Layer>, temporary: Vec<Temporary>) -> Schedule {
    let schedule = Schedule { zone: zone(name), layers, temporary };
    schedule.check().unwrap();
    schedule
}

pub(crate) fn temporary(from: &str, until: &str, shifts: &[(&str, &str, &str)]) -> Temporary {
    let shift = |(person, from, until): &(&str, &str, &str)| Shift {
        person: (*person).to_owned(),
        from: utc(from),
        until: utc(until),
    };
    Temporary { from: utc(from), until: utc(until), shifts: shifts.iter().map(shift).collect() }
}

pub(crate) fn change(from: &str, until: &str, removes: &str, adds: &str) -> Override {
    let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Override { from: utc(from), until: utc(until), removes: named(removes), adds: named(adds) }
}

/// Who is on duty, such as `ana, bo`.
pub(crate) fn on(schedule: &Schedule, overrides: &[Override], at: &str) -> String {
    let on = on_call_at(schedule, overrides, utc(at));
    on.iter().map(|on| on.person.as_str()).collect::<Vec<_>>().join(", ")
}

/// Such as `ana 2026-01-01T00:00:00Z..2026-01-02T00:00:00Z by weeks`.
pub(crate) fn told(duty: &OnDuty) -> String {
    let bound = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let by = match &duty.by {
        Source::Layer(name) => name,
        Source::Temporary => "(temporary)",
        Source::Override => "(override)",
    };
    format!("{} {}..{} by {by}", duty.person, bound(duty.from), bound(duty.until))
}
