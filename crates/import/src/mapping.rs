//! A mapping: what the columns of another tool's export mean. The format is described in
//! `deploy/mappings/README.md`; this module owns it. Absent: everything about the rows themselves.

mod columns;
mod read;
mod rules;
mod section;
mod template;
mod time;
mod values;

use toml::Table;

pub(crate) use columns::{Seen, SlotId, Slots};
pub(crate) use rules::{Condition, Rule};
pub use section::{MappingError, MappingErrors};
pub(crate) use template::Template;
pub(crate) use time::Clockwork;
pub(crate) use values::ValueTable;

/// What the columns of an export mean. Read from TOML by [`Mapping::parse`].
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(crate) input: InputRules,
    pub(crate) slots: Slots,
    pub(crate) key: SlotId,
    pub(crate) order: RowOrder,
    pub(crate) drop_later_than_next: bool,
    pub(crate) drop_identical: bool,
    pub(crate) time: SlotId,
    pub(crate) clockwork: Clockwork,
    pub(crate) system: Given,
    pub(crate) department: Given,
    pub(crate) customer: Option<CustomerRule>,
    pub(crate) title: Template,
    pub(crate) text: Option<Template>,
    pub(crate) summary: Option<Template>,
    pub(crate) team: Option<Words>,
    pub(crate) person: Option<PersonRule>,
    pub(crate) severity: Option<SeverityRule>,
    pub(crate) phase: Option<PhaseRule>,
    pub(crate) actor: Option<ActorRule>,
    pub(crate) rules: Vec<Rule>,
}

/// How the bytes of an input become rows.
#[derive(Clone, Debug)]
pub(crate) struct InputRules {
    /// Absent: by the file's name, then by its first byte.
    pub(crate) format: Option<InputFormat>,
    /// Absent: the one that the first line has most of.
    pub(crate) delimiter: Option<u8>,
    pub(crate) encoding: Encoding,
    /// The names of the columns of a CSV file that has no header line.
    pub(crate) header: Option<Vec<String>>,
    /// Spaces around a cell are not part of it.
    pub(crate) trim: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputFormat {
    Csv,
    Ndjson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// A superset of ISO 8859-1.
    Windows1252,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowOrder {
    File,
    Time,
}

/// A word that the mapping gives itself, or reads in each row.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    Constant(String),
    Column(Words),
}

/// A cell, and other words for what may stand in it.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) slot: SlotId,
    pub(crate) values: ValueTable<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct CustomerRule {
    /// Absent: the system of the row.
    pub(crate) system: Option<String>,
    pub(crate) id: Given,
}

#[derive(Clone, Debug)]
pub(crate) struct PersonRule {
    pub(crate) words: Words,
    /// Absent: the system of the row.
    pub(crate) system: Option<String>,
    pub(crate) name: Option<Template>,
}

#[derive(Clone, Debug)]
pub(crate) struct SeverityRule {
    pub(crate) slot: SlotId,
    /// 1 to 4.
    pub(crate) values: ValueTable<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct PhaseRule {
    pub(crate) slot: SlotId,
    pub(crate) values: ValueTable<PhaseWord>,
    /// Before the first row, for a first row that says "as before".
    pub(crate) first: Phase,
    /// Whether leaving `new` acknowledges.
    pub(crate) acknowledges: bool,
}

/// How far a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Waits to be taken.
    New,
    Working,
    Resolved,
    Closed,
}

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhaseWord {
    Is(Phase),
    SameAsBefore,
}

#[derive(Clone, Debug)]
pub(crate) struct ActorRule {
    pub(crate) person: Words,
    pub(crate) system: Option<String>,
    pub(crate) bots: ValueTable<()>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Every mistake in it, each with its key and what is allowed there.
    pub fn parse(text: &str) -> Result<Self, MappingErrors> {
        let table: Table =
            text.trim_start_matches('\u{feff}').parse().map_err(|error: toml::de::Error| {
                MappingErrors(vec![MappingError { key: String::new(), problem: error.to_string() }])
            })?;
        read::mapping(&table)
    }

    /// The same mapping for another department, whatever its file says.
    ///
    /// # Errors
    /// `department` is not 1 to 32 of `a-z`, `0-9` and `-`, or is one of Davy's own origins.
    pub fn with_department(mut self, department: &str) -> Result<Self, MappingErrors> {
        if let Some(problem) = department_problem(department) {
            return Err(MappingErrors(vec![MappingError { key: "department".to_owned(), problem }]));
        }
        self.department = Given::Constant(department.to_owned());
        Ok(self)
    }

    /// The system that the references of the issues are in; `None` where a column names it.
    pub fn system(&self) -> Option<&str> {
        match &self.system {
            Given::Constant(system) => Some(system),
            Given::Column(_) => None,
        }
    }
}

/// What is wrong with a department's name (`contract.md` 1).
pub(crate) fn department_problem(text: &str) -> Option<String> {
    if ["command", "escalator", "pager"].contains(&text) {
        return Some(format!("`{text}` is Davy's own; name the department whose tool this is"));
    }
    slug_problem(text)
}

/// What is wrong with a slug.
pub(crate) fn slug_problem(text: &str) -> Option<String> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (!fits).then(|| format!("`{text}` is not possible; use 1 to 32 of a-z, 0-9 and -"))
}
