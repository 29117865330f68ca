//! One line about an event, for timelines.

use domain::cut;
use serde_json::{Map, Value};

/// Characters that a line is cut to.
const LINE_BYTES: usize = 160;

/// The members that say most, in the order in which they are tried.
const TELLING: [&str; 28] = [
    "title",
    "text",
    "summary",
    "note",
    "words",
    "question",
    "what",
    "description",
    "answer",
    "evidence",
    "outcome",
    "new_due",
    "to_department",
    "readback",
    "reason",
    "reason_code",
    "basis",
    "cause",
    "verdict",
    "invoice_no",
    "vendor",
    "theme",
    "to",
    "transcript",
    "template",
    "channel",
    "clock",
    "detail",
];

/// The most telling member of stored data, on one line; empty if there is none.
pub fn summary(data: &[u8]) -> String {
    let members: Map<String, Value> = serde_json::from_slice(data).unwrap_or_default();
    let owner = || {
        let person = members.get("person").and_then(|person| person.get("id"));
        let parts = [members.get("department"), members.get("team"), person];
        let parts: Vec<_> = parts.into_iter().flatten().filter_map(Value::as_str).collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    };
    let reference = || {
        let reference = members.get("reference")?;
        Some(format!("{}:{}", reference.get("system")?.as_str()?, reference.get("id")?.as_str()?))
    };
    let merged =
        || Some(format!("{} into {}", customer(members.get("from")?)?, customer(members.get("into")?)?));
    let asserted =
        || Some(format!("{} is {}", customer(members.get("leaf")?)?, customer(members.get("to")?)?));
    let telling = || TELLING.iter().find_map(|name| members.get(*name)?.as_str().map(ToOwned::to_owned));
    let line =
        owner().or_else(reference).or_else(merged).or_else(asserted).or_else(telling).unwrap_or_default();
    cut(line.lines().next().unwrap_or_default(), LINE_BYTES).into_owned()
}

/// A customer as an event names them: `{system, id}`, a token or an id.
fn customer(named: &Value) -> Option<String> {
    let pair = || Some(format!("{}:{}", named.get("system")?.as_str()?, named.get("id")?.as_str()?));
    named.as_str().map(ToOwned::to_owned).or_else(pair)
}
