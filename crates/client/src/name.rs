//! Names of issues and people as they stand on a command line: a Davy id, or `<system>:<percent-encoded id>`.

use proto::v1::{IssueName, Reference, issue_name::Name};
use uuid::Uuid;

/// A text that names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Neither a UUID nor a reference.
    #[error("`{0}` names no issue; give its id or <system>:<id>, such as zendesk:55")]
    NoName(String),
    /// A `%` that is not followed by two hexadecimal digits, or bytes that are no UTF-8.
    #[error("the id in `{0}` is not percent-encoded; write % as %25")]
    Encoding(String),
}

/// The issue that a text names: by its id, or by its id in a tool.
///
/// # Errors
/// If it is neither.
///
/// ```
/// use davy_client::{issue_name, v1::issue_name::Name};
///
/// let name = issue_name("servicenow:INC%2045").unwrap().name;
/// assert!(matches!(name, Some(Name::Reference(reference)) if reference.id == "INC 45"));
/// ```
pub fn issue_name(text: &str) -> Result<IssueName, NameError> {
    let name = match Uuid::try_parse(text) {
        Ok(id) => Name::Id(id.to_string()),
        Err(_) => Name::Reference(reference(text)?),
    };
    Ok(IssueName { name: Some(name) })
}

/// `<system>:<percent-encoded id>`, decoded.
///
/// # Errors
/// If the text has no system, no id, or is badly encoded.
pub fn reference(text: &str) -> Result<Reference, NameError> {
    let (system, id) = text
        .split_once(':')
        .filter(|(system, id)| !system.is_empty() && !id.is_empty())
        .ok_or_else(|| NameError::NoName(text.to_owned()))?;
    let id = decoded(id).ok_or_else(|| NameError::Encoding(text.to_owned()))?;
    Ok(Reference { system: system.to_owned(), id })
}

/// A reference in the form that [`issue_name`] reads, for people: only what must be encoded is.
pub fn shown_reference(reference: &Reference) -> String {
    let mut out = format!("{}:", reference.system);
    for letter in reference.id.chars() {
        if letter == '%' || letter.is_whitespace() || letter.is_control() {
            let mut bytes = [0; 4];
            out.extend(letter.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            out.push(letter);
        }
    }
    out
}

fn decoded(encoded: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_references_are_read_back() {
        for id in ["55", "INC 45", "100%", "ü/a.b:c", "new\nline"] {
            let reference = Reference { system: "zendesk".to_owned(), id: id.to_owned() };
            assert_eq!(super::reference(&shown_reference(&reference)), Ok(reference));
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "55", ":55", "zendesk:", "zendesk:%4"] {
            assert!(issue_name(text).is_err(), "{text}");
        }
        let id = "03EF809F-94B2-5EEE-9BD2-9C2A8198024C";
        assert_eq!(issue_name(id).unwrap().name, Some(Name::Id(id.to_lowercase())));
    }
}
