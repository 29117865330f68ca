//! What a log must give, computed from its table and not by folding: counts and one digest over the state of every issue.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One row of the table: what matters of it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) state: &'static str,
    pub(crate) caller: String,
    pub(crate) group: String,
    pub(crate) person: String,
    pub(crate) priority: &'static str,
    /// Minutes since the log's first day.
    pub(crate) minute: i64,
}

/// The state of one issue: customer, status, acknowledged, owner, severity, hand-offs, reopens, reported at.
pub(crate) type State = (String, &'static str, bool, String, String, usize, usize, String);

/// The state of every issue at `minute`, inclusive. `rows` are in the order of their times.
pub(crate) fn of_table(rows: &[Row], minute: i64) -> BTreeMap<String, State> {
    let mut issues: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.minute <= minute) {
        issues.entry(&row.number).or_default().push(row);
    }
    issues.into_iter().map(|(number, rows)| (number.to_owned(), state(&rows))).collect()
}

fn state(rows: &[&Row]) -> State {
    let done = |row: &Row| matches!(row.state, "Resolved" | "Closed");
    let pairs = || rows.iter().zip(rows.iter().skip(1));
    let last = rows.last().unwrap();
    let status = match last.state {
        "Resolved" => "resolved",
        "Closed" => "closed",
        _ => "open",
    };
    (
        rows[0].caller.clone(),
        status,
        rows.iter().any(|row| row.state != "New"),
        last.group.clone(),
        last.priority.to_owned(),
        pairs().filter(|(one, next)| one.group != next.group).count(),
        pairs().filter(|(one, next)| done(one) && !done(next)).count(),
        time(rows[0].minute),
    )
}

/// As in the table's cells and, with `T` and `Z`, in the API.
pub(crate) fn time(minute: i64) -> String {
    let (days, rest) = (minute / 1440, minute % 1440);
    format!("2016-03-{:02}T{:02}:{:02}:00Z", 1 + days, rest / 60, rest % 60)
}

/// The same from `davy issues list -o ndjson`.
pub(crate) fn of_issues(ndjson: &str) -> BTreeMap<String, State> {
    ndjson.lines().map(|line| from_json(&serde_json::from_str(line).unwrap())).collect()
}

fn from_json(issue: &Value) -> (String, State) {
    let text = |pointer: &str| issue.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let count = |pointer: &str| issue.pointer(pointer).and_then(Value::as_u64).unwrap() as usize;
    let status = match text("/lifecycle").as_str() {
        "LIFECYCLE_RESOLVED" => "resolved",
        "LIFECYCLE_CLOSED" => "closed",
        _ => "open",
    };
    let state = (
        text("/customerAsReported/id"),
        status,
        issue.get("acknowledged").is_some(),
        text("/owner/team"),
        text("/sourceSeverity"),
        count("/handOffs"),
        count("/reopens"),
        text("/reportedAt"),
    );
    (text("/references/0/id"), state)
}

/// One hash over the whole state of all issues, in byte order of their ids.
pub(crate) fn digest(issues: &BTreeMap<String, State>) -> String {
    let mut text = String::new();
    for (id, (customer, status, acknowledged, owner, severity, hand_offs, reopens, reported)) in issues {
        writeln!(
            text,
            "{id}\t{customer}\t{status}\t{acknowledged}\t{owner}\t{severity}\t{hand_offs}\t{reopens}\t{reported}"
        )
        .unwrap();
    }
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
