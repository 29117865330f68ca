//! Bearer tokens, `davy_<id>_<secret>`, and the file that lists them. Of a secret only its SHA-256 is kept.
//!
//! Deliberately absent: reading, writing and watching the file, and chance, which are `app`'s.

use std::{collections::HashMap, fmt};

use domain::{Principal, Role, Roles};
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{
    Caller, Credential,
    denied::Denied,
    file::{AccessFileError, parse},
    words,
};

/// What a token begins with, so that scanners of leaked secrets find it.
pub(super) const PREFIX: &str = "davy_";
/// Tokens of a file at most.
const TOKENS: usize = 10_000;
/// Holders of a role that a refusal names at most.
const HOLDERS: usize = 5;
/// What the file begins with.
const HEADER: &str =
    "# Written by `davy token`. Holds no secret: a token's is shown once, when it is created.\n\n";

/// The file: every token that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenFile {
    /// In the order of their making.
    #[serde(default, rename = "token")]
    pub tokens: Vec<TokenEntry>,
}

/// One token of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEntry {
    /// What people call it; unique. Its principal is `token/<name>`.
    pub name: String,
    /// The part of the token that tells it from others; no secret.
    pub id: String,
    /// Of the secret part, in hexadecimal.
    pub sha256: String,
    /// For which department it speaks.
    pub department: String,
    /// For whom, as `SYSTEM:ID`; absent for a tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it may do.
    pub roles: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// A token's two parts as they were drawn; 10 and 32 bytes of chance.
pub struct Drawn {
    /// Tells it from others.
    pub id: [u8; 10],
    /// Known to its holder alone.
    pub secret: [u8; 32],
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawn")
    }
}

impl Drawn {
    /// From the operating system; `None` where it has no chance to give.
    pub fn draw() -> Option<Self> {
        let (mut id, mut secret) = ([0; 10], [0; 32]);
        let random = SystemRandom::new();
        random.fill(&mut id).and_then(|()| random.fill(&mut secret)).ok()?;
        Some(Self { id, secret })
    }

    /// The token and what is kept of it: its id, and the digest of its secret.
    pub fn into_token(self) -> (String, String, String) {
        let Self { id, secret } = self;
        let (id, secret) = (hex(&id), hex(&secret));
        let kept = hex(&Sha256::digest(&secret));
        (format!("{PREFIX}{id}_{secret}"), id, kept)
    }
}

impl TokenFile {
    /// Reads the file.
    ///
    /// # Errors
    /// With the first mistake, its line and what is expected there.
    pub fn parse(text: &str) -> Result<Self, AccessFileError> {
        let file: Self = parse(text)?;
        Tokens::new(&file)?;
        Ok(file)
    }

    /// The file.
    ///
    /// # Errors
    /// None for what [`parse`](Self::parse) takes.
    pub fn text(&self) -> Result<String, AccessFileError> {
        let told = toml::to_string(self).map_err(|error| AccessFileError::whole(&error.to_string()))?;
        Ok(format!("{HEADER}{told}"))
    }
}

/// The tokens of a file, by id.
#[derive(Debug, Default)]
pub(super) struct Tokens(HashMap<String, Known>);

#[derive(Debug)]
struct Known {
    digest: [u8; 32],
    principal: Principal,
    expires: Option<Timestamp>,
}

impl Tokens {
    pub(super) fn new(file: &TokenFile) -> Result<Self, AccessFileError> {
        if file.tokens.len() > TOKENS {
            return Err(AccessFileError::whole(&format!("it has more than {TOKENS} tokens; revoke some")));
        }
        let mut tokens = HashMap::with_capacity(file.tokens.len());
        let mut names = std::collections::HashSet::new();
        for entry in &file.tokens {
            let wrong = |what: &str| AccessFileError::entry(&entry.name, what);
            if !names.insert(&entry.name) {
                return Err(wrong("there are two of this name"));
            }
            if tokens.insert(entry.id.clone(), known(entry).map_err(|what| wrong(&what))?).is_some() {
                return Err(wrong("another token has the same id"));
            }
        }
        Ok(Self(tokens))
    }

    /// The names of some who have one of the roles.
    pub(super) fn holders(&self, roles: &[Role], now: Timestamp) -> Vec<String> {
        let has = |known: &&Known| {
            let is_good = known.expires.is_none_or(|expires| expires > now);
            is_good && roles.iter().any(|role| known.principal.roles.has(*role))
        };
        let mut names: Vec<_> =
            self.0.values().filter(has).map(|known| known.principal.name.clone()).collect();
        names.sort();
        names.truncate(HOLDERS);
        names
    }

