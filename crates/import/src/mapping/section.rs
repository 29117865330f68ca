//! One table of a mapping file while it is read: every mistake is noted, none ends the reading, and whatever key
//! nobody asked for is a mistake too.

use std::{cell::RefCell, fmt};

use toml::{Table, Value};

/// One mistake in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// Where: `phase.values.New`. Empty for a file that is not TOML at all.
    pub key: String,
    /// What is wrong, and what is allowed instead.
    pub problem: String,
}

/// Every mistake in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingErrors(pub Vec<MappingError>);

impl fmt::Display for MappingErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, MappingError { key, problem }) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if key.is_empty() { write!(f, "{problem}")? } else { write!(f, "{key}: {problem}")? }
        }
        Ok(())
    }
}

impl std::error::Error for MappingErrors {}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Vec<MappingError>>);

impl Mistakes {
    pub(super) fn note(&self, key: impl Into<String>, problem: impl Into<String>) {
        self.0.borrow_mut().push(MappingError { key: key.into(), problem: problem.into() });
    }

    pub(super) fn into_vec(self) -> Vec<MappingError> {
        self.0.into_inner()
    }
}

/// A table, where it stands, and which of its keys were asked for.
#[derive(Debug)]
pub(super) struct Section<'a> {
    path: String,
    table: &'a Table,
    asked: RefCell<Vec<&'static str>>,
    pub(super) mistakes: &'a Mistakes,
}

impl<'a> Section<'a> {
    pub(super) fn new(path: impl Into<String>, table: &'a Table, mistakes: &'a Mistakes) -> Self {
        Self { path: path.into(), table, asked: RefCell::default(), mistakes }
    }

    pub(super) fn table(&self) -> &'a Table {
        self.table
    }

    /// The full name of a key.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn wrong(&self, key: &str, problem: impl Into<String>) {
        self.mistakes.note(self.at(key), problem);
    }

    pub(super) fn value(&self, key: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        let value = self.value(key)?;
        value.as_str().or_else(|| self.wrong_type(key, "a string", value))
    }

    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        value.as_bool().or_else(|| self.wrong_type(key, "true or false", value))
    }

    /// A string, or a list of strings.
    pub(super) fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        let value = self.value(key)?;
        let one = value.as_str().map(|text| vec![text.to_owned()]);
        let several = || value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        one.or_else(several).or_else(|| self.wrong_type(key, "a string or a list of strings", value))
    }

    /// One of the named choices.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let allowed: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            self.wrong(key, format!("`{text}` is not known; allowed: {}", allowed.join(", ")));
        }
        found
    }

    pub(super) fn section(&self, key: &'static str) -> Option<Section<'a>> {
        let value = self.value(key)?;
        let table = value.as_table().or_else(|| self.wrong_type(key, "a table", value))?;
        Some(Section::new(self.at(key), table, self.mistakes))
    }

    /// Notes every key that nobody asked for. To be called last.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(&key.as_str())) {
            self.wrong(key, format!("is not a key of a mapping here; allowed: {}", asked.join(", ")));
        }
    }

    fn wrong_type<T>(&self, key: &str, wanted: &str, found: &Value) -> Option<T> {
        self.wrong(key, format!("must be {wanted}, not {} {}", article(found.type_str()), found.type_str()));
        None
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
