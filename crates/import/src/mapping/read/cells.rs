//! Reading the keys that say which cell is meant, when it counts as none, and what it means.

use toml::Value;

use super::{
    super::{Given, SlotId, Template, ValueTable, Words, columns::Slot, section::Section, slug_problem},
    Reader,
};

impl Reader {
    /// A word, or a table that names a column.
    pub(super) fn required_given(
        &mut self,
        top: &Section<'_>,
        key: &'static str,
        problem: fn(&str) -> Option<String>,
    ) -> Option<Given> {
        match top.value(key) {
            Some(Value::String(constant)) => {
                problem(constant).into_iter().for_each(|problem| top.wrong(key, problem));
                Some(Given::Constant(constant.clone()))
            }
            Some(Value::Table(table)) => {
                let section = Section::new(top.at(key), table, top.mistakes);
                let words =
                    self.words(&section, if key == "department" { Tracked::Sticky } else { Tracked::No });
                section.finish();
                words.map(Given::Column)
            }
            Some(_) | None => {
                top.wrong(
                    key,
                    format!(
                        "must be a word such as \"{}\", or a table such as {{ column = \"…\" }}",
                        if key == "system" { "servicenow" } else { "support" }
                    ),
                );
                None
            }
        }
    }

    pub(super) fn words(&mut self, section: &Section<'_>, tracked: Tracked) -> Option<Words> {
        let slot = self.slot(section, tracked);
        let values =
            table_of(section, |value| value.as_str().map(str::to_owned), "a string").unwrap_or_default();
        Some(Words { slot: slot?, values: ValueTable::new(values) })
    }

    /// The keys that say which cell is meant, and when it counts as none.
    pub(super) fn slot(&mut self, section: &Section<'_>, tracked: Tracked) -> Option<SlotId> {
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

    pub(super) fn plain(&mut self, column: &str) -> SlotId {
        let columns = vec![self.slots.column(column)];
        self.slots.slot(Slot {
            columns,
            join: " ".to_owned(),
            missing: self.missing.clone(),
            same: Vec::new(),
            missing_is_same: false,
        })
    }

    pub(super) fn template(&mut self, section: &Section<'_>, key: &'static str) -> Option<Template> {
        let text = section.text(key)?;
        self.parse_template(section, key, text)
    }

    pub(super) fn parse_template(
        &mut self,
        section: &Section<'_>,
        key: &str,
        text: &str,
    ) -> Option<Template> {
        let template = Template::parse(text, |column| self.plain(column));
        template.map_err(|problem| section.wrong(key, problem)).ok()
    }
}

/// Whether a cell is compared with that of the row before.
#[derive(Clone, Copy)]
pub(super) enum Tracked {
    No,
    /// No value is a value: nobody.
    Nullable,
    /// No value says nothing.
    Sticky,
}

pub(super) fn optional_slug(section: &Section<'_>, key: &'static str) -> Option<String> {
    let text = section.text(key)?;
    slug_problem(text).into_iter().for_each(|problem| section.wrong(key, problem));
    Some(text.to_owned())
}

/// The `values` of a section.
pub(super) fn table_of<T>(
    section: &Section<'_>,
    read: impl Fn(&Value) -> Option<T>,
    wanted: &str,
) -> Option<Vec<(String, T)>> {
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
