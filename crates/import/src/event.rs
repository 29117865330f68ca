//! The events of a row as messages: CloudEvents 1.0, structured, with ids that follow from the rows alone.

use std::{fmt::Write, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::{Uuid, uuid};

use crate::{
    mapping::{Mapping, SlotId, Template},
    plan::{Facts, Plan, Planned},
    rows::Rows,
};

/// The namespace of everything that Davy derives an id from (`contract.md` 2).
const NAMESPACE: Uuid = uuid!("83dd1905-2798-53e5-9e2b-dffb7bd32a69");
/// Places that one row has in `sequence` (`contract.md` 7).
const SEQUENCE_STEP: u64 = 16;
const TITLE_CHARS: usize = 200;

/// One event, ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedEvent {
    /// `davy.events.<department>.<customer>.<entity>.<verb>`.
    pub subject: String,
    /// A CloudEvents 1.0 structured JSON object.
    pub body: Vec<u8>,
    /// `entity.verb`.
    pub type_: Arc<str>,
    /// When it happened.
    pub time: Timestamp,
    /// The input with the row it comes from, as the caller named it.
    pub file: Arc<str>,
    /// The line of that row, from 1.
    pub line: u64,
}

/// The token of a customer in subjects (`contract.md` 1).
pub(crate) fn customer_token(system: &str, id: &str) -> Result<String, String> {
    wire::customer_token(system, id)
        .map_err(|error| format!("customer `{id}` cannot stand in a subject: {error}"))
}

/// The fixed table's events in their order, with their types.
pub(crate) const FIXED: [(Facts, &str); 9] = [
    (Facts::REPORTED, "issue.reported"),
    (Facts::CLEARED, "owner.assigned"),
    (Facts::ASSIGNED, "owner.assigned"),
    (Facts::SEVERITY_CHANGED, "issue.severity_changed"),
    (Facts::REOPENED, "issue.reopened"),
    (Facts::ACKNOWLEDGED, "issue.acknowledged"),
    (Facts::RESOLVED, "issue.resolved"),
    (Facts::CLOSED, "issue.closed"),
    (Facts::NOTED, "issue.progress_noted"),
];

/// Writes the events of planned rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) rows: &'a Rows,
    pub(crate) planned: &'a Planned,
    pub(crate) files: &'a [Arc<str>],
    pub(crate) backfill: bool,
}

#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'a str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    type_name: &'a str,
    time: String,
    sequence: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    backfill: bool,
    data: Map<String, Json>,
}

