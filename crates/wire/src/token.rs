//! Customer tokens: how an id of a customer stands in a subject (`contract.md` 1).

use domain::{Leaf, limits};
use sha2::{Digest as _, Sha256};

/// An id cannot be a customer token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The system is not a slug.
    #[error("`{0}` is not a system; use 1 to 32 of a-z, 0-9 and -")]
    System(String),
    /// There is no id.
    #[error("give the customer's id: it is empty")]
    Empty,
}

/// The token of a customer: `<system>:<percent-encoded id>`, or a hash for what must not stand in a subject.
///
/// # Errors
/// If the system is no slug or the id is empty.
pub fn customer_token(system: &str, raw: &str) -> Result<String, TokenError> {
    leaf(system, raw).map(|leaf| leaf.to_string())
}

/// The leaf of a customer's id as their system writes it. A hash, where only that is known, stands for itself.
pub(crate) fn leaf(system: &str, raw: &str) -> Result<Leaf, TokenError> {
    if raw.is_empty() {
        return Err(TokenError::Empty);
    }
    if let Some(leaf) = Leaf::new(system, raw).filter(|_| raw.starts_with('~')) {
        return Ok(leaf);
    }
    let encoded = if must_be_hashed(raw) { hashed(raw) } else { percent_encoded(raw) };
    Leaf::new(system, &encoded).ok_or_else(|| TokenError::System(system.chars().take(40).collect()))
}

/// What a token says, and whether it should have been hashed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadToken {
    pub(crate) leaf: Leaf,
    pub(crate) sent_raw: bool,
}

/// Reads a token of a subject; `None` if it is malformed. An e-mail address, a phone number or an over-long id that was
/// sent as it is, or percent-encoded, is read as its hashed form.
pub(crate) fn read(token: &str) -> Option<ReadToken> {
    let (system, encoded) = token.split_once(':')?;
    if let Some(leaf) = Leaf::new(system, encoded) {
        let raw = leaf.decoded();
        if encoded.starts_with('~') || !must_be_hashed(&raw) {
            return Some(ReadToken { leaf, sent_raw: false });
        }
    }
    let raw = percent_decoded(encoded)?;
    let canonical = percent_encoded(&raw) == encoded || raw == encoded;
    if !canonical || !must_be_hashed(&raw) {
        return None;
    }
    Leaf::new(system, &hashed(&raw)).map(|leaf| ReadToken { leaf, sent_raw: true })
}

/// How an id of a document stands in the subject of a directory event: encoded as a customer id is.
pub(crate) fn document_id(raw: &str) -> String {
    if must_be_hashed(raw) { hashed(raw) } else { percent_encoded(raw) }
}

/// Decodes an id token of a directory subject; `None` if it is malformed. A hash stands for itself.
pub(crate) fn read_document_id(token: &str) -> Option<String> {
    read(&format!("directory:{token}")).map(|read| read.leaf.decoded())
}

/// Whether `id` is what `token`, an id token of a directory subject, stands for.
pub(crate) fn stands_for(token: &str, id: &str) -> bool {
    leaf("directory", id).is_ok_and(|leaf| leaf.encoded() == token || leaf.decoded() == token)
}

fn must_be_hashed(raw: &str) -> bool {
    raw.contains('@') || is_phone_number(raw) || encoded_len(raw) > limits::TOKEN_BYTES
}

/// `+` and 7 or more digits, with nothing between them but what people put there.
fn is_phone_number(raw: &str) -> bool {
    raw.strip_prefix('+').is_some_and(|rest| {
        rest.chars().all(|c| c.is_ascii_digit() || " -./()".contains(c))
            && rest.bytes().filter(u8::is_ascii_digit).count() >= 7
    })
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn encoded_len(raw: &str) -> usize {
    raw.bytes().map(|byte| if is_plain(byte) { 1 } else { 3 }).sum()
}

fn percent_encoded(raw: &str) -> String {
    let mut out = String::with_capacity(encoded_len(raw));
    for byte in raw.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Decodes `%XX` once; `None` if a `%` has no two hex digits after it or the bytes are not UTF-8.
pub(crate) fn percent_decoded(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `~` and the first 20 bytes of the SHA-256 in base32 (RFC 4648, lower case, no padding).
fn hashed(raw: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(raw.as_bytes());
    let mut out = String::from("~");
    for chunk in digest.iter().take(20).collect::<Vec<_>>().chunks(5) {
        let bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(**byte));
        for shift in (0..8).rev() {
            let index = usize::try_from((bits >> (shift * 5)) & 31).unwrap_or_default();
            out.extend(ALPHABET.get(index).map(|byte| char::from(*byte)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(raw: &str) -> String {
        customer_token("crm", raw).unwrap()
    }

    #[test]
    fn plain_ids_stand_as_they_are_and_others_are_encoded() {
        assert_eq!(token("4711"), "crm:4711");
        assert_eq!(token("Caller 2403"), "crm:Caller%202403");
        assert_eq!(token("a.b/ü"), "crm:a%2Eb%2F%C3%BC");
        assert_eq!(token("+12 34"), "crm:%2B12%2034");
        assert_eq!(read("crm:Caller%202403").unwrap().leaf.decoded(), "Caller 2403");
    }

    // base32 of the first 20 bytes of sha256("ana@example.org"), computed with coreutils.
    #[test]
    fn personal_and_long_ids_are_hashed() {
        for raw in
            ["ana@example.org", "+4917012345678", "+49 (170) 123-4567", &"x".repeat(129), &"ü".repeat(22)]
        {
            let token = token(raw);
            assert!(token.starts_with("crm:~") && token.len() == 4 + 33, "{token}");
            assert!(!read(&token).unwrap().sent_raw);
        }
        assert_eq!(token("ana@example.org"), format!("crm:~{}", "q24smcqrltvmrguxhcxsg2lm4os5obcj"));
    }

    #[test]
    fn personal_ids_sent_raw_are_read_as_their_hash() {
        for sent in ["crm:ana@example", "crm:ana%40example"] {
            let read = read(sent).unwrap();
            assert!(read.sent_raw);
            assert_eq!(read.leaf.to_string(), token("ana@example"));
        }
        assert_eq!(
            read(&format!("crm:{}", "x".repeat(200))).unwrap().leaf.to_string(),
            token(&"x".repeat(200))
        );
    }

    #[test]
    fn other_tokens_are_malformed() {
        for token in
            ["crm", "crm:", "CRM:1", ":1", "crm:a b", "crm:%2b", "crm:%41", "crm:%F", "crm:ü", "crm:~short"]
        {
            assert_eq!(read(token), None, "{token}");
        }
    }
}
