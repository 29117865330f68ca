//! A schedule: layers of people, and what stands in for them for a while.

use domain::{LayerDocument, LayerWho, ScheduleDocument, Shift, Temporary};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Flaws, days, text};
use crate::data::common::{Word, word};

/// How a time is read by the clock of the zone.
type Read = fn(&str, &TimeZone) -> Result<Timestamp, String>;

/// A schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ScheduleSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// Of the windows of its layers, such as `Europe/Berlin`.
    pub(crate) zone: Word,
    /// Each covers those before it where it has somebody.
    pub(crate) layers: Vec<LayerForm>,
    /// In their time they replace the layers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) temporary: Vec<TemporaryForm>,
    /// It is part-time on purpose: nobody is told of hours without anybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) gaps_wanted: bool,
}

/// A layer; of `rotation` and `people` one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LayerForm {
    /// What it is told by; absent: the id of the rotation, or its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// The id of a rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<Word>,
    /// Directory ids of people who are on call together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) people: Vec<Word>,
    /// When, such as `mon-fri 18:00-08:00`; none: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) windows: Vec<Word>,
    /// From then on: RFC 3339, or without an offset by the clock of the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Word>,
    /// Until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Word>,
}

/// What replaces the layers for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct TemporaryForm {
    /// RFC 3339, or without an offset by the clock of the zone.
    pub(crate) from: Word,
    pub(crate) until: Word,
    /// Who is on call then; what is in none of them is nobody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) shifts: Vec<ShiftForm>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ShiftForm {
    /// Their id in the directory.
    pub(crate) person: Word,
    /// Absent: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Word>,
    /// Absent: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Word>,
}

impl ScheduleSet {
    pub(crate) fn read(&self, id: String, flaws: &mut Flaws) -> Option<ScheduleDocument> {
        let zone = flaws.keep("zone", text::zone(&self.zone.0));
        // Without its zone the rest is still looked at.
        let clock = zone.clone().unwrap_or(TimeZone::UTC);
        let mut layers = Vec::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter().enumerate() {
            layers.extend(layer.read(index, &clock, flaws));
        }
        let mut temporary = Vec::with_capacity(self.temporary.len());
        for (index, one) in self.temporary.iter().enumerate() {
            temporary.extend(one.read(&format!("temporary[{index}]"), &clock, flaws));
        }
        // One that is not understood makes the others' places wrong: the schedule is not judged.
        if layers.len() != self.layers.len() || temporary.len() != self.temporary.len() {
            return None;
        }
        let name = word(self.name.as_ref());
        Some(ScheduleDocument { id, name, zone: zone?, layers, temporary, gaps_wanted: self.gaps_wanted })
    }
}

impl LayerForm {
    fn read(&self, index: usize, zone: &TimeZone, flaws: &mut Flaws) -> Option<LayerDocument> {
        let member = format!("layers[{index}]");
        let rotation = word(self.rotation.as_ref());
        let people: Vec<_> = self.people.iter().map(|Word(id)| id.trim().to_owned()).collect();
        let name = word(self.name.as_ref()).or_else(|| rotation.clone());
        let who = match (rotation, people.is_empty()) {
            (Some(rotation), true) => Some(LayerWho::Rotation(rotation)),
            (None, false) => Some(LayerWho::People(people)),
            (None, true) | (Some(_), false) => {
                flaws.add(member.as_str(), "needs either a rotation or people");
                None
            }
        };
        let mut windows = Vec::with_capacity(self.windows.len());
        for (number, Word(window)) in self.windows.iter().enumerate() {
            windows.extend(flaws.keep(&format!("{member}.windows[{number}]"), days::window(window)));
        }
        let mut at = |name, sent: &Option<Word>, read: Read| {
            flaws.keep(&format!("{member}.{name}"), read(said(sent)?, zone))
        };
        let from = at("from", &self.from, text::beginning);
        let until = at("until", &self.until, text::ending);
        let name = name.unwrap_or_else(|| format!("layer {}", index + 1));
        Some(LayerDocument { name, who: who?, windows, from, until })
    }
}

impl TemporaryForm {
    fn read(&self, member: &str, zone: &TimeZone, flaws: &mut Flaws) -> Option<Temporary> {
        let from = flaws.keep(&format!("{member}.from"), text::beginning(&self.from.0, zone));
        let until = flaws.keep(&format!("{member}.until"), text::ending(&self.until.0, zone));
        let (from, until) = (from?, until?);
        let mut shifts = Vec::with_capacity(self.shifts.len());
        for (index, shift) in self.shifts.iter().enumerate() {
            let member = format!("{member}.shifts[{index}]");
            let mut at = |name, sent: &Option<Word>, read: Read, absent| match said(sent) {
                Some(sent) => flaws.keep(&format!("{member}.{name}"), read(sent, zone)),
                None => Some(absent),
            };
            let from = at("from", &shift.from, text::beginning, from);
            let until = at("until", &shift.until, text::ending, until);
            let (Some(from), Some(until)) = (from, until) else { continue };
            shifts.push(Shift { person: shift.person.0.trim().to_owned(), from, until });
        }
        Some(Temporary { from, until, shifts })
    }
}

/// An empty one says nothing.
fn said(sent: &Option<Word>) -> Option<&str> {
    sent.as_ref().map(|Word(sent)| sent.as_str()).filter(|sent| !sent.is_empty())
}

impl From<&ScheduleDocument> for ScheduleSet {
    fn from(document: &ScheduleDocument) -> Self {
        let ScheduleDocument { id: _, name, zone, layers, temporary, gaps_wanted } = document;
        Self {
            name: name.clone().map(Word),
            zone: Word(zone.iana_name().unwrap_or_default().to_owned()),
            layers: layers.iter().map(Into::into).collect(),
            temporary: temporary.iter().map(Into::into).collect(),
            gaps_wanted: *gaps_wanted,
        }
    }
}

impl From<&LayerDocument> for LayerForm {
    fn from(LayerDocument { name, who, windows, from, until }: &LayerDocument) -> Self {
        let (rotation, people) = match who {
            LayerWho::Rotation(id) => (Some(Word(id.clone())), Vec::new()),
            LayerWho::People(people) => (None, people.iter().cloned().map(Word).collect()),
        };
        Self {
            name: Some(Word(name.clone())),
            rotation,
            people,
            windows: windows.iter().map(|window| Word(days::window_text(window))).collect(),
            from: from.map(|at| Word(at.to_string())),
            until: until.map(|at| Word(at.to_string())),
        }
    }
}

impl From<&Temporary> for TemporaryForm {
    fn from(Temporary { from, until, shifts }: &Temporary) -> Self {
        let shift = |Shift { person, from, until }: &Shift| ShiftForm {
            person: Word(person.clone()),
            from: Some(Word(from.to_string())),
            until: Some(Word(until.to_string())),
        };
        Self {
            from: Word(from.to_string()),
            until: Word(until.to_string()),
            shifts: shifts.iter().map(shift).collect(),
        }
    }
}
