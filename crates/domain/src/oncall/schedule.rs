//! A schedule: layers of people, and temporary schedules in their place.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{OnCallError, Rotation, Shift, ShiftWindow, rotation::check_zone};
use crate::{limits, wall};

/// Who is on duty for what is pinged through it.
///
/// Any can be read, for documents of the log are taken as they are; [`Schedule::check`] says what a new one has wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Where the wall clock of its windows hangs; its rotations have zones of their own.
    pub zone: TimeZone,
    /// From the one that is covered by all to the one that covers all.
    pub layers: Vec<Layer>,
    /// What stands in for the layers for a while.
    pub temporary: Vec<Temporary>,
}

/// A part of a schedule. It covers the layers before it wherever it has somebody on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What it is told by.
    pub name: String,
    /// Who is on duty.
    pub who: Who,
    /// When, by the wall clock of the schedule; always if there are none.
    pub windows: Vec<ShiftWindow>,
    /// Nobody is on duty before this.
    pub from: Option<Timestamp>,
    /// Nobody is on duty from this on.
    pub until: Option<Timestamp>,
}

/// Who is on duty in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// One person at a time.
    Rotation(Rotation),
    /// All of them together; nobody if there are none.
    People(Vec<String>),
}

/// Stands in for all layers in `[from, until)`: nobody is on duty there but by its shifts. Of two that overlap the later
/// one in the schedule holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Who is on duty; what reaches beyond it does not count.
    pub shifts: Vec<Shift>,
}

impl Schedule {
    /// Whether it is within all limits and nothing in it is surely a mistake.
    ///
    /// # Errors
    /// The zone has no name, two layers have one name, an interval ends before it begins, or a list is over its limit.
    pub fn check(&self) -> Result<(), OnCallError> {
        check_zone(&self.zone)?;
        at_most("layers", self.layers.len(), limits::SCHEDULE_LAYERS)?;
        at_most("temporary schedules", self.temporary.len(), limits::SCHEDULE_TEMPORARY)?;
        let mut names = BTreeSet::new();
        for layer in &self.layers {
            layer.check()?;
            if !names.insert(&layer.name) {
                return Err(OnCallError::LayerTwice(layer.name.clone()));
            }
        }
        self.temporary.iter().try_for_each(Temporary::check)
    }
}

impl Layer {
    fn check(&self) -> Result<(), OnCallError> {
        if self.name.is_empty() {
            return Err(OnCallError::LayerWithoutName);
        }
        at_most("windows in a layer", self.windows.len(), limits::LAYER_WINDOWS)?;
        if let (Some(from), Some(until)) = (self.from, self.until) {
            forwards("a layer", from, until)?;
        }
        match &self.who {
            Who::People(people) if people.len() > limits::ROTATION_MEMBERS => {
                Err(OnCallError::TooManyPeople(people.len()))
            }
            Who::People(_) | Who::Rotation(_) => Ok(()),
        }
    }

    pub(super) fn holds(&self, zone: &TimeZone, at: Timestamp) -> bool {
        if self.from.is_some_and(|from| at < from) || self.until.is_some_and(|until| until <= at) {
            return false;
        }
        if self.windows.is_empty() {
            return true;
        }
        let steady = wall::is_steady(zone, at);
        self.windows.iter().any(|window| window.holds(zone, at, steady))
    }
}

impl Temporary {
    fn check(&self) -> Result<(), OnCallError> {
        forwards("a temporary schedule", self.from, self.until)?;
        at_most("shifts in a temporary schedule", self.shifts.len(), limits::TEMPORARY_SHIFTS)?;
        self.shifts
            .iter()
            .try_for_each(|shift| forwards("a shift of a temporary schedule", shift.from, shift.until))
    }

    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

fn forwards(what: &'static str, from: Timestamp, until: Timestamp) -> Result<(), OnCallError> {
    if from < until { Ok(()) } else { Err(OnCallError::EndsFirst(what)) }
}

fn at_most(what: &'static str, count: usize, most: usize) -> Result<(), OnCallError> {
    if count <= most { Ok(()) } else { Err(OnCallError::TooMany { what, count, most }) }
}
