//! What is in force and where it came from; or everything that is wrong.

use std::{fmt, path::PathBuf};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave one.
    Default,
    /// The file.
    File(PathBuf),
    /// This variable.
    Variable(String),
    /// This flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Such as `nats.url`.
    pub key: String,
    /// As text; empty where there is none.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, origin } = self;
        if value.is_empty() { write!(f, "# {key}") } else { write!(f, "{key} = {value:?}  # {origin}") }
    }
}

/// Something wrong with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Such as `nats.url`; empty for a whole file.
    pub key: String,
    /// As given; `None` for what should not be shown or is no text.
    pub value: Option<String>,
    /// Why it cannot be used, and what can.
    pub reason: String,
    /// Where it came from.
    pub origin: Origin,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, reason, origin } = self;
        match (key.as_str(), value) {
            ("", _) => write!(f, "{reason} ({origin})"),
            (key, Some(value)) => write!(f, "{key} = {value:?}: {reason} ({origin})"),
            (key, None) => write!(f, "{key}: {reason} ({origin})"),
        }
    }
}

/// Every mistake in the configuration. A program that ends with it exits with 64.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the configuration; {}", told(mistakes))]
pub struct ConfigError {
    /// In the order of their keys as far as they have one.
    pub mistakes: Vec<Mistake>,
}

fn told(mistakes: &[Mistake]) -> String {
    let count = match mistakes.len() {
        1 => "1 mistake".to_owned(),
        many => format!("{many} mistakes"),
    };
    let lines: String = mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect();
    format!("{count}:{lines}")
}
