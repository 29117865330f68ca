//! An identity provider: a key of its own, and JWTs signed with it or made to deceive.

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

/// With one Ed25519 key, drawn anew, so that nothing stands in the tree that looks like a secret.
#[derive(Debug)]
pub struct Provider {
    key: Ed25519KeyPair,
    id: String,
}

impl Provider {
    /// With a key of this id.
    ///
    /// # Errors
    /// If none can be drawn.
    pub fn new(id: &str) -> anyhow::Result<Self> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok().context("draw a key")?;
        let key = Ed25519KeyPair::from_pkcs8(document.as_ref()).ok().context("read the key")?;
        Ok(Self { key, id: id.to_owned() })
    }

    /// Its JWKS document.
    pub fn keys(&self) -> String {
        let x = encoded(self.key.public_key());
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": self.id, "use": "sig", "x": x }] })
            .to_string()
    }

    /// A JWT of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.id });
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = encoded(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// A JWT that says of itself that nobody signed it.
pub fn unsigned(claims: &Value) -> String {
    let header = json!({ "alg": "none" });
    format!("{}.{}.", encoded(header.to_string()), encoded(claims.to_string()))
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
