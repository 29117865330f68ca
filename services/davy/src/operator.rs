//! In whose name something is done, as a flag.

use clap::Args;
use client::reference;
use proto::v1::{Operator, Person};

/// `--as`, where it matters little.
#[derive(Clone, Debug, Args)]
pub(crate) struct OperatorArgs {
    /// In whose name: a department, and maybe a person of it as <system>:<id>
    #[arg(
        long = "as",
        id = "operator",
        env = "DAVY_AS",
        value_name = "DEPARTMENT[/SYSTEM:ID]",
        default_value = "operations",
        value_parser = operator
    )]
    pub(crate) by: Operator,
}

/// `--as`, where it decides what may be done.
#[derive(Clone, Debug, Args)]
pub(crate) struct RequiredOperatorArgs {
    /// In whose name: the department that published the events, and maybe a person of it as <system>:<id>
    #[arg(
        long = "as",
        id = "operator",
        env = "DAVY_AS",
        value_name = "DEPARTMENT[/SYSTEM:ID]",
        value_parser = operator
    )]
    pub(crate) by: Operator,
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
