//! A calendar: when somebody works.

use domain::{Calendar, CalendarDocument};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Flaws, days, text};
use crate::data::common::{Word, word};

/// A calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CalendarSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// Of the IANA database, such as `Europe/Berlin`.
    pub(crate) zone: Word,
    /// Windows, such as `mon-fri 09:00-12:30`; days are `mon` to `sun`, ranges and lists of them, or `daily`.
    pub(crate) open: Vec<Word>,
    /// Days on which nothing is open, such as `2026-12-25`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) holidays: Vec<Word>,
}

impl CalendarSet {
    pub(crate) fn read(&self, id: String, flaws: &mut Flaws) -> Option<CalendarDocument> {
        let zone = flaws.keep("zone", text::zone(&self.zone.0));
        let week = days::week(self.open.iter().map(|open| open.0.as_str()))
            .map_err(|(index, what)| flaws.add(format!("open[{index}]"), what));
        let mut holidays = std::collections::BTreeSet::new();
        for (index, Word(day)) in self.holidays.iter().enumerate() {
            let read = day.trim().parse::<Date>().map_err(|_| "is no day; write it such as 2026-12-25");
            holidays.extend(flaws.keep(&format!("holidays[{index}]"), read));
        }
        let calendar = Calendar::new(zone?, week.ok()?, holidays);
        Some(CalendarDocument { id, name: word(self.name.as_ref()), calendar: flaws.keep("open", calendar)? })
    }
}

impl From<&CalendarDocument> for CalendarSet {
    fn from(CalendarDocument { id: _, name, calendar }: &CalendarDocument) -> Self {
        Self {
            name: name.clone().map(Word),
            zone: Word(calendar.zone_name().to_owned()),
            open: days::week_texts(calendar.week()).into_iter().map(Word).collect(),
            holidays: calendar.holidays().iter().map(|day| Word(day.to_string())).collect(),
        }
    }
}
