//! Calendars, rotations, schedules and overrides. Zones are kept by their names.

use domain::{
    Calendar, CalendarDocument, LayerDocument, LayerWho, OpenHours, Override, OverrideDocument, QuietHours,
    Rotation, RotationDocument, RotationUnit, ScheduleDocument, Shift, ShiftWindow, Temporary, Week,
};
use jiff::{
    civil::{Date, DateTime, Time as WallTime, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::super::{
    Malformed,
    parts::{Time, text, whole},
};

/// The number of a weekday from Monday, and the minutes of the day.
type Hours = (i8, u16, u16);
/// Year, month and day.
type Day = (i16, i8, i8);

fn zone(name: &str) -> Result<TimeZone, Malformed> {
    TimeZone::get(name).map_err(|_| Malformed("time zone"))
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or_default()
}

fn weekday(number: i8) -> Result<Weekday, Malformed> {
    Weekday::from_monday_zero_offset(number).map_err(|_| Malformed("weekday"))
}

fn hours(week: &Week) -> Vec<Hours> {
    week.windows().map(|(day, hours)| (day.to_monday_zero_offset(), hours.from(), hours.until())).collect()
}

fn week(hours: Vec<Hours>) -> Result<Week, Malformed> {
    let window = |(day, from, until)| {
        let hours = OpenHours::new(from, until).ok_or(Malformed("hours"))?;
        Ok((weekday(day)?, hours))
    };
    let windows: Vec<_> = hours.into_iter().map(window).collect::<Result<_, Malformed>>()?;
    Week::new(windows).map_err(|_| Malformed("week"))
}

fn day(date: Date) -> Day {
    (date.year(), date.month(), date.day())
}

fn date((year, month, day): Day) -> Result<Date, Malformed> {
    Date::new(year, month, day).map_err(|_| Malformed("day"))
}

/// Read as the option that it was before quiet hours could name a calendar.
#[derive(Serialize, Deserialize)]
pub(super) enum QuietParts<'a> {
    Never,
    #[serde(borrow)]
    At(HoursParts<'a>),
    AtAndOnHolidays(#[serde(borrow)] HoursParts<'a>, &'a str),
}

#[derive(Serialize, Deserialize)]
pub(super) struct HoursParts<'a> {
    zone: &'a str,
    hours: Vec<Hours>,
}

impl<'a> From<Option<&'a QuietHours>> for QuietParts<'a> {
    fn from(quiet: Option<&'a QuietHours>) -> Self {
        let Some(quiet) = quiet else { return Self::Never };
        let parts = HoursParts { zone: quiet.zone_name(), hours: hours(quiet.week()) };
        match quiet.calendar() {
            Some(calendar) => Self::AtAndOnHolidays(parts, calendar),
            None => Self::At(parts),
        }
    }
}

impl QuietParts<'_> {
    pub(super) fn quiet(self) -> Result<Option<QuietHours>, Malformed> {
        let (HoursParts { zone: name, hours }, calendar) = match self {
            Self::Never => return Ok(None),
            Self::At(parts) => (parts, None),
            Self::AtAndOnHolidays(parts, calendar) => (parts, Some(calendar.to_owned())),
        };
        let quiet = QuietHours::new(zone(name)?, week(hours)?).map_err(|_| Malformed("quiet hours"))?;
        Ok(Some(quiet.with_holidays_of(calendar)))
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct CalendarParts<'a> {
    id: &'a str,
    name: Option<&'a str>,
    zone: &'a str,
    hours: Vec<Hours>,
    holidays: Vec<Day>,
}

impl<'a> From<&'a CalendarDocument> for CalendarParts<'a> {
    fn from(CalendarDocument { id, name, calendar }: &'a CalendarDocument) -> Self {
        Self {
            id,
            name: name.as_deref(),
            zone: calendar.zone_name(),
            hours: hours(calendar.week()),
            holidays: calendar.holidays().iter().copied().map(day).collect(),
        }
    }
}

impl TryFrom<CalendarParts<'_>> for CalendarDocument {
    type Error = Malformed;

    fn try_from(parts: CalendarParts<'_>) -> Result<Self, Malformed> {
        let CalendarParts { id, name, zone: named, hours, holidays } = parts;
        let holidays = holidays.into_iter().map(date).collect::<Result<_, _>>()?;
        let calendar =
            Calendar::new(zone(named)?, week(hours)?, holidays).map_err(|_| Malformed("calendar"))?;
        Ok(Self { id: id.to_owned(), name: text(name), calendar })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct RotationParts<'a> {
    id: &'a str,
    name: Option<&'a str>,
    zone: &'a str,
    #[serde(borrow)]
    members: Vec<&'a str>,
    unit: UnitParts,
    length: std::num::NonZeroU32,
    day: Day,
    /// Hour, minute, second and nanosecond.
    time: (i8, i8, i8, i32),
}

