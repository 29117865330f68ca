//! Reading the `[[event]]` rules of a mapping.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::{
    super::{
        Rule, SlotId,
        rules::{Condition, DataValue, MAX_RULES, types},
        section::Section,
        slug_problem,
        values::Pattern,
    },
    Reader,
    cells::Tracked,
};

impl Reader {
    pub(super) fn rules(&mut self, top: &Section<'_>) -> Vec<Rule> {
        let tables: Option<Vec<&Table>> = match top.value("event") {
            None => Some(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(Value::as_table).collect(),
            Some(_) => None,
        };
        let Some(tables) = tables else {
            top.wrong("event", "must be one or more [[event]] tables");
            return Vec::new();
        };
        if tables.len() > MAX_RULES {
            top.wrong("event", format!("has {} rules; {MAX_RULES} are possible", tables.len()));
        }
        let sections = tables
            .into_iter()
            .enumerate()
            .map(|(index, table)| Section::new(format!("event[{}]", index + 1), table, top.mistakes));
        let mut rules: Vec<Rule> = Vec::new();
        for section in sections {
            let Some(rule) = self.rule(section) else { continue };
            if rules.iter().any(|known| known.name == rule.name) {
                top.wrong(
                    "event",
                    format!("has two rules of the name `{}`; the name is part of the events' ids", rule.name),
                );
            }
            rules.push(rule);
        }
        rules
    }

    fn rule(&mut self, section: Section<'_>) -> Option<Rule> {
        let name = section.text("name").map(str::to_owned);
        match &name {
            None => section.wrong("name", "is missing; it becomes part of the events' ids: 1 to 32 of a-z, 0-9 and -, and never changed again"),
            Some(name) => slug_problem(name).into_iter().for_each(|problem| section.wrong("name", problem)),
        }
        let type_name = section.text("type").map(str::to_owned);
        if type_name.as_deref().is_none_or(|name| !types().any(|known| known == name)) {
            section.wrong("type", format!("must be one of {}", types().collect::<Vec<_>>().join(", ")));
        }
        let conditions = self.conditions(&section);
        let data = section.section("data").and_then(|data| self.data(&data));
        section.finish();
        Some(Rule {
            name: name?,
            type_name: type_name?,
            conditions: conditions?,
            data: data.unwrap_or_default(),
        })
    }

    fn conditions(&mut self, section: &Section<'_>) -> Option<Vec<Condition>> {
        let tables: Option<Vec<&Table>> = match section.value("when") {
            Some(Value::Table(one)) => Some(vec![one]),
            Some(Value::Array(several)) if !several.is_empty() => {
                several.iter().map(Value::as_table).collect()
            }
            Some(_) | None => None,
        };
        let Some(tables) = tables else {
            section.wrong("when", "must be a table such as { column = \"state\", is = \"Reopened\" }, or a list of such tables that must all hold");
            return None;
        };
        tables
            .into_iter()
            .map(|table| self.condition(Section::new(section.at("when"), table, section.mistakes)))
            .collect()
    }

    fn condition(&mut self, section: Section<'_>) -> Option<Condition> {
        let slot = self.slot(&section, Tracked::Nullable);
        let patterns = |texts: Vec<String>| texts.iter().map(|text| Pattern::new(text)).collect();
        let condition = Condition {
            slot: slot.unwrap_or(SlotId(0)),
            is: section.texts("is").map(patterns),
            is_not: section.texts("is_not").map(patterns),
            was: section.texts("was").map(patterns),
            changed: section.flag("changed"),
            missing: section.flag("is_missing"),
        };
        let says_something = ["is", "is_not", "was", "changed", "is_missing"]
            .into_iter()
            .any(|key| section.value(key).is_some());
        if !says_something {
            section.wrong(
                "is",
                "or `is_not`, `was`, `changed` or `is_missing` must say what the column is compared with",
            );
        }
        section.finish();
        slot.map(|_| condition)
    }

    fn data(&mut self, section: &Section<'_>) -> Option<Vec<(String, DataValue)>> {
        for reserved in ["issue", "customer"] {
            if section.value(reserved).is_some() {
                section
                    .wrong(reserved, "is filled in from the key and the customer of the row; leave it out");
            }
        }
        let table = section.table();
        table
            .iter()
            .map(|(name, value)| Some((name.clone(), self.data_value(section, name, value)?)))
            .collect()
    }

    fn data_value(&mut self, section: &Section<'_>, key: &str, value: &Value) -> Option<DataValue> {
        Some(match value {
            Value::String(text) => DataValue::Text(self.parse_template(section, key, text)?),
            Value::Integer(number) => DataValue::Constant(Json::from(*number)),
            Value::Float(number) => DataValue::Constant(Json::from(*number)),
            Value::Boolean(flag) => DataValue::Constant(Json::from(*flag)),
            Value::Datetime(time) => DataValue::Constant(Json::from(time.to_string())),
            Value::Array(items) => DataValue::List(
                items.iter().map(|item| self.data_value(section, key, item)).collect::<Option<_>>()?,
            ),
            Value::Table(members) => DataValue::Table(
                members
                    .iter()
                    .map(|(name, value)| {
                        Some((name.clone(), self.data_value(section, &format!("{key}.{name}"), value)?))
                    })
                    .collect::<Option<_>>()?,
            ),
        })
    }
}
