//! Calendars, rotations, schedules and overrides as documents, and how they are put together.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::{Timestamp, tz::TimeZone};

use super::{Directory, Document, DocumentKey};
use crate::{
    Calendar, Department, Layer, OnDuty, Override, Position, QuietHours, Rotation, Schedule, ShiftWindow,
    Temporary, Who, on_call_at,
};

/// The id of the calendar of departments that name none.
const DEFAULT_CALENDAR: &str = "default";

/// A calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDocument {
    /// Its id.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// When it is open.
    pub calendar: Calendar,
}

/// A rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationDocument {
    /// Its id.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// Who, and when they change.
    pub rotation: Rotation,
}

/// A schedule: who is on call when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleDocument {
    /// Its id.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// Of the times of its layers.
    pub zone: TimeZone,
    /// Each covers those before it where it has somebody.
    pub layers: Vec<LayerDocument>,
    /// In their time they replace the layers.
    pub temporary: Vec<Temporary>,
    /// It is part-time on purpose: nobody is told of hours without anybody.
    pub gaps_wanted: bool,
}

/// A layer of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerDocument {
    /// For display.
    pub name: String,
    /// Who takes turns, or who is on call all the time.
    pub who: LayerWho,
    /// When, in the schedule's zone; empty: always.
    pub windows: Vec<ShiftWindow>,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Until then.
    pub until: Option<Timestamp>,
}

/// Who is on call in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerWho {
    /// By a rotation, by its id.
    Rotation(String),
    /// All of these, by their ids.
    People(Vec<String>),
}

/// An exception to a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideDocument {
    /// Its id.
    pub id: String,
    /// Of which schedule, by its id.
    pub schedule: String,
    /// Who instead of whom, and when.
    pub exception: Override,
    /// Why.
    pub reason: Option<String>,
    /// False once it is called off.
    pub active: bool,
}

impl Directory {
    /// The calendar of this id in force at `at`.
    pub fn calendar_by_id(&self, id: &str, at: Position) -> Option<&Calendar> {
        self.calendar_version(id, at).map(|(document, _)| &document.calendar)
    }

    /// When somebody's quiet hours that `now` is in end, with the holidays of the calendar that they name; none if it is in none.
    pub fn quiet_until(&self, quiet: &QuietHours, at: Position, now: Timestamp) -> Option<Timestamp> {
        let calendar = quiet.calendar().and_then(|id| self.calendar_by_id(id, at));
        match calendar {
            Some(calendar) => quiet.quiet_until(now, calendar.holidays()),
            None => quiet.quiet_until(now, &BTreeSet::new()),
        }
    }

    /// The calendar of a department in force at `at`: the one it names, else the one called `default`, else the built-in
    /// one.
    pub fn calendar(&self, department: &Department, at: Position) -> &Calendar {
        match self.calendar_document(department, at) {
            Some((document, _)) => &document.calendar,
            None => Self::built_in_calendar(),
        }
    }

    /// Version 0.
    pub(crate) fn built_in_calendar() -> &'static Calendar {
        static STANDARD: LazyLock<Calendar> = LazyLock::new(Calendar::standard);
        &STANDARD
    }

    /// The document of the calendar of a department in force at `at`, and where that version stands; none: it goes by the
    /// built-in one.
    pub fn calendar_document(
        &self,
        department: &Department,
        at: Position,
    ) -> Option<(&CalendarDocument, Position)> {
        let named = self.department(department, at).and_then(|document| document.calendar.as_deref());
        named
            .and_then(|id| self.calendar_version(id, at))
            .or_else(|| self.calendar_version(DEFAULT_CALENDAR, at))
    }

    pub(super) fn calendar_version(&self, id: &str, at: Position) -> Option<(&CalendarDocument, Position)> {
        if self.is_empty() {
            return None;
        }
        let version = self.version(&DocumentKey::Calendar(id.to_owned()), at)?;
        version.document.as_calendar().map(|document| (document, version.position))
    }

    /// The document of a schedule in force at `at`.
    pub fn schedule_document(&self, id: &str, at: Position) -> Option<&ScheduleDocument> {
        self.document(&DocumentKey::Schedule(id.to_owned()), at)?.as_schedule()
    }

    /// A schedule in force at `at`, with its rotations. A layer whose rotation is unknown has nobody.
    pub fn schedule(&self, id: &str, at: Position) -> Option<Schedule> {
        let document = self.schedule_document(id, at)?;
        let layers = document.layers.iter().map(|layer| self.layer(layer, at)).collect();
        Some(Schedule { zone: document.zone.clone(), layers, temporary: document.temporary.clone() })
    }

    fn layer(&self, layer: &LayerDocument, at: Position) -> Layer {
        let LayerDocument { name, who, windows, from, until } = layer;
        let who = match who {
            LayerWho::Rotation(id) => {
                self.rotation(id, at).cloned().map_or_else(|| Who::People(Vec::new()), Who::Rotation)
            }
            LayerWho::People(people) => Who::People(people.clone()),
        };
        Layer { name: name.clone(), who, windows: windows.clone(), from: *from, until: *until }
    }

    /// The rotation of this id in force at `at`.
    pub fn rotation(&self, id: &str, at: Position) -> Option<&Rotation> {
        self.document(&DocumentKey::Rotation(id.to_owned()), at)?
            .as_rotation()
            .map(|document| &document.rotation)
    }

    /// The exceptions to a schedule in force at `at`, in the order of the log.
    pub fn overrides(&self, schedule: &str, at: Position) -> Vec<Override> {
        let mut found: Vec<_> = self
            .versions
            .range(DocumentKey::Override(String::new())..DocumentKey::Policy(String::new()))
            .filter_map(|(key, _)| self.version(key, at))
            .filter_map(|version| match &version.document {
                Document::Override(document) if document.active && document.schedule == schedule => {
                    Some((version.position, document.exception.clone()))
                }
                Document::Override(_)
                | Document::Department(_)
                | Document::System(_)
                | Document::Person(_)
                | Document::Calendar(_)
                | Document::Rotation(_)
                | Document::Schedule(_)
                | Document::Policy(_) => None,
            })
            .collect();
        found.sort_by_key(|(position, _)| *position);
        found.into_iter().map(|(_, exception)| exception).collect()
    }

    /// Who is on call by a schedule at an instant, by the documents in force at `at`. Nobody for one that is unknown.
    pub fn on_call(&self, schedule: &str, at: Position, now: Timestamp) -> Vec<OnDuty> {
        let Some(found) = self.schedule(schedule, at) else { return Vec::new() };
        on_call_at(&found, &self.overrides(schedule, at), now)
    }
}
