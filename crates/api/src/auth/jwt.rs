//! JWTs: a compact JWS (RFC 7515) whose claims (RFC 7519) name a principal.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Person, Principal, Role, Roles};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Caller, Credential,
    denied::Denied,
    jwk::{Algorithm, Keys},
    words,
};

/// Bytes of a JWT at most.
const BYTES: usize = 8 * 1024;
/// By so much the clocks of the provider and of this machine may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What is asked of a JWT, and which of its claims say who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `iss` must be this.
    pub issuer: String,
    /// `aud` must be or contain this.
    pub audience: String,
    /// The claim that has the department.
    pub department: String,
    /// The claim that has the person's id. Whoever has none is a tool.
    pub person: String,
    /// The system whose id that is; where there is none, the department stands for it.
    pub person_system: Option<String>,
    /// The claim that has the roles: a list, or words with spaces between. A dot leads into an object.
    pub roles: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A JWT whose form is right and of which nothing is believed yet.
pub(super) struct Unverified<'a> {
    pub(super) key: Option<String>,
    pub(super) algorithm: Algorithm,
    signed: &'a str,
    signature: Vec<u8>,
    payload: &'a str,
}

const FORM: Denied = Denied::BadCredential("the token is neither one of Davy's nor a JWT");

impl<'a> Unverified<'a> {
    pub(super) fn read(token: &'a str) -> Result<Self, Denied> {
        if token.len() > BYTES {
            return Err(Denied::BadCredential("the token is too long"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(FORM)?;
        let (header, payload) = signed.split_once('.').ok_or(FORM)?;
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| FORM)?;
        if header.crit.is_some() {
            return Err(Denied::BadCredential("the JWT wants something understood that is not"));
        }
        let algorithm = Algorithm::parse(&header.alg)
            .ok_or(Denied::BadCredential("the JWT is not signed with EdDSA, ES256 or RS256"))?;
        Ok(Self { key: header.kid, algorithm, signed, signature: bytes(signature)?, payload })
    }

    /// Whether there is a key that may have signed it.
    pub(super) fn has_key(&self, keys: &Keys) -> bool {
        keys.have(self.key.as_deref(), self.algorithm)
    }

    /// Who calls, if a key signed it and the claims hold at `now`.
    pub(super) fn caller(&self, keys: &Keys, claims: &Claims, now: Timestamp) -> Result<Caller, Denied> {
        let signed = self.signed.as_bytes();
        if !keys.signed(self.key.as_deref(), self.algorithm, signed, &self.signature) {
            return Err(Denied::BadCredential("no key of the identity provider signed the JWT"));
        }
        let payload: Value = serde_json::from_slice(&bytes(self.payload)?).map_err(|_| FORM)?;
        let expires_at = claims.check(&payload, now)?;
        let principal = claims.principal(&payload)?;
        Ok(Caller { principal, credential: Credential::Jwt, expires_at: Some(expires_at) })
    }
}

impl Claims {
    fn check(&self, payload: &Value, now: Timestamp) -> Result<Timestamp, Denied> {
        if payload.get("iss").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(Denied::BadCredential("the JWT is of another issuer"));
        }
        let is_ours = |audience: &Value| audience.as_str() == Some(&self.audience);
        let meant = match payload.get("aud") {
            Some(Value::Array(all)) => all.iter().any(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        if !meant {
            return Err(Denied::BadCredential("the JWT is meant for another audience"));
        }
        let expires = instant(payload.get("exp")).ok_or(Denied::BadCredential("the JWT has no expiry"))?;
        if now >= later(expires) {
            return Err(Denied::Expired);
        }
        match payload.get("nbf") {
            None => Ok(expires),
            Some(sent) => match instant(Some(sent)) {
                Some(begins) if begins <= later(now) => Ok(expires),
                Some(_) => Err(Denied::NotYet),
                None => Err(Denied::BadCredential("the claim nbf of the JWT is no time")),
            },
        }
    }

    fn principal(&self, payload: &Value) -> Result<Principal, Denied> {
        let subject = payload.get("sub").and_then(Value::as_str).filter(|it| (1..=255).contains(&it.len()));
        let subject = subject.ok_or(Denied::BadCredential("the JWT has no subject"))?;
        let department = claim(payload, &self.department).and_then(Value::as_str);
        let department = department
            .and_then(|text| words::department(text).ok())
            .ok_or(Denied::BadCredential("the JWT names no department, or what cannot be one"))?;
        let system = self.person_system.as_deref().unwrap_or_else(|| department.as_str());
        let person = claim(payload, &self.person)
            .map(|sent| person(system, sent).ok_or_else(|| Denied::BadClaim(self.person.clone())));
        let person = person.transpose()?;
        let roles = claim(payload, &self.roles).map_or_else(Roles::default, roles);
        Ok(Principal { name: format!("jwt/{subject}"), department, person, roles })
    }
}

/// Many providers number people.
fn person(system: &str, sent: &Value) -> Option<Person> {
    match sent {
        Value::String(id) => words::person_of(system, id),
        Value::Number(id) => words::person_of(system, &id.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Words that are no role of Davy's are another service's.
fn roles(sent: &Value) -> Roles {
    match sent {
        Value::Array(all) => all.iter().filter_map(Value::as_str).filter_map(Role::parse).collect(),
        Value::String(words) => words.split_whitespace().filter_map(Role::parse).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Roles::default(),
    }
}

/// By its whole name, which may be a URL, or else step by step into objects.
fn claim<'a>(payload: &'a Value, name: &str) -> Option<&'a Value> {
    payload.get(name).or_else(|| name.split('.').try_fold(payload, |value, part| value.get(part)))
}

/// Seconds since 1970, which may have a fraction.
fn instant(sent: Option<&Value>) -> Option<Timestamp> {
    let sent = sent?;
    let seconds = match sent.as_i64() {
        Some(seconds) => SignedDuration::from_secs(seconds),
        None => SignedDuration::try_from_secs_f64(sent.as_f64()?).ok()?,
    };
    Timestamp::from_duration(seconds).ok()
}

fn later(time: Timestamp) -> Timestamp {
    time.checked_add(LEEWAY).unwrap_or(Timestamp::MAX)
}

fn bytes(part: &str) -> Result<Vec<u8>, Denied> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| FORM)
}

#[cfg(test)]
pub(crate) mod tests;
