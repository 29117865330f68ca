//! An incident log that is made up here, in the columns of the shipped mapping: ties, hand-offs there and back, re-openings,
//! closings without a resolution. Its right answers are `oracle`'s.

use crate::oracle::{Row, time};

/// A small generator of numbers, the same for the same seed (Knuth's MMIX constants).
#[derive(Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Puts items into any order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

const STATES: [&str; 7] =
    ["New", "Active", "Active", "Awaiting User Info", "Awaiting Vendor", "Resolved", "Closed"];
const PRIORITIES: [&str; 4] = ["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"];

/// Rows of `incidents` incidents in the order of their times; rows of one incident keep their order.
pub(crate) fn log(incidents: usize, seed: u64) -> Vec<Row> {
    let mut numbers = Numbers::new(seed);
    let mut rows = Vec::new();
    for incident in 0..incidents {
        let mut minute = numbers.below(20 * 1440) as i64;
        let mut row = Row {
            number: format!("INC{incident:07}"),
            state: if numbers.below(5) == 0 { numbers.pick(&STATES) } else { "New" },
            caller: format!("Caller {}", numbers.below(1 + incidents / 4)),
            group: group(&mut numbers),
            person: person(&mut numbers),
            priority: numbers.pick(&PRIORITIES),
            minute,
        };
        for _ in 0..1 + numbers.below(9) {
            rows.push(row.clone());
            minute += numbers.pick(&[0, 0, 1, 7, 600]);
            row.minute = minute;
            match numbers.below(5) {
                0 => row.group = group(&mut numbers),
                1 => row.person = person(&mut numbers),
                2 => row.priority = numbers.pick(&PRIORITIES),
                _ => row.state = next_state(row.state, &mut numbers),
            }
        }
    }
    rows.sort_by_key(|row| row.minute);
    rows
}

/// Anything, but that what is closed is not resolved: a tool that says so has closed nothing, and Davy keeps it closed.
fn next_state(state: &str, numbers: &mut Numbers) -> &'static str {
    match (state, numbers.pick(&STATES)) {
        ("Closed", "Resolved") => "Active",
        (_, next) => next,
    }
}

fn group(numbers: &mut Numbers) -> String {
    let group = numbers.below(12);
    if group == 0 { "?".to_owned() } else { format!("Group {group}") }
}

fn person(numbers: &mut Numbers) -> String {
    let person = numbers.below(20);
    if person < 5 { "?".to_owned() } else { format!("Resolver {person}") }
}

/// The table as a file. A column that the mapping does not know makes rows differ that are otherwise equal, as the real
/// log's do; a row written twice is the same in every column.
pub(crate) fn csv(rows: &[(usize, Row)]) -> String {
    let mut text =
        "number,incident_state,caller_id,assignment_group,assigned_to,priority,sys_updated_at,sys_mod_count\n".to_owned();
    for (ordinal, row) in rows {
        let time = time(row.minute);
        let (date, clock) = time.split_once('T').unwrap();
        let (day, clock) = (&date[8..], &clock[..5]);
        text += &format!(
            "{},{},{},{},{},{},{day}/3/2016 {clock},{ordinal}\n",
            row.number, row.state, row.caller, row.group, row.person, row.priority
        );
    }
    text
}
