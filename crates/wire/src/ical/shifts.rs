//! Shifts, and hours that nobody has, as entries of a calendar.

use prost_types::Timestamp;
use proto::v1::{ListShiftsResponse, Shift, ShiftGap};

use super::{Entry, instant};

/// In the order of their beginning. Shifts without a beginning or an end begin or end with what is covered.
pub(super) fn entries(
    found: ListShiftsResponse,
    called: &str,
    first: Timestamp,
    last: Timestamp,
) -> Vec<Entry> {
    let ListShiftsResponse { shifts, gaps, truncated, read_state: _ } = found;
    let mut entries: Vec<_> = shifts.into_iter().map(|it| shift(it, first, last)).collect();
    if truncated {
        entries.extend(entries.last().map(|last| cut_off(called, last)));
    }
    entries.extend(gaps.into_iter().filter_map(gap));
    entries.sort_by_key(|entry| entry.from.seconds);
    entries
}

fn shift(
    Shift { schedule, person, name, from, until, by }: Shift,
    first: Timestamp,
    last: Timestamp,
) -> Entry {
    let began = from.as_ref().map_or_else(|| "always".to_owned(), instant);
    let shown = if name.is_empty() { &person } else { &name };
    Entry {
        uid: format!("{schedule}/{person}/{began}@davy"),
        summary: format!("{shown} on call ({schedule})"),
        description: if by.is_empty() { by } else { format!("By {by} of the schedule {schedule}.") },
        from: from.unwrap_or(first),
        until: until.unwrap_or(last),
    }
}

/// No person has an empty id.
fn gap(ShiftGap { schedule, from, until }: ShiftGap) -> Option<Entry> {
    let (from, until) = (from?, until?);
    Some(Entry {
        uid: format!("{schedule}//{}@davy", instant(&from)),
        summary: format!("Nobody on call ({schedule})"),
        description: "Pings of these hours go to whoever the policy asks next.".to_owned(),
        from,
        until,
    })
}

/// Or who looks would take what is not shown for what is not.
fn cut_off(called: &str, last: &Entry) -> Entry {
    Entry {
        uid: format!("{called}//cut-off@davy"),
        summary: "More shifts follow than this calendar holds".to_owned(),
        description: "The list of shifts has all of them.".to_owned(),
        ..last.clone()
    }
}