#[derive(Serialize, Deserialize)]
enum UnitParts {
    Hour,
    Day,
    Week,
    Month,
}

impl<'a> From<&'a RotationDocument> for RotationParts<'a> {
    fn from(RotationDocument { id, name, rotation }: &'a RotationDocument) -> Self {
        let anchor = rotation.anchor();
        Self {
            id,
            name: name.as_deref(),
            zone: zone_name(rotation.zone()),
            members: rotation.members().iter().map(String::as_str).collect(),
            unit: match rotation.unit() {
                RotationUnit::Hour => UnitParts::Hour,
                RotationUnit::Day => UnitParts::Day,
                RotationUnit::Week => UnitParts::Week,
                RotationUnit::Month => UnitParts::Month,
            },
            length: rotation.length(),
            day: day(anchor.date()),
            time: (anchor.hour(), anchor.minute(), anchor.second(), anchor.subsec_nanosecond()),
        }
    }
}

impl TryFrom<RotationParts<'_>> for RotationDocument {
    type Error = Malformed;

    fn try_from(parts: RotationParts<'_>) -> Result<Self, Malformed> {
        let RotationParts { id, name, zone: named, members, unit, length, day, time } = parts;
        let (hour, minute, second, nanosecond) = time;
        let time = WallTime::new(hour, minute, second, nanosecond).map_err(|_| Malformed("time"))?;
        let unit = match unit {
            UnitParts::Hour => RotationUnit::Hour,
            UnitParts::Day => RotationUnit::Day,
            UnitParts::Week => RotationUnit::Week,
            UnitParts::Month => RotationUnit::Month,
        };
        let anchor = DateTime::from_parts(date(day)?, time);
        let rotation = Rotation::new(zone(named)?, owned(members), unit, length, anchor);
        Ok(Self {
            id: id.to_owned(),
            name: text(name),
            rotation: rotation.map_err(|_| Malformed("rotation"))?,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ScheduleParts<'a> {
    id: &'a str,
    name: Option<&'a str>,
    zone: &'a str,
    #[serde(borrow)]
    layers: Vec<LayerParts<'a>>,
    #[serde(borrow)]
    temporary: Vec<TemporaryParts<'a>>,
    gaps_wanted: bool,
}

impl<'a> From<&'a ScheduleDocument> for ScheduleParts<'a> {
    fn from(document: &'a ScheduleDocument) -> Self {
        let ScheduleDocument { id, name, zone, layers, temporary, gaps_wanted } = document;
        Self {
            id,
            name: name.as_deref(),
            zone: zone_name(zone),
            layers: layers.iter().map(Into::into).collect(),
            temporary: temporary.iter().map(Into::into).collect(),
            gaps_wanted: *gaps_wanted,
        }
    }
}

impl TryFrom<ScheduleParts<'_>> for ScheduleDocument {
    type Error = Malformed;

    fn try_from(parts: ScheduleParts<'_>) -> Result<Self, Malformed> {
        let ScheduleParts { id, name, zone: named, layers, temporary, gaps_wanted } = parts;
        Ok(Self {
            id: id.to_owned(),
            name: text(name),
            zone: zone(named)?,
            layers: whole(layers)?,
            temporary: whole(temporary)?,
            gaps_wanted,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct LayerParts<'a> {
    name: &'a str,
    #[serde(borrow)]
    who: WhoParts<'a>,
    windows: Vec<WindowParts>,
    from: Option<Time>,
    until: Option<Time>,
}

#[derive(Serialize, Deserialize)]
enum WhoParts<'a> {
    Rotation(&'a str),
    #[serde(borrow)]
    People(Vec<&'a str>),
}

/// Weekdays, and hours and minutes.
#[derive(Serialize, Deserialize)]
struct WindowParts(Vec<i8>, (i8, i8), (i8, i8));

impl From<&ShiftWindow> for WindowParts {
    fn from(ShiftWindow { days, from, until }: &ShiftWindow) -> Self {
        let time = |time: &WallTime| (time.hour(), time.minute());
        Self(days.iter().map(|day| day.to_monday_zero_offset()).collect(), time(from), time(until))
    }
}

impl TryFrom<WindowParts> for ShiftWindow {
    type Error = Malformed;

    fn try_from(WindowParts(days, from, until): WindowParts) -> Result<Self, Malformed> {
        let time = |(hour, minute)| WallTime::new(hour, minute, 0, 0).map_err(|_| Malformed("time"));
        let days = days.into_iter().map(weekday).collect::<Result<_, _>>()?;
        Ok(Self { days, from: time(from)?, until: time(until)? })
    }
}

impl<'a> From<&'a LayerDocument> for LayerParts<'a> {
    fn from(LayerDocument { name, who, windows, from, until }: &'a LayerDocument) -> Self {
        let who = match who {
            LayerWho::Rotation(id) => WhoParts::Rotation(id),
            LayerWho::People(people) => WhoParts::People(people.iter().map(String::as_str).collect()),
        };
        Self {
            name,
            who,
            windows: windows.iter().map(Into::into).collect(),
            from: from.map(Into::into),
            until: until.map(Into::into),
        }
    }
}

impl TryFrom<LayerParts<'_>> for LayerDocument {
    type Error = Malformed;

    fn try_from(LayerParts { name, who, windows, from, until }: LayerParts<'_>) -> Result<Self, Malformed> {
        let who = match who {
            WhoParts::Rotation(id) => LayerWho::Rotation(id.to_owned()),
            WhoParts::People(people) => LayerWho::People(owned(people)),
        };
        Ok(Self {
            name: name.to_owned(),
            who,
            windows: whole(windows)?,
            from: from.map(TryInto::try_into).transpose()?,
            until: until.map(TryInto::try_into).transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct TemporaryParts<'a> {
    from: Time,
    until: Time,
    #[serde(borrow)]
    shifts: Vec<ShiftParts<'a>>,
}

impl<'a> From<&'a Temporary> for TemporaryParts<'a> {
    fn from(Temporary { from, until, shifts }: &'a Temporary) -> Self {
        let shifts = shifts.iter().map(Into::into).collect();
        Self { from: (*from).into(), until: (*until).into(), shifts }
    }
}

impl TryFrom<TemporaryParts<'_>> for Temporary {
    type Error = Malformed;

    fn try_from(TemporaryParts { from, until, shifts }: TemporaryParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { from: from.try_into()?, until: until.try_into()?, shifts: whole(shifts)? })
    }
}

/// Who, from when, until when.
#[derive(Serialize, Deserialize)]
struct ShiftParts<'a>(&'a str, Time, Time);

impl<'a> From<&'a Shift> for ShiftParts<'a> {
    fn from(Shift { person, from, until }: &'a Shift) -> Self {
        Self(person, (*from).into(), (*until).into())
    }
}

