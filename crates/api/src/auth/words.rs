//! How a principal is written in a header, a file or a claim.

use domain::{Department, Person, Reference, Role, Roles, limits};

pub(super) fn department(text: &str) -> Result<Department, String> {
    text.parse().map_err(|error: domain::ParseDepartmentError| error.to_string())
}

/// `SYSTEM:ID`, the id percent-encoded.
pub(super) fn person(text: &str) -> Result<Person, String> {
    let read = || {
        let (system, id) = text.split_once(':')?;
        person_of(system, &decoded(id)?)
    };
    read().ok_or_else(|| "a person is written SYSTEM:ID, the id percent-encoded".to_owned())
}

/// A person by system and id; `None` if they cannot be one's.
pub(super) fn person_of(system: &str, id: &str) -> Option<Person> {
    let fits = |part: &str| (1..=limits::WORD_BYTES).contains(&part.len());
    let account = Reference { system: system.to_owned(), id: id.to_owned() };
    (fits(system) && fits(id)).then_some(Person { account, name: None })
}

pub(super) fn roles(words: &[String]) -> Result<Roles, String> {
    words
        .iter()
        .map(|word| {
            Role::parse(word).ok_or_else(|| {
                let all = Role::ALL.map(Role::word).join(", ");
                format!("`{}` is no role; there are {all}", word.chars().take(40).collect::<String>())
            })
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            let [high, low] = [digits[0], digits[1]].map(|digit| char::from(digit).to_digit(16));
            bytes.push(u8::try_from(high? * 16 + low?).ok()?);
            rest = after;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}
