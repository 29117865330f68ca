//! Takes values out of the layers one by one, noting every mistake; what nobody took is a mistake too.

use std::str::FromStr;

use toml::Value;

use super::{
    ConfigError, Mistake, Origin, Setting,
    layers::{Given, Layers},
};

#[derive(Debug)]
pub(super) struct Reader {
    layers: Layers,
    settings: Vec<Setting>,
    mistakes: Vec<Mistake>,
}

impl Reader {
    pub(super) const fn new(layers: Layers) -> Self {
        Self { layers, settings: Vec::new(), mistakes: Vec::new() }
    }

    /// The value of `key`, or `default` as if somebody had written it.
    pub(super) fn or<T>(&mut self, key: &str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T
    where
        T: ToString,
    {
        let shown = default.to_string();
        self.take(key, &shown, parse).unwrap_or(default)
    }

    /// The value of `key`, if somebody gave one.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.take(key, "", parse)
    }

    /// What was given for `key` and not taken yet.
    pub(super) fn peek(&self, key: &str) -> Option<String> {
        self.layers.0.get(key).and_then(|given| text(&given.value).ok())
    }

    /// The names that somebody gave something for below `key`, in order.
    pub(super) fn names_below(&self, key: &str) -> Vec<String> {
        let below = self.layers.0.keys().filter_map(|given| given.strip_prefix(key)?.strip_prefix('.'));
        let mut names: Vec<_> = below.filter_map(|rest| Some(rest.split_once('.')?.0.to_owned())).collect();
        names.dedup();
        names
    }

    /// Takes `key` only to refuse it, without showing its value.
    pub(super) fn refuse(&mut self, key: &str, reason: &str) {
        let Some(Given { origin, .. }) = self.layers.0.remove(key) else { return };
        let reason = reason.to_owned();
        self.mistakes.push(Mistake { key: key.to_owned(), value: None, reason, origin });
    }

    /// Notes what is wrong with `key` as it was taken.
    pub(super) fn object(&mut self, key: &str, reason: &str) {
        let setting = self.settings.iter().find(|setting| setting.key == key);
        let (value, origin) = match setting {
            Some(Setting { value, origin, .. }) => (Some(value.clone()), origin.clone()),
            None => (None, Origin::Default),
        };
        self.mistakes.push(Mistake { key: key.to_owned(), value, reason: reason.to_owned(), origin });
    }

    fn take<T>(
        &mut self,
        key: &str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let given = self.layers.0.remove(key);
        let origin = given.as_ref().map_or(Origin::Default, |given| given.origin.clone());
        let text = given.as_ref().map(|given| text(&given.value));
        let value = match &text {
            Some(Ok(text)) => text.clone(),
            Some(Err(_)) | None => default.to_owned(),
        };
        self.settings.push(Setting { key: key.to_owned(), value, origin: origin.clone() });
        let (value, reason) = match text? {
            Ok(text) => match parse(&text) {
                Ok(parsed) => return Some(parsed),
                Err(reason) => (Some(text), reason),
            },
            Err(kind) => (None, format!("a text or a number is expected, not {kind}")),
        };
        self.mistakes.push(Mistake { key: key.to_owned(), value, reason, origin });
        None
    }

    /// Everything in force, unless there are mistakes.
    pub(super) fn finish(mut self) -> Result<Vec<Setting>, ConfigError> {
        for (key, Given { value, origin }) in std::mem::take(&mut self.layers.0) {
            let reason = self.unknown(&key);
            self.mistakes.push(Mistake { key, value: text(&value).ok(), reason, origin });
        }
        if self.mistakes.is_empty() {
            return Ok(self.settings);
        }
        self.mistakes.sort_by(|a, b| a.key.cmp(&b.key));
        Err(ConfigError { mistakes: self.mistakes })
    }

    fn unknown(&self, key: &str) -> String {
        let section = key.split('.').next().unwrap_or_default();
        let all = self.settings.iter().map(|setting| setting.key.as_str());
        let near: Vec<_> = all.filter(|known| known.split('.').next() == Some(section)).collect();
        if near.is_empty() {
            "there is no such section; there are nats, store, api, web, auth, escalator, pager and log"
                .to_owned()
        } else {
            format!("there is no such key; there are {}", near.join(", "))
        }
    }
}

/// Scalars as text, so that a variable and a file are read alike.
fn text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(truth) => Ok(truth.to_string()),
        Value::Datetime(_) => Err("a date"),
        Value::Array(_) => Err("a list"),
        Value::Table(_) => Err("a table"),
    }
}

/// A whole number in a range.
pub(super) fn number<T: FromStr + PartialOrd + std::fmt::Display>(
    range: std::ops::RangeInclusive<T>,
) -> impl FnOnce(&str) -> Result<T, String> {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        Ok(_) | Err(_) => {
            Err(format!("a whole number from {} to {} is expected", range.start(), range.end()))
        }
    }
}

/// A text that is not empty.
pub(super) fn words(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("it is empty; leave the key out".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
