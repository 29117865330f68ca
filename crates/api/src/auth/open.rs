//! Open mode: without authentication whoever calls may do everything, and says who it is.

use domain::{Principal, Roles};

use super::{
    Caller, Credential,
    denied::Denied,
    words::{department, person},
};

/// The header in which a caller says who it is: `DEPARTMENT[/SYSTEM:ID]`, the id percent-encoded.
pub(super) const AS: &str = "davy-as";

/// Whoever says nothing.
const DEFAULT: &str = "operations";

/// The caller that the header names.
pub(super) fn caller(said: Option<&[u8]>) -> Result<Caller, Denied> {
    let said = said.map_or(Some(DEFAULT), |said| str::from_utf8(said).ok());
    let principal = said.and_then(read).ok_or(Denied::NamesNobody)?;
    Ok(Caller { principal, credential: Credential::Open, expires_at: None })
}

fn read(said: &str) -> Option<Principal> {
    let (named, whom) = match said.split_once('/') {
        Some((named, whom)) => (named, Some(person(whom).ok()?)),
        None => (said, None),
    };
    let department = department(named).ok()?;
    Some(Principal { name: format!("open/{said}"), department, person: whom, roles: Roles::all() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_says_who_it_is() {
        let nobody = caller(None).unwrap().principal;
        assert_eq!((nobody.name.as_str(), nobody.department.as_str()), ("open/operations", "operations"));
        assert_eq!(nobody.roles, Roles::all());
        let mia = caller(Some(b"support/zendesk:mia%20l")).unwrap().principal;
        assert_eq!(mia.name, "open/support/zendesk:mia%20l");
        assert_eq!(mia.person.unwrap().account.to_string(), "zendesk:mia l");
        let odd = [
            "",
            "Support",
            "/zendesk:mia",
            "support/",
            "support/mia",
            "support/:mia",
            "support/z:%4",
            "a/z:%ff",
        ];
        for odd in odd {
            assert!(caller(Some(odd.as_bytes())).is_err(), "{odd}");
        }
        assert!(caller(Some(&[0xff, 0xfe])).is_err());
    }
}