    /// Whose token it is; `token` without [`PREFIX`].
    pub(super) fn caller(&self, token: &str, now: Timestamp) -> Result<Caller, Denied> {
        const WRONG: Denied = Denied::BadCredential("the token is not known here; it may have been revoked");
        let (id, secret) = token.split_once('_').ok_or(WRONG)?;
        let known = self.0.get(id).ok_or(WRONG)?;
        let digest: [u8; 32] = Sha256::digest(secret).into();
        if !bool::from(digest.ct_eq(&known.digest)) {
            return Err(WRONG);
        }
        if known.expires.is_some_and(|expires| expires <= now) {
            return Err(Denied::Expired);
        }
        let (principal, expires_at) = (known.principal.clone(), known.expires);
        Ok(Caller { principal, credential: Credential::Token, expires_at })
    }
}

fn known(entry: &TokenEntry) -> Result<Known, String> {
    let TokenEntry { name, id, sha256, department, person, roles, created: _, expires } = entry;
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("its id is none that `davy token create` makes".to_owned());
    }
    let digest = unhex(sha256).ok_or("sha256 is 64 hexadecimal digits")?;
    let principal = principal("token", name, department, person.as_deref(), roles)?;
    Ok(Known { digest, principal, expires: *expires })
}

/// The principal of an entry of a file.
pub(super) fn principal(
    kind: &str,
    name: &str,
    department: &str,
    person: Option<&str>,
    roles: &[String],
) -> Result<Principal, String> {
    let slug = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
    if !(1..=64).contains(&name.len()) || !name.bytes().all(slug) {
        return Err("a name is 1 to 64 of letters, digits, and -_.@".to_owned());
    }
    let roles: Roles = words::roles(roles)?;
    let department = words::department(department)?;
    let person = person.map(words::person).transpose()?;
    Ok(Principal { name: format!("{kind}/{name}"), department, person, roles })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn made() -> (String, TokenFile) {
        let (token, id, sha256) = Drawn { id: [7; 10], secret: [9; 32] }.into_token();
        let entry = TokenEntry {
            name: "crm-sales".to_owned(),
            id,
            sha256,
            department: "sales".to_owned(),
            person: Some("crm:ana".to_owned()),
            roles: vec!["publisher".to_owned(), "responder".to_owned()],
            created: at("2026-03-02T10:00:00Z"),
            expires: Some(at("2026-06-01T00:00:00Z")),
        };
        (token, TokenFile { tokens: vec![entry] })
    }

    #[test]
    fn only_the_whole_token_is_its_holder_and_only_until_it_expires() {
        let (token, file) = made();
        let tokens = Tokens::new(&TokenFile::parse(&file.text().unwrap()).unwrap()).unwrap();
        let sent = token.strip_prefix(PREFIX).unwrap();
        let caller = tokens.caller(sent, at("2026-03-02T10:00:00Z")).unwrap();
        assert_eq!(caller.principal.name, "token/crm-sales");
        assert_eq!(caller.principal.person.unwrap().account.to_string(), "crm:ana");
        assert_eq!(tokens.caller(sent, at("2026-06-01T00:00:00Z")), Err(Denied::Expired));
        let id = sent.split_once('_').unwrap().0;
        for wrong in [
            "",
            "_",
            id,
            &format!("{id}_"),
            &format!("{id}_00"),
            &sent[..sent.len() - 1],
            &format!("{sent}0"),
        ] {
            assert!(
                matches!(tokens.caller(wrong, at("2026-03-02T10:00:00Z")), Err(Denied::BadCredential(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_file_holds_no_secret_and_neither_does_what_is_printed_of_it() {
        let (token, file) = made();
        let secret = token.rsplit_once('_').unwrap().1;
        assert!(!file.text().unwrap().contains(secret));
        assert!(!format!("{file:?} {:?}", Tokens::new(&file).unwrap()).contains(secret));
        assert!(!format!("{:?}", Drawn { id: [7; 10], secret: [9; 32] }).contains("09"));
    }

    #[test]
    fn a_mistake_names_its_token_and_says_what_is_expected() {
        let (_, file) = made();
        let text = file.text().unwrap();
        for (from, to, told) in [
            ("\"responder\"", "\"boss\"", "crm-sales: `boss` is no role"),
            ("\"sales\"", "\"Sales\"", "crm-sales: `Sales` is not a department"),
            ("\"crm:ana\"", "\"ana\"", "crm-sales: a person is written SYSTEM:ID"),
            ("created", "made", "line 10"),
        ] {
            let error = TokenFile::parse(&text.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
