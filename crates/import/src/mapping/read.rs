//! From the tables of a mapping file to a [`Mapping`], noting every mistake on the way.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::{
    ActorRule, Clockwork, CustomerRule, Encoding, Given, InputFormat, InputRules, Mapping, MappingErrors, PersonRule, Phase,
    PhaseRule, PhaseWord, RowOrder, Rule, SeverityRule, SlotId, Slots, Template, ValueTable, Words,
    columns::Slot,
    department_problem,
    rules::{Condition, DataValue, MAX_RULES, TYPES},
    section::{Mistakes, Section},
    slug_problem,
    time::{TimeFormat, parse_zone},
    values::Pattern,
};

const PHASES: [(&str, PhaseWord); 5] = [
    ("new", PhaseWord::Is(Phase::New)),
    ("working", PhaseWord::Is(Phase::Working)),
    ("resolved", PhaseWord::Is(Phase::Resolved)),
    ("closed", PhaseWord::Is(Phase::Closed)),
    ("same", PhaseWord::SameAsBefore),
];

/// What reading needs besides the table at hand.
struct Reader {
    slots: Slots,
    /// Texts that count as no value wherever a use does not say its own.
    missing: Vec<String>,
}

pub(super) fn mapping(table: &Table) -> Result<Mapping, MappingErrors> {
    let mistakes = Mistakes::default();
    let top = Section::new("", table, &mistakes);
    if top.value("version").and_then(Value::as_integer) != Some(1) {
        top.wrong("version", "must be 1, the version of the format of mappings");
    }
    let missing = top.texts("missing").unwrap_or_else(|| vec![String::new()]);
    let mut reader = Reader { slots: Slots::default(), missing };
    let mapping = reader.mapping(&top);
    top.finish();
    let mistakes = mistakes.into_vec();
    match mapping {
        Some(mapping) if mistakes.is_empty() => Ok(mapping),
        Some(_) | None => Err(MappingErrors(mistakes)),
    }
}

impl Reader {
    /// `None` only after a mistake was noted. Everything is read before anything is given up.
    fn mapping(&mut self, top: &Section<'_>) -> Option<Mapping> {
        let system = self.required_given(top, "system", slug_problem);
        let department = self.required_given(top, "department", department_problem);
        let key = self.key(top);
        let order = top.choice("order", &[("file", RowOrder::File), ("time", RowOrder::Time)]);
        let drop_later_than_next = top.choice("drop", &[("later_than_next", true), ("nothing", false)]);
        let drop_identical = top.choice("duplicates", &[("drop_identical", true), ("keep", false)]);
        let input = input_rules(top.section("input"));
        let time = self.time(top);
        let customer = top.section("customer").map(|section| self.customer(section));
        let (title, text) = self.report(top);
        let summary = self.note(top);
        let team = top.section("team").and_then(|section| self.tracked_words(section));
        let person = top.section("person").and_then(|section| self.person(section));
        let severity = top.section("severity").and_then(|section| self.severity(section));
        let phase = top.section("phase").and_then(|section| self.phase(section));
        let actor = top.section("actor").and_then(|section| self.actor(section));
        let rules = self.rules(top);
        let (time, clockwork) = time?;
        Some(Mapping {
            input,
            key: key?,
            order: order.unwrap_or(RowOrder::File),
            drop_later_than_next: drop_later_than_next.unwrap_or(false),
            drop_identical: drop_identical.unwrap_or(false),
            time,
            clockwork,
            system: system?,
            department: department?,
            customer: customer.flatten(),
            title: title?,
            text,
            summary: summary.or_else(|| phase.as_ref().map(|phase| only(phase.slot, &mut self.slots))),
            team,
            person,
            severity,
            phase,
            actor,
            rules,
            slots: std::mem::take(&mut self.slots),
        })
    }

    fn key(&mut self, top: &Section<'_>) -> Option<SlotId> {
        match top.value("key") {
            Some(Value::String(column)) => Some(self.plain(column)),
            Some(Value::Table(table)) => {
                let section = Section::new(top.at("key"), table, top.mistakes);
                let slot = self.slot(&section, Tracked::No);
                section.finish();
                slot
            }
            Some(_) | None => {
                top.wrong("key", "must name the column that says to which record a row belongs, such as `number`");
                None
            }
        }
    }

