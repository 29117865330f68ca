//! Windows of a week as texts: `mon-fri 09:00-17:00`, `sat,sun 10:00-12:30`, `daily 22:00-06:00`.

use domain::{OpenHours, ShiftWindow, Week};
use jiff::civil::{Time, Weekday};

const NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
const DAILY: &str = "daily";

fn wrong(text: &str) -> String {
    let text: String = text.chars().take(40).collect();
    format!(
        "`{text}` is no window; write days and times, such as `mon-fri 09:00-17:00` or `daily 22:00-06:00`"
    )
}

/// Windows of a calendar, or of quiet hours.
pub(super) fn week<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Week, (usize, String)> {
    let mut windows = Vec::new();
    let mut last = 0;
    for (index, text) in texts.into_iter().enumerate() {
        let (days, hours) = text.trim().split_once(' ').ok_or_else(|| (index, wrong(text)))?;
        let days = read_days(days).ok_or_else(|| (index, wrong(text)))?;
        let hours: OpenHours = hours.trim().parse().map_err(|error| (index, format!("{error}")))?;
        windows.extend(days.into_iter().map(|day| (day, hours)));
        last = index;
    }
    Week::new(windows).map_err(|error| (last, error.to_string()))
}

/// As [`week`] reads them: the days of equal windows together.
pub(super) fn week_texts(week: &Week) -> Vec<String> {
    let mut found: Vec<(OpenHours, Vec<Weekday>)> = Vec::new();
    for (day, hours) in week.windows() {
        match found.iter_mut().find(|(known, _)| *known == hours) {
            Some((_, days)) => days.push(day),
            None => found.push((hours, vec![day])),
        }
    }
    found.into_iter().map(|(hours, days)| format!("{} {hours}", day_texts(&days))).collect()
}

/// A window of a layer.
pub(super) fn window(text: &str) -> Result<ShiftWindow, String> {
    let read = || {
        let (days, times) = text.trim().split_once(' ')?;
        let (from, until) = times.split_once('-')?;
        let days = if days == DAILY { Vec::new() } else { read_days(days)? };
        Some(ShiftWindow { days, from: time(from)?, until: time(until)? })
    };
    read().ok_or_else(|| wrong(text))
}

/// As [`window`] reads it.
pub(super) fn window_text(ShiftWindow { days, from, until }: &ShiftWindow) -> String {
    let days = if days.is_empty() { DAILY.to_owned() } else { day_texts(days) };
    format!("{days} {:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), until.hour(), until.minute())
}

/// 24:00 is midnight.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |text: &str| (text.len() == 2).then(|| text.parse::<i8>().ok())?;
    match (two(hour)?, two(minute)?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn read_days(text: &str) -> Option<Vec<Weekday>> {
    if text == DAILY {
        return Some(NAMES.map(|(_, day)| day).to_vec());
    }
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (named(first)?, named(last)?);
        loop {
            if !days.contains(&day) {
                days.push(day);
            }
            if day == last {
                break;
            }
            day = day.next();
        }
    }
    Some(days)
}

fn named(text: &str) -> Option<Weekday> {
    let text = text.trim().to_ascii_lowercase();
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}

fn name(day: Weekday) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == day).map_or("", |(name, _)| name)
}

/// Days that follow each other as a range.
fn day_texts(days: &[Weekday]) -> String {
    if days.len() == NAMES.len() {
        return DAILY.to_owned();
    }
    let mut parts: Vec<(Weekday, Weekday)> = Vec::new();
    for day in days {
        match parts.last_mut() {
            Some((_, last)) if last.next() == *day => *last = *day,
            Some(_) | None => parts.push((*day, *day)),
        }
    }
    let part = |(first, last): &(Weekday, Weekday)| {
        if first == last { name(*first).to_owned() } else { format!("{}-{}", name(*first), name(*last)) }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_read_back_as_they_are_written() {
        for (texts, written) in [
            (vec!["mon-fri 09:00-17:00"], vec!["mon-fri 09:00-17:00"]),
            (vec!["fri,mon-wed 09:00-12:00"], vec!["mon-wed,fri 09:00-12:00"]),
            (vec!["daily 22:00-06:00"], vec!["daily 00:00-06:00", "daily 22:00-24:00"]),
            (vec!["sat-mon 00:00-24:00"], vec!["mon,sat-sun 00:00-24:00"]),
        ] {
            let week = week(texts).unwrap();
            assert_eq!(week_texts(&week), written);
            assert_eq!(super::week(written).unwrap(), week);
        }
        for text in ["daily 22:00-06:00", "mon-fri 18:00-00:00", "fri-mon 08:30-08:30", "sun 10:00-11:00"] {
            assert_eq!(window_text(&window(text).unwrap()), text);
        }
    }

    #[test]
    fn what_is_no_window_is_told() {
        for text in ["", "09:00-17:00", "mon 9-17", "someday 09:00-17:00", "mon-fri 09:00", "mon 25:00-26:00"]
        {
            assert!(window(text).is_err(), "{text}");
            assert!(week([text]).is_err(), "{text}");
        }
        assert_eq!(week(["mon 09:00-12:00", "mon 11:00-13:00"]).unwrap_err().0, 1);
    }
}
