//! Whose key it is.

use std::{fmt, str::FromStr};

/// Davy's own name among the users.
const DAVY: &str = "davy";
/// Origins of Davy's own events, under which no department may publish (`contract.md` 1).
const OWN: [&str; 3] = ["command", "escalator", "pager"];

/// Davy, or a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Davy,
    Department(String),
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if text == DAVY {
            Ok(Self::Davy)
        } else if OWN.contains(&text) {
            Err("it is an origin of Davy's own events; no department may have that name".to_owned())
        } else if (1..=32).contains(&text.len()) && text.chars().all(fits) {
            Ok(Self::Department(text.to_owned()))
        } else {
            Err("a department is expected, 1 to 32 of a-z, 0-9 and -; or davy".to_owned())
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Davy => f.write_str(DAVY),
            Self::Department(name) => f.write_str(name),
        }
    }
}
