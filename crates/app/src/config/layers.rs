//! The three sources as one flat map from `section.key` to what was given last.

use std::{collections::BTreeMap, fs, path::Path};

use toml::{Table, Value};

use super::{ConfigError, Flag, Mistake, Origin, Sources};

/// What the names of our variables begin with. Only those with `__` name a key; others are the command line's.
const PREFIX: &str = "DAVY_";
const SEPARATOR: &str = "__";

/// A value as it was given.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// Values by key.
#[derive(Debug, Default)]
pub(super) struct Layers(pub(super) BTreeMap<String, Given>);

impl Layers {
    pub(super) fn gather(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        if let Some(path) = sources.file {
            layers.add_file(path).map_err(|mistake| ConfigError { mistakes: vec![mistake] })?;
        }
        for (name, value) in sources.env.starting_with(PREFIX) {
            if let Some(key) = key_of(&name) {
                layers.add(key, Value::String(value), Origin::Variable(name));
            }
        }
        for Flag { name, key, value } in sources.flags {
            layers.add(key.clone(), Value::String(value.clone()), Origin::Flag(name.clone()));
        }
        Ok(layers)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Mistake> {
        let origin = Origin::File(path.to_owned());
        let whole = |reason| Mistake { key: String::new(), value: None, reason, origin: origin.clone() };
        let text = fs::read_to_string(path).map_err(|error| whole(format!("read the file: {error}")))?;
        let table: Table =
            toml::from_str(&text).map_err(|error| whole(error.to_string().trim_end().to_owned()))?;
        self.add_table("", table, &origin);
        Ok(())
    }

    fn add_table(&mut self, prefix: &str, table: Table, origin: &Origin) {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            if let Value::Table(table) = value {
                self.add_table(&format!("{key}."), table, origin);
            } else {
                self.add(key, value, origin.clone());
            }
        }
    }

    fn add(&mut self, key: String, value: Value, origin: Origin) {
        self.0.insert(key, Given { value, origin });
    }
}

/// `DAVY_NATS__PASSWORD__FILE` is `nats.password.file`.
fn key_of(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(PREFIX)?;
    rest.contains(SEPARATOR).then(|| rest.to_lowercase().replace(SEPARATOR, "."))
}