    fn time(&mut self, top: &Section<'_>) -> Option<(SlotId, Clockwork)> {
        let Some(section) = top.section("time") else {
            top.wrong("time", "must be a table with `column`, `format` and `zone`: when did the change that a row tells of happen?");
            return None;
        };
        let slot = self.slot(&section, Tracked::No);
        let zone = section.text("zone").and_then(|text| {
            let zone = parse_zone(text);
            if zone.is_none() {
                section.wrong("zone", format!("`{text}` is not known; allowed: a name such as UTC or Europe/Berlin, or an offset such as +01:00"));
            }
            zone
        });
        let mut formats = Vec::new();
        for text in section.texts("format").unwrap_or_default() {
            match TimeFormat::parse(&text) {
                Ok(format) => formats.push(format),
                Err(problem) => section.wrong("format", problem),
            }
        }
        if section.value("format").is_none() {
            section.wrong("format", "is missing; allowed: iso8601, epoch_s, epoch_ms, or a pattern such as %d/%m/%Y %H:%M");
        }
        if section.value("zone").is_none() && formats.iter().any(TimeFormat::needs_zone) {
            section.wrong("zone", "is missing, and the format names none; for example UTC or Europe/Berlin");
        }
        section.finish();
        Some((slot?, Clockwork { formats, zone }))
    }

    fn customer(&mut self, section: Section<'_>) -> Option<CustomerRule> {
        let system = optional_slug(&section, "system");
        let constant = section.text("constant").map(|id| Given::Constant(id.to_owned()));
        let id = match constant {
            Some(constant) => Some(constant),
            None => self.words(&section, Tracked::No).map(Given::Column),
        };
        section.finish();
        Some(CustomerRule { system, id: id? })
    }

    fn report(&mut self, top: &Section<'_>) -> (Option<Template>, Option<Template>) {
        let Some(section) = top.section("report") else {
            top.wrong("report", "must be a table with `title`, such as \"Incident {number}\", and if you like `text`");
            return (None, None);
        };
        let (title, text) = (self.template(&section, "title"), self.template(&section, "text"));
        if section.value("title").is_none() {
            section.wrong("title", "is missing; for example \"Incident {number}\"");
        }
        section.finish();
        (title, text)
    }

    fn note(&mut self, top: &Section<'_>) -> Option<Template> {
        let section = top.section("note")?;
        let summary = self.template(&section, "summary");
        section.finish();
        summary
    }

    fn tracked_words(&mut self, section: Section<'_>) -> Option<Words> {
        let words = self.words(&section, Tracked::Nullable);
        section.finish();
        words
    }

    fn person(&mut self, section: Section<'_>) -> Option<PersonRule> {
        let words = self.words(&section, Tracked::Nullable);
        let system = optional_slug(&section, "system");
        let name = self.template(&section, "name");
        section.finish();
        Some(PersonRule { words: words?, system, name })
    }

