//! Customers by their ids in the systems of the departments.

use std::{fmt, fmt::Write as _};

use crate::{CustomerId, department::is_slug, limits};

/// One id of a customer: `<system>:<encoded id>`, as in a subject (`contract.md` 1).
///
/// The encoded id holds only `[A-Za-z0-9_-]` and `%XX`, or is `~` and 32 base32 characters of a hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leaf {
    system: String,
    encoded: String,
}

/// The id of a leaf as timelines are keyed by it; absent for what knows no customer (`_`).
pub type LeafId = Option<CustomerId>;

impl Leaf {
    /// A leaf from its parts: `system` a slug, `encoded` in the canonical form. `None` if either is malformed.
    pub fn new(system: &str, encoded: &str) -> Option<Self> {
        let canonical = decode(encoded)
            .is_some_and(|raw| encode(&raw) == encoded && encoded.len() <= limits::TOKEN_BYTES);
        (is_slug(system) && (canonical || is_hashed(encoded)))
            .then(|| Self { system: system.to_owned(), encoded: encoded.to_owned() })
    }

    /// The system that gave the id.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The id as it stands in a subject.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The id as the system writes it; for a hashed one, the hash.
    pub fn decoded(&self) -> String {
        decode(&self.encoded).unwrap_or_else(|| self.encoded.clone())
    }

    /// The id that Davy mints for it.
    pub fn id(&self) -> CustomerId {
        CustomerId::of(self)
    }
}

/// A customer as an event names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsReported {
    /// Which customer.
    pub leaf: Leaf,
    /// The id as the payload gives it, where the leaf holds only its hash.
    pub raw: Option<String>,
}

impl AsReported {
    /// The id as the system writes it, as far as it is known.
    pub fn id(&self) -> String {
        self.raw.clone().unwrap_or_else(|| self.leaf.decoded())
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.system, self.encoded)
    }
}

/// `~` and 32 lower-case base32 characters (RFC 4648).
fn is_hashed(encoded: &str) -> bool {
    encoded.strip_prefix('~').is_some_and(|hash| {
        hash.len() == 32
            && hash.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte))
    })
}

/// Percent-encodes everything outside `[A-Za-z0-9_-]` (UTF-8, upper-case hex).
pub(crate) fn percent_encode_into(out: &mut String, raw: &str) {
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
}

fn encode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    percent_encode_into(&mut out, raw);
    out
}

/// `None` for what is not percent-encoded UTF-8, and for nothing at all.
fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok().filter(|raw| !raw.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_a_leaf() {
        assert_eq!(
            Leaf::new("servicenow", "Caller%202403").map(|leaf| leaf.decoded()).as_deref(),
            Some("Caller 2403")
        );
        assert!(Leaf::new("crm", "~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").is_some());
        for (system, encoded) in
            [("CRM", "1"), ("crm", ""), ("crm", "a b"), ("crm", "%2b"), ("crm", "%41"), ("crm", "%F")]
        {
            assert!(Leaf::new(system, encoded).is_none(), "{system}:{encoded}");
        }
    }
}
