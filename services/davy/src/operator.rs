//! In whose name something is done, as `--as` has it.

use client::reference;
use proto::v1::{Operator, Person};

/// What was said, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Speaker {
    /// `DEPARTMENT[/SYSTEM:ID]`, as it goes into a header.
    pub(crate) text: String,
    pub(crate) by: Operator,
}

/// Reads `--as`.
pub(crate) fn speaker(text: &str) -> Result<Speaker, String> {
    operator(text).map(|by| Speaker { text: text.to_owned(), by })
}

fn operator(text: &str) -> Result<Operator, String> {
    let (department, person) = match text.split_once('/') {
        Some((department, person)) => (department, Some(person)),
        None => (text, None),
    };
    let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=32).contains(&department.len()) || !department.bytes().all(slug) {
        return Err("a department is 1 to 32 of a-z, 0-9 and -".to_owned());
    }
    let named = |text: &str| {
        let person = reference(text).map_err(|_| format!("`{text}` names nobody; write <system>:<id>"))?;
        Ok::<_, String>(Person { system: person.system, id: person.id, name: String::new() })
    };
    Ok(Operator { department: department.to_owned(), person: person.map(named).transpose()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_and_maybe_a_person_are_read() {
        let person = Person { system: "zendesk".into(), id: "mia l".into(), name: String::new() };
        let cases = [
            ("support", Operator { department: "support".into(), person: None }),
            ("support/zendesk:mia%20l", Operator { department: "support".into(), person: Some(person) }),
        ];
        for (text, expected) in cases {
            assert_eq!(operator(text), Ok(expected));
        }
        for text in ["", "Support", "/zendesk:mia", "support/", "support/mia", "support/:mia"] {
            assert!(operator(text).is_err(), "{text}");
        }
    }
}
