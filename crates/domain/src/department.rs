//! Departments, and where an event comes from.

use std::{fmt, str::FromStr};

/// The slug of a department: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Department(String);

impl Department {
    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Department {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a department; use 1 to 32 of a-z, 0-9 and -")]
pub struct ParseDepartmentError(String);

impl FromStr for Department {
    type Err = ParseDepartmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_slug(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseDepartmentError(text.chars().take(40).collect()))
        }
    }
}

/// 1 to 32 of `a-z`, `0-9` and `-`.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Who published an event: the department token of its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A department's tool.
    Department(Department),
    /// A command over the API, on behalf of the actor's department.
    Command(Department),
    /// Davy's own escalator, on behalf of the department that owes the act.
    Escalator(Department),
    /// Davy's own pager, on behalf of the department that was pinged.
    Pager(Department),
}

impl Origin {
    /// The department that speaks.
    pub const fn department(&self) -> &Department {
        match self {
            Self::Department(department)
            | Self::Command(department)
            | Self::Escalator(department)
            | Self::Pager(department) => department,
        }
    }

    /// Whether Davy itself wrote the event.
    pub const fn is_own(&self) -> bool {
        match self {
            Self::Department(_) => false,
            Self::Command(_) | Self::Escalator(_) | Self::Pager(_) => true,
        }
    }
}
