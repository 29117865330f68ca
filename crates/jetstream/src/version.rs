//! Which servers will do.

/// The oldest that will do: atomic batches came with it (`design.md` 4).
const OLDEST: Version = Version { major: 2, minor: 12 };

/// The version of a server, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

/// The server is older than 2.12, or does not say how old it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use nats-server {version:?}: 2.12 or newer is needed (for atomic batches); upgrade the server")]
pub struct TooOld {
    /// What it says.
    pub version: String,
}

impl Version {
    pub(crate) fn check(text: &str) -> Result<(), TooOld> {
        match Self::read(text) {
            Some(version) if version >= OLDEST => Ok(()),
            Some(_) | None => Err(TooOld { version: text.to_owned() }),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim_start_matches('v').split(['.', '-']);
        Some(Self { major: parts.next()?.parse().ok()?, minor: parts.next()?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_from_2_12_on_will_do() {
        for (text, will_do) in [
            ("2.12.0", true),
            ("2.15.1", true),
            ("v2.14.0-RC.1", true),
            ("3.0", true),
            ("2.11.9", false),
            ("", false),
        ] {
            assert_eq!(Version::check(text).is_ok(), will_do, "{text}");
        }
    }
}