impl TryFrom<ShiftParts<'_>> for Shift {
    type Error = Malformed;

    fn try_from(ShiftParts(person, from, until): ShiftParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { person: person.to_owned(), from: from.try_into()?, until: until.try_into()? })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct OverrideParts<'a> {
    id: &'a str,
    schedule: &'a str,
    from: Time,
    until: Time,
    removes: Option<&'a str>,
    adds: Option<&'a str>,
    reason: Option<&'a str>,
    active: bool,
}

impl<'a> From<&'a OverrideDocument> for OverrideParts<'a> {
    fn from(document: &'a OverrideDocument) -> Self {
        let OverrideDocument { id, schedule, exception, reason, active } = document;
        let Override { from, until, removes, adds } = exception;
        Self {
            id,
            schedule,
            from: (*from).into(),
            until: (*until).into(),
            removes: removes.as_deref(),
            adds: adds.as_deref(),
            reason: reason.as_deref(),
            active: *active,
        }
    }
}

impl TryFrom<OverrideParts<'_>> for OverrideDocument {
    type Error = Malformed;

    fn try_from(parts: OverrideParts<'_>) -> Result<Self, Malformed> {
        let OverrideParts { id, schedule, from, until, removes, adds, reason, active } = parts;
        let (from, until) = (from.try_into()?, until.try_into()?);
        let exception = Override { from, until, removes: text(removes), adds: text(adds) };
        let (id, schedule) = (id.to_owned(), schedule.to_owned());
        Ok(Self { id, schedule, exception, reason: text(reason), active })
    }
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(ToOwned::to_owned).collect()
}
