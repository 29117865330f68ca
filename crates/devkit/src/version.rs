//! The version that a `nats-server` program says it is, and the oldest that Davy works with.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Error;

/// A version of `nats-server`; what follows the third number (`-beta.1`) is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// The oldest version that has all that Davy asks of a log (design.md 4).
    pub const MINIMUM: Self = Self { major: 2, minor: 12, patch: 0 };

    /// Asks the program at `path` and refuses one older than [`Version::MINIMUM`].
    pub(crate) fn check(path: &Path) -> Result<Self, Error> {
        let output = Command::new(path)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::RunProgram { program: path.to_owned(), source })?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let Some(found) = Self::parse(&said) else {
            return Err(Error::UnknownVersion { path: path.to_owned(), said });
        };
        if found < Self::MINIMUM {
            return Err(Error::TooOld { path: path.to_owned(), found });
        }
        Ok(found)
    }

    /// Reads `nats-server: v2.15.1`.
    fn parse(said: &str) -> Option<Self> {
        let number = said.strip_prefix("nats-server: v")?;
        let mut parts = number.splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let rest = parts.next()?;
        let patch = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        Some(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_version_is_read_from_what_the_server_prints() {
        let read = |said| Version::parse(said).map(|version| version.to_string());
        assert_eq!(read("nats-server: v2.15.1").as_deref(), Some("2.15.1"));
        assert_eq!(read("nats-server: v2.12.0-preview.2").as_deref(), Some("2.12.0"));
        assert_eq!(read("nats-streaming-server version 0.25"), None);
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(Version::parse("nats-server: v2.9.10") < Some(Version::MINIMUM));
        assert!(Version::parse("nats-server: v2.100.0") > Some(Version::MINIMUM));
    }
}
