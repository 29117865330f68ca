//! Which members of a document differ, as people read it. Addresses are left out.

use domain::Document;
use proto::v1::MemberChange;
use serde_json::{Map, Value};

/// The members that differ; of a new document those that say something.
pub(super) fn members(before: Option<&Document>, after: &Document) -> Vec<MemberChange> {
    let old = before.map(shown).unwrap_or_default();
    let new = shown(after);
    let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differing = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    let changes = differing.map(|name| {
        let (was, is) = (text(old.get(name)), text(new.get(name)));
        // What differs is what is not shown.
        let is = if was == is { format!("{is}, with another address") } else { is };
        MemberChange { member: name.clone(), before: was, after: is }
    });
    let usual = |change: &MemberChange| {
        matches!((change.member.as_str(), change.after.as_str()), ("active", "true") | ("status", "active"))
    };
    changes.filter(|change| before.is_some() || !usual(change)).collect()
}

/// The members of a document but for what names it; of people the status alone says whether they are there.
fn shown(document: &Document) -> Map<String, Value> {
    let mut members = wire::directory::members(document);
    if matches!(document, Document::Person(_)) {
        members.remove("id");
        members.remove("active");
        members.entry("status").or_insert_with(|| "active".into());
    }
    members
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(item).collect::<Vec<_>>().join(", "),
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Object(_))) => other.to_string(),
    }
}

/// An item of a list: a text, an account as `system:id`, a contact as `name (kind)`.
fn item(value: &Value) -> String {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    match (member("system"), member("id"), member("name"), member("kind")) {
        (Some(system), Some(id), _, _) => format!("{system}:{id}"),
        (_, _, Some(name), Some(kind)) => format!("{name} ({kind})"),
        _ => text(Some(value)),
    }
}
