//! Files of principals, as TOML: how they are read, and what is said of a mistake.

use serde::de::DeserializeOwned;

/// A file of principals cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccessFileError(String);

impl AccessFileError {
    pub(super) fn whole(what: &str) -> Self {
        Self(what.to_owned())
    }

    pub(super) fn entry(name: &str, what: &str) -> Self {
        Self(format!("{name}: {what}"))
    }
}

/// Reads TOML. The message has the line and not what stands there.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, AccessFileError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count()
        });
        AccessFileError(format!("line {line}: {}", error.message()))
    })
}
