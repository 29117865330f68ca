//! The `[[event]]` rules: events that the fixed table does not know, given where cells say something.

use serde_json::Value as Json;
use wire::Scope;

use super::{columns::SlotId, template::Template, values::Pattern};

/// Rules in one mapping: which of them hold in a row is kept in 64 bits.
pub(crate) const MAX_RULES: usize = 64;

/// The types that a rule can give: the catalogue without the documents of the directory and Davy's own.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    let facts = wire::catalogue().filter(|known| match known.scope {
        Scope::Issue | Scope::Report | Scope::Customer => true,
        Scope::Directory | Scope::Operation => false,
    });
    facts.map(|known| known.name)
}

/// One `[[event]]`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Part of the ids of its events, so it must not change.
    pub(crate) name: String,
    pub(crate) type_name: String,
    /// All must hold.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) data: Vec<(String, DataValue)>,
}

/// What one cell must say.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) slot: SlotId,
    pub(crate) is: Option<Vec<Pattern>>,
    pub(crate) is_not: Option<Vec<Pattern>>,
    pub(crate) was: Option<Vec<Pattern>>,
    pub(crate) changed: Option<bool>,
    pub(crate) missing: Option<bool>,
}

impl Condition {
    /// `before` is the cell of the row before; a first row follows one without any value.
    pub(crate) fn holds(&self, before: Option<&str>, now: Option<&str>) -> bool {
        let any = |patterns: &Vec<Pattern>, text: Option<&str>| {
            text.is_some_and(|text| patterns.iter().any(|pattern| pattern.matches(text)))
        };
        self.is.as_ref().is_none_or(|patterns| any(patterns, now))
            && self.is_not.as_ref().is_none_or(|patterns| !any(patterns, now))
            && self.was.as_ref().is_none_or(|patterns| any(patterns, before))
            && self.changed.is_none_or(|changed| changed == (before != now))
            && self.missing.is_none_or(|missing| missing == now.is_none())
    }
}

/// What the `data` of a rule's event says.
#[derive(Clone, Debug)]
pub(crate) enum DataValue {
    Text(Template),
    Constant(Json),
    List(Vec<DataValue>),
    Table(Vec<(String, DataValue)>),
}

impl DataValue {
    /// `None` where a cell that it consists of is missing; a table is left out as a whole then, since half a
    /// person is worse than none.
    pub(crate) fn render<'a>(&self, cell: &impl Fn(SlotId) -> Option<&'a str>) -> Option<Json> {
        match self {
            Self::Text(template) => template.render(cell).map(Json::String),
            Self::Constant(value) => Some(value.clone()),
            Self::List(items) => Some(items.iter().filter_map(|item| item.render(cell)).collect()),
            Self::Table(members) => {
                members.iter().map(|(name, value)| Some((name.clone(), value.render(cell)?))).collect()
            }
        }
    }
}
