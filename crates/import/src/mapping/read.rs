//! From the tables of a mapping file to a [`Mapping`], noting every mistake on the way.

mod cells;
mod rules;

use toml::{Table, Value};

use super::{
    ActorRule, Clockwork, CustomerRule, Encoding, Given, InputFormat, InputRules, Mapping, MappingErrors,
    PersonRule, Phase, PhaseRule, PhaseWord, RowOrder, SeverityRule, SlotId, Slots, Template, ValueTable,
    Words,
    columns::Slot,
    department_problem,
    section::{Mistakes, Section},
    slug_problem,
    time::{TimeFormat, parse_zone},
};
use cells::{Tracked, optional_slug, table_of};

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
                top.wrong(
                    "key",
                    "must name the column that says to which record a row belongs, such as `number`",
                );
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
            section.wrong(
                "format",
                "is missing; allowed: iso8601, epoch_s, epoch_ms, or a pattern such as %d/%m/%Y %H:%M",
            );
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
            top.wrong(
                "report",
                "must be a table with `title`, such as \"Incident {number}\", and if you like `text`",
            );
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
        let values = table_of(
            &section,
            |value| value.as_integer().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=4).contains(n)),
            "a number from 1 (worst) to 4",
        );
        let values = values.unwrap_or_else(|| (1..=4).map(|n| (n.to_string(), n)).collect());
        section.finish();
        Some(SeverityRule { slot: slot?, values: ValueTable::new(values) })
    }

    fn phase(&mut self, section: Section<'_>) -> Option<PhaseRule> {
        let slot = self.slot(&section, Tracked::Sticky);
        let word = |value: &Value| {
            PHASES.iter().find(|(name, _)| value.as_str() == Some(name)).map(|(_, word)| *word)
        };
        let values = table_of(
            &section,
            word,
            "one of \"new\" (waits to be taken), \"working\", \"resolved\", \"closed\", \"same\" (as before)",
        );
        if section.value("values").is_none() {
            section.wrong("values", "is missing; say what each status means, for example { \"Open\" = \"new\", \"*\" = \"working\" }");
        }
        let first = section.choice(
            "first",
            &[
                ("new", Phase::New),
                ("working", Phase::Working),
                ("resolved", Phase::Resolved),
                ("closed", Phase::Closed),
            ],
        );
        let acknowledges = section.flag("acknowledges").unwrap_or(true);
        section.finish();
        Some(PhaseRule {
            slot: slot?,
            values: ValueTable::new(values?),
            first: first.unwrap_or(Phase::New),
            acknowledges,
        })
    }

    fn actor(&mut self, section: Section<'_>) -> Option<ActorRule> {
        let person = self.words(&section, Tracked::No);
        let system = optional_slug(&section, "system");
        let bots = section.texts("bots").unwrap_or_default();
        section.finish();
        Some(ActorRule {
            person: person?,
            system,
            bots: ValueTable::new(bots.into_iter().map(|bot| (bot, ()))),
        })
    }
}

/// The cells of a tracked slot as they are, for a text.
fn only(slot: SlotId, slots: &mut Slots) -> Template {
    let of = slots.slots.get(slot.0).cloned();
    let plain = of.map_or(slot, |of| {
        slots.slot(Slot { missing: Vec::new(), same: Vec::new(), missing_is_same: false, ..of })
    });
    Template::cell(plain)
}

fn input_rules(section: Option<Section<'_>>) -> InputRules {
    let mut rules =
        InputRules { format: None, delimiter: None, encoding: Encoding::Utf8, header: None, trim: false };
    let Some(section) = section else { return rules };
    rules.format = section.choice("format", &[("csv", InputFormat::Csv), ("ndjson", InputFormat::Ndjson)]);
    rules.delimiter = section.text("delimiter").and_then(|text| match text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => {
            Some(*byte)
        }
        _ => {
            section.wrong("delimiter", "must be one character such as \",\", \";\" or \"\\t\"");
            None
        }
    });
    let encodings = [
        ("utf-8", Encoding::Utf8),
        ("windows-1252", Encoding::Windows1252),
        ("iso-8859-1", Encoding::Windows1252),
    ];
    rules.encoding = section.choice("encoding", &encodings).unwrap_or(Encoding::Utf8);
    rules.header = section.texts("header");
    rules.trim = section.flag("trim").unwrap_or(false);
    section.finish();
    rules
}
