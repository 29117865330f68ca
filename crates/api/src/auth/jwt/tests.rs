//! Which JWTs are believed. Keys are made here, so that nothing stands in the tree that looks like a secret.

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::json;

use super::*;

/// An identity provider with one key.
pub(crate) struct Provider {
    id: String,
    key: Ed25519KeyPair,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub(crate) fn new(id: &str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self { id: id.to_owned(), key: Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap() }
    }

    pub(crate) fn keys(&self) -> Value {
        let x = encoded(self.key.public_key());
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": self.id, "use": "sig", "x": x }] })
    }

    /// Signs with this key, whatever the header says.
    pub(crate) fn sign_as(&self, header: &Value, payload: &Value) -> String {
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(payload.to_string()));
        let signature = encoded(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    pub(crate) fn sign(&self, payload: &Value) -> String {
        self.sign_as(&json!({ "alg": "EdDSA", "kid": self.id }), payload)
    }
}

pub(crate) fn claims() -> Claims {
    Claims {
        issuer: "https://id.example".to_owned(),
        audience: "davy".to_owned(),
        department: "davy_department".to_owned(),
        person: "sub".to_owned(),
        person_system: Some("okta".to_owned()),
        roles: "davy_roles".to_owned(),
    }
}

/// Of ana of sales, good from 09:00 to 11:00 on 2026-03-02.
pub(crate) fn payload() -> Value {
    json!({
        "iss": "https://id.example", "aud": ["other", "davy"], "sub": "ana", "davy_department": "sales",
        "davy_roles": ["responder", "viewer"], "nbf": 1_772_442_000, "exp": 1_772_449_200,
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut payload = payload();
    payload[member] = value;
    payload
}

fn at(time: &str) -> Timestamp {
    format!("2026-03-02T{time}Z").parse().unwrap()
}

fn ask(provider: &Provider, token: &str, time: &str) -> Result<Caller, Denied> {
    let keys = Keys::read(provider.keys().to_string().as_bytes()).unwrap();
    Unverified::read(token)?.caller(&keys, &claims(), at(time))
}

#[test]
fn a_good_jwt_names_a_principal() {
    let provider = Provider::new("k1");
    let caller = ask(&provider, &provider.sign(&payload()), "10:00:00").unwrap();
    let Principal { name, department, person, roles } = caller.principal;
    assert_eq!((name.as_str(), department.as_str()), ("jwt/ana", "sales"));
    assert_eq!(person.unwrap().account.to_string(), "okta:ana");
    assert_eq!(roles.iter().collect::<Vec<_>>(), [Role::Responder]);
    assert_eq!(caller.expires_at, Some(at("11:00:00")));

    let nested = with("davy_roles", json!("head other arbiter"));
    let caller = ask(&provider, &provider.sign(&nested), "10:00:00").unwrap();
    assert_eq!(caller.principal.roles.iter().collect::<Vec<_>>(), [Role::Head, Role::Arbiter]);
}

#[test]
fn a_person_is_named_by_text_or_number_and_a_tool_by_nothing() {
    let provider = Provider::new("k1");
    let keys = Keys::read(provider.keys().to_string().as_bytes()).unwrap();
    let claims = Claims { person: "staff_id".to_owned(), ..claims() };
    let person = |payload: Value| {
        let token = provider.sign(&payload);
        let caller = Unverified::read(&token)?.caller(&keys, &claims, at("10:00:00"))?;
        Ok(caller.principal.person.map(|person| person.account.to_string()))
    };
    assert_eq!(person(payload()), Ok(None));
    for id in [json!("7"), json!(7)] {
        assert_eq!(person(with("staff_id", id)), Ok(Some("okta:7".to_owned())));
    }
    for nobody in [json!(""), json!(null), json!(["7"])] {
        assert_eq!(person(with("staff_id", nobody)), Err(Denied::BadClaim("staff_id".to_owned())));
    }
}

#[test]
fn clocks_may_differ_by_a_minute_and_no_more() {
    let provider = Provider::new("k1");
    let token = provider.sign(&payload());
    assert!(ask(&provider, &token, "11:00:59").is_ok());
    assert_eq!(ask(&provider, &token, "11:01:00"), Err(Denied::Expired));
    assert!(ask(&provider, &token, "08:59:00").is_ok());
    assert_eq!(ask(&provider, &token, "08:58:59"), Err(Denied::NotYet));
}

#[test]
fn whatever_is_wrong_is_refused() {
    let (provider, other) = (Provider::new("k1"), Provider::new("k1"));
    let refused = |token: &str| {
        assert!(matches!(ask(&provider, token, "10:00:00"), Err(Denied::BadCredential(_))), "{token}")
    };
    for (member, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(null)),
        ("aud", json!("other")),
        ("aud", json!(null)),
        ("exp", json!("tomorrow")),
        ("exp", json!(null)),
        ("nbf", json!("x")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("davy_department", json!("Sales!")),
        ("davy_department", json!(null)),
    ] {
        refused(&provider.sign(&with(member, value)));
    }
    // Another key of the same name, and a name that no key has.
    refused(&other.sign(&payload()));
    refused(&provider.sign_as(&json!({ "alg": "EdDSA", "kid": "k2" }), &payload()));
    // No signature, and algorithms that are not taken or not those of the key.
    for alg in ["none", "None", "NONE", "HS256", "RS512", "ES256", "RS256", ""] {
        let token = provider.sign_as(&json!({ "alg": alg, "kid": "k1" }), &payload());
        refused(&token);
        refused(token.rsplit_once('.').unwrap().0);
        refused(&format!("{}.", token.rsplit_once('.').unwrap().0));
    }
    refused(&provider.sign_as(&json!({ "alg": "EdDSA", "kid": "k1", "crit": ["b64"] }), &payload()));
    // A payload that was changed after it was signed.
    let token = provider.sign(&payload());
    let parts: Vec<_> = token.split('.').collect();
    let bent = encoded(with("davy_roles", json!(["admin"])).to_string());
    refused(&format!("{}.{bent}.{}", parts[0], parts[2]));
    for odd in ["", ".", "..", "...", "a.b.c", "\u{e9}.x.y", &"x".repeat(BYTES + 1)] {
        refused(odd);
    }
}

#[test]
fn es256_is_verified_too_and_keys_of_other_kinds_are_left_out() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let point = key.public_key().as_ref();
    let (x, y) = (encoded(&point[1..33]), encoded(&point[33..]));
    let keys = json!({ "keys": [
        { "kty": "oct", "k": "c2VjcmV0" },
        { "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "enc" },
        { "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256" },
    ]});
    let signed = format!("{}.{}", encoded(r#"{"alg":"ES256"}"#), encoded(payload().to_string()));
    let signature = encoded(key.sign(&random, signed.as_bytes()).unwrap());
    let keys = Keys::read(keys.to_string().as_bytes()).unwrap();
    let token = format!("{signed}.{signature}");
    let caller = Unverified::read(&token).unwrap().caller(&keys, &claims(), at("10:00:00")).unwrap();
    assert_eq!(caller.principal.name, "jwt/ana");
    assert!(Keys::read(br#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#).is_err());
}