impl Writer<'_> {
    /// The events of one row, in their order.
    pub(crate) fn events(&self, plan: &Plan) -> Vec<ImportedEvent> {
        let fixed = FIXED.iter().filter(|(fact, _)| plan.facts.has(*fact)).map(|(fact, type_name)| {
            let name = if *fact == Facts::CLEARED { "owner.assigned/desk" } else { type_name };
            (name, *type_name, self.fixed_data(plan, *fact))
        });
        let rules = self.mapping.rules.iter().enumerate().filter(|(place, _)| plan.rules & (1 << place) != 0);
        let ruled = rules.map(|(_, rule)| {
            let members = rule.data.iter().filter_map(|(name, value)| {
                Some((name.clone(), value.render(&|slot| self.text(plan, slot))?))
            });
            (rule.name.as_str(), rule.type_name.as_str(), self.with_actor(plan, members.collect()))
        });
        (1..)
            .zip(fixed.chain(ruled))
            .filter_map(|(order, (name, type_name, data))| self.event(plan, order, name, type_name, data))
            .collect()
    }

    fn event(
        &self,
        plan: &Plan,
        order: u64,
        name: &str,
        type_name: &str,
        own: Map<String, Json>,
    ) -> Option<ImportedEvent> {
        let row = self.rows.row(plan.row)?;
        let key = self.rows.keys.get(usize::try_from(plan.key).ok()?)?;
        let (system, id) = (self.rows.texts.get(key.system)?, self.rows.texts.get(key.id)?);
        let customer =
            plan.customer.and_then(|place| self.planned.customers.get(usize::try_from(place).ok()?));
        let mut data = own;
        data.insert("issue".to_owned(), json!({ "system": system, "id": id }));
        if let Some(customer) = customer {
            data.insert("customer".to_owned(), json!({ "system": self.rows.texts.get(customer.system)?, "id": self.rows.texts.get(customer.id)? }));
        }
        let event = CloudEvent {
            specversion: "1.0",
            id: event_id(system, id, plan.ordinal, name).to_string(),
            source: format!("/import/{system}"),
            type_name,
            time: plan.time.to_string(),
            sequence: (u64::from(plan.ordinal) * SEQUENCE_STEP + order).to_string(),
            backfill: self.backfill,
            data,
        };
        let department = self.rows.texts.get(plan.department)?;
        let token = customer.map_or("_", |customer| &customer.token);
        Some(ImportedEvent {
            subject: format!("davy.events.{department}.{token}.{type_name}"),
            body: serde_json::to_vec(&event).ok()?,
            type_: type_name.into(),
            time: plan.time,
            file: Arc::clone(self.files.get(usize::try_from(row.file).ok()?)?),
            line: row.line.into(),
        })
    }

    fn fixed_data(&self, plan: &Plan, fact: Facts) -> Map<String, Json> {
        let mut data = Map::new();
        let mut put =
            |name: &str, value: Option<Json>| value.map(|value| data.insert(name.to_owned(), value));
        match fact {
            Facts::REPORTED => {
                let title = self.render(plan, Some(&self.mapping.title)).unwrap_or_default();
                put(
                    "title",
                    Some(
                        title
                            .lines()
                            .next()
                            .unwrap_or_default()
                            .chars()
                            .take(TITLE_CHARS)
                            .collect::<String>()
                            .into(),
                    ),
                );
                put("text", self.render(plan, self.mapping.text.as_ref()).map(Json::from));
                put("severity", self.severity(plan));
                put("source_severity", self.severity_word(plan).map(Json::from));
            }
            Facts::CLEARED => {
                put("department", self.rows.texts.get(plan.department).map(Json::from));
            }
            Facts::ASSIGNED => {
                put("department", self.rows.texts.get(plan.department).map(Json::from));
                put("team", self.rows.texts.get(plan.team).map(Json::from));
                put("person", self.owner(plan));
            }
            Facts::SEVERITY_CHANGED => {
                put("to", self.severity(plan));
                put("source_severity", self.severity_word(plan).map(Json::from));
            }
            Facts::ACKNOWLEDGED => {
                put("actor", Some(json!({ "kind": "human" })));
            }
            Facts::CLOSED => {
                put("basis", Some("source".into()));
            }
            Facts::NOTED => {
                put(
                    "summary",
                    Some(
                        self.render(plan, self.mapping.summary.as_ref())
                            .unwrap_or_else(|| "updated".to_owned())
                            .into(),
                    ),
                );
            }
            _ => {}
        }
        self.with_actor(plan, data)
    }

    fn severity_word(&self, plan: &Plan) -> Option<&str> {
        self.text(plan, self.mapping.severity.as_ref()?.slot)
    }

    fn severity(&self, plan: &Plan) -> Option<Json> {
        let values = &self.mapping.severity.as_ref()?.values;
        values.get(self.severity_word(plan)?).map(|digit| digit.to_string().into())
    }

    fn owner(&self, plan: &Plan) -> Option<Json> {
        let rule = self.mapping.person.as_ref()?;
        let name = self.render(plan, rule.name.as_ref());
        self.person(plan, rule.system.as_deref(), self.rows.texts.get(plan.person)?, name)
    }

    fn person(&self, plan: &Plan, system: Option<&str>, id: &str, name: Option<String>) -> Option<Json> {
        let key = self.rows.keys.get(usize::try_from(plan.key).ok()?)?;
        let system = system.or_else(|| self.rows.texts.get(key.system))?;
        let mut person = json!({ "system": system, "id": id });
        if let (Some(name), Json::Object(members)) = (name, &mut person) {
            members.insert("name".to_owned(), name.into());
        }
        Some(person)
    }

    /// Who made the change, where the mapping has a column for it and the event does not say it itself.
    fn with_actor(&self, plan: &Plan, mut data: Map<String, Json>) -> Map<String, Json> {
        let Some(rule) = &self.mapping.actor else { return data };
        let Some(cell) = self.text(plan, rule.person.slot) else { return data };
        let id = rule.person.values.get(cell).map_or(cell, String::as_str);
        let kind = if rule.bots.get(cell).is_some() { "bot" } else { "human" };
        let actor = data.entry("actor").or_insert_with(|| json!({ "kind": kind }));
        if let (Json::Object(actor), Some(person)) =
            (actor, self.person(plan, rule.system.as_deref(), id, None))
        {
            actor.entry("person").or_insert(person);
        }
        data
    }

    fn render(&self, plan: &Plan, template: Option<&Template>) -> Option<String> {
        template?.render(|slot| self.text(plan, slot))
    }

    fn text(&self, plan: &Plan, slot: SlotId) -> Option<&str> {
        self.rows.texts.get(self.rows.cell(plan.row, slot.0))
    }
}

/// The id of an event: of the record, the row's place in it and the event's name; the same for ever.
fn event_id(system: &str, key: &str, ordinal: u32, name: &str) -> Uuid {
    Uuid::new_v5(
        &NAMESPACE,
        format!("import/{}/{}/{ordinal}/{name}", encoded(system), encoded(key)).as_bytes(),
    )
}

/// Everything outside `A-Z`, `a-z`, `0-9`, `_` and `-` becomes `%` and two hexadecimal digits, so that no two ids share a name.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden: an import that is repeated by a later version must give these ids.
    #[test]
    fn ids_follow_from_record_row_and_name() {
        let ids = [
            event_id("servicenow", "INC0000045", 1, "issue.reported"),
            event_id("jira", "a/b c", 12, "comment"),
        ];
        assert_eq!(
            ids.map(|id| id.to_string()),
            ["41c3b854-2e94-53a2-a4c2-65dd4755fabb", "c8d10a93-962e-5a75-b11b-db8c89d69192"]
        );
        assert_ne!(event_id("a", "b/1", 2, "x"), event_id("a", "b", 1, "2/x"));
    }
}