    fn severity(&mut self, section: Section<'_>) -> Option<SeverityRule> {
        let slot = self.slot(&section, Tracked::Sticky);
        let values = table_of(&section, |value| value.as_integer().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=4).contains(n)), "a number from 1 (worst) to 4");
        let values = values.unwrap_or_else(|| (1..=4).map(|n| (n.to_string(), n)).collect());
        section.finish();
        Some(SeverityRule { slot: slot?, values: ValueTable::new(values) })
    }

    fn phase(&mut self, section: Section<'_>) -> Option<PhaseRule> {
        let slot = self.slot(&section, Tracked::Sticky);
        let word = |value: &Value| PHASES.iter().find(|(name, _)| value.as_str() == Some(name)).map(|(_, word)| *word);
        let values = table_of(&section, word, "one of \"new\" (waits to be taken), \"working\", \"resolved\", \"closed\", \"same\" (as before)");
        if section.value("values").is_none() {
            section.wrong("values", "is missing; say what each status means, for example { \"Open\" = \"new\", \"*\" = \"working\" }");
        }
        let first = section.choice("first", &[("new", Phase::New), ("working", Phase::Working), ("resolved", Phase::Resolved), ("closed", Phase::Closed)]);
        let acknowledges = section.flag("acknowledges").unwrap_or(true);
        section.finish();
        Some(PhaseRule { slot: slot?, values: ValueTable::new(values?), first: first.unwrap_or(Phase::New), acknowledges })
    }

    fn actor(&mut self, section: Section<'_>) -> Option<ActorRule> {
        let person = self.words(&section, Tracked::No);
        let system = optional_slug(&section, "system");
        let bots = section.texts("bots").unwrap_or_default();
        section.finish();
        Some(ActorRule { person: person?, system, bots: ValueTable::new(bots.into_iter().map(|bot| (bot, ()))) })
    }

    fn rules(&mut self, top: &Section<'_>) -> Vec<Rule> {
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
        let sections = tables.into_iter().enumerate().map(|(index, table)| Section::new(format!("event[{}]", index + 1), table, top.mistakes));
        let mut rules: Vec<Rule> = Vec::new();
        for section in sections {
            let Some(rule) = self.rule(section) else { continue };
            if rules.iter().any(|known| known.name == rule.name) {
                top.wrong("event", format!("has two rules of the name `{}`; the name is part of the events' ids", rule.name));
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
        if type_name.as_deref().is_none_or(|name| !TYPES.contains(&name)) {
            section.wrong("type", format!("must be one of {}", TYPES.join(", ")));
        }
        let conditions = self.conditions(&section);
        let data = section.section("data").and_then(|data| self.data(&data));
        section.finish();
        Some(Rule { name: name?, type_name: type_name?, conditions: conditions?, data: data.unwrap_or_default() })
    }

    fn conditions(&mut self, section: &Section<'_>) -> Option<Vec<Condition>> {
        let tables: Option<Vec<&Table>> = match section.value("when") {
            Some(Value::Table(one)) => Some(vec![one]),
            Some(Value::Array(several)) if !several.is_empty() => several.iter().map(Value::as_table).collect(),
            Some(_) | None => None,
        };
        let Some(tables) = tables else {
            section.wrong("when", "must be a table such as { column = \"state\", is = \"Reopened\" }, or a list of such tables that must all hold");
            return None;
        };
        tables.into_iter().map(|table| self.condition(Section::new(section.at("when"), table, section.mistakes))).collect()
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
        let says_something = ["is", "is_not", "was", "changed", "is_missing"].into_iter().any(|key| section.value(key).is_some());
        if !says_something {
            section.wrong("is", "or `is_not`, `was`, `changed` or `is_missing` must say what the column is compared with");
        }
        section.finish();
        slot.map(|_| condition)
    }

    fn data(&mut self, section: &Section<'_>) -> Option<Vec<(String, DataValue)>> {
        for reserved in ["issue", "customer"] {
            if section.value(if reserved == "issue" { "issue" } else { "customer" }).is_some() {
                section.wrong(reserved, "is filled in from the key and the customer of the row; leave it out");
            }
        }
        let table = section.table();
        table.iter().map(|(name, value)| Some((name.clone(), self.data_value(section, name, value)?))).collect()
    }

    fn data_value(&mut self, section: &Section<'_>, key: &str, value: &Value) -> Option<DataValue> {
        Some(match value {
            Value::String(text) => DataValue::Text(self.parse_template(section, key, text)?),
            Value::Integer(number) => DataValue::Constant(Json::from(*number)),
            Value::Float(number) => DataValue::Constant(Json::from(*number)),
            Value::Boolean(flag) => DataValue::Constant(Json::from(*flag)),
            Value::Datetime(time) => DataValue::Constant(Json::from(time.to_string())),
            Value::Array(items) => DataValue::List(items.iter().map(|item| self.data_value(section, key, item)).collect::<Option<_>>()?),
            Value::Table(members) => DataValue::Table(
                members.iter().map(|(name, value)| Some((name.clone(), self.data_value(section, &format!("{key}.{name}"), value)?))).collect::<Option<_>>()?,
            ),
        })
    }

    /// A word, or a table that names a column.
    fn required_given(&mut self, top: &Section<'_>, key: &'static str, problem: fn(&str) -> Option<String>) -> Option<Given> {
        match top.value(key) {
            Some(Value::String(constant)) => {
                problem(constant).into_iter().for_each(|problem| top.wrong(key, problem));
                Some(Given::Constant(constant.clone()))
            }
            Some(Value::Table(table)) => {
                let section = Section::new(top.at(key), table, top.mistakes);
                let words = self.words(&section, if key == "department" { Tracked::Sticky } else { Tracked::No });
                section.finish();
                words.map(Given::Column)
            }
            Some(_) | None => {
                top.wrong(key, format!("must be a word such as \"{}\", or a table such as {{ column = \"…\" }}", if key == "system" { "servicenow" } else { "support" }));
                None
            }
        }
    }

    fn words(&mut self, section: &Section<'_>, tracked: Tracked) -> Option<Words> {
        let slot = self.slot(section, tracked);
        let values = table_of(section, |value| value.as_str().map(str::to_owned), "a string").unwrap_or_default();
        Some(Words { slot: slot?, values: ValueTable::new(values) })
    }

    /// The keys that say which cell is meant, and when it counts as none.
    fn slot(&mut self, section: &Section<'_>, tracked: Tracked) -> Option<SlotId> {
        let names = match (section.text("column"), section.texts("columns")) {
            (Some(one), None) => vec![one.to_owned()],
            (None, Some(several)) if !several.is_empty() => several,
            _ => {
                section.wrong("column", "must name a column, or `columns` must name several, not both");
                return None;
            }
        };
        let join = section.text("join").unwrap_or(" ").to_owned();
        let missing = section.texts("missing").unwrap_or_else(|| self.missing.clone());
        let (same, missing_is_same) = match tracked {
            Tracked::No => (Vec::new(), false),
            Tracked::Sticky => (section.texts("same").unwrap_or_default(), true),
            Tracked::Nullable => {
                let when_missing = section.choice("when_missing", &[("none", false), ("same", true)]);
                (section.texts("same").unwrap_or_default(), when_missing.unwrap_or(false))
            }
        };
        let columns = names.iter().map(|name| self.slots.column(name)).collect();
        Some(self.slots.slot(Slot { columns, join, missing, same, missing_is_same }))
    }

    fn plain(&mut self, column: &str) -> SlotId {
        let columns = vec![self.slots.column(column)];
        self.slots.slot(Slot { columns, join: " ".to_owned(), missing: self.missing.clone(), same: Vec::new(), missing_is_same: false })
    }

    fn template(&mut self, section: &Section<'_>, key: &'static str) -> Option<Template> {
        let text = section.text(key)?;
        self.parse_template(section, key, text)
    }

    fn parse_template(&mut self, section: &Section<'_>, key: &str, text: &str) -> Option<Template> {
        let template = Template::parse(text, |column| self.plain(column));
        template.map_err(|problem| section.wrong(key, problem)).ok()
    }
}

/// Whether a cell is compared with that of the row before.
#[derive(Clone, Copy)]
enum Tracked {
    No,
    /// No value is a value: nobody.
    Nullable,
    /// No value says nothing.
    Sticky,
}

/// The cells of a tracked slot as they are, for a text.
fn only(slot: SlotId, slots: &mut Slots) -> Template {
    let of = slots.slots.get(slot.0).cloned();
    let plain = of.map_or(slot, |of| slots.slot(Slot { missing: Vec::new(), same: Vec::new(), missing_is_same: false, ..of }));
    Template::cell(plain)
}

fn optional_slug(section: &Section<'_>, key: &'static str) -> Option<String> {
    let text = section.text(key)?;
    slug_problem(text).into_iter().for_each(|problem| section.wrong(key, problem));
    Some(text.to_owned())
}

/// The `values` of a section.
fn table_of<T>(section: &Section<'_>, read: impl Fn(&Value) -> Option<T>, wanted: &str) -> Option<Vec<(String, T)>> {
    let values = section.section("values")?;
    let mut entries = Vec::new();
    for (key, value) in values.table() {
        match read(value) {
            Some(value) => entries.push((key.clone(), value)),
            None => values.wrong(key, format!("must be {wanted}")),
        }
    }
    Some(entries)
}

fn input_rules(section: Option<Section<'_>>) -> InputRules {
    let mut rules = InputRules { format: None, delimiter: None, encoding: Encoding::Utf8, header: None, trim: false };
    let Some(section) = section else { return rules };
    rules.format = section.choice("format", &[("csv", InputFormat::Csv), ("ndjson", InputFormat::Ndjson)]);
    rules.delimiter = section.text("delimiter").and_then(|text| match text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Some(*byte),
        _ => {
            section.wrong("delimiter", "must be one character such as \",\", \";\" or \"\\t\"");
            None
        }
    });
    let encodings = [("utf-8", Encoding::Utf8), ("windows-1252", Encoding::Windows1252), ("iso-8859-1", Encoding::Windows1252)];
    rules.encoding = section.choice("encoding", &encodings).unwrap_or(Encoding::Utf8);
    rules.header = section.texts("header");
    rules.trim = section.flag("trim").unwrap_or(false);
    section.finish();
    rules
}
