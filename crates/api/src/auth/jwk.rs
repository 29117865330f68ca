//! Public keys of an identity provider, as a JSON Web Key Set lists them (RFC 7517, RFC 8037).
//!
//! Verified with `ring` directly, which is linked already: three algorithms over one call each are less than a library with
//! a provider of cryptography of our own.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// Keys of a set at most.
const KEYS: usize = 64;

/// The algorithms that are taken: EdDSA, ES256 and RS256, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    EdDsa,
    Es256,
    Rs256,
}

impl Algorithm {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "EdDSA" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Material {
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// An uncompressed point.
    P256(Vec<u8>),
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    material: Material,
}

/// A set of keys. Those of kinds that are not taken here are left out.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Deserialize)]
struct Sent {
    keys: Vec<SentKey>,
}

#[derive(Deserialize)]
struct SentKey {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Keys {
    /// Reads a set; at least one key of it must be of use.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let sent: Sent = serde_json::from_slice(text).map_err(|error| format!("it is no JWKS: {error}"))?;
        let keys: Vec<_> = sent.keys.into_iter().take(KEYS).filter_map(key).collect();
        if keys.is_empty() {
            Err("it has no key for EdDSA, ES256 or RS256".to_owned())
        } else {
            Ok(Self(keys))
        }
    }

    /// Whether there is a key that may have signed what names this one.
    pub(super) fn have(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        self.candidates(id, algorithm).next().is_some()
    }

    /// Whether one of the keys that are meant signed the message.
    pub(super) fn signed(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.candidates(id, algorithm).any(|key| key.material.signed(message, signature))
    }

    fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| {
            key.material.algorithm() == algorithm && (id.is_none() || key.id.as_deref() == id)
        })
    }
}

impl Material {
    const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::P256(_) => Algorithm::Es256,
            Self::Rsa(_, _) => Algorithm::Rs256,
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::P256(key) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(message, signature)
            }
            Self::Rsa(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.is_ok()
    }
}

fn key(sent: SentKey) -> Option<Key> {
    let SentKey { kty, purpose, alg, kid, crv, x, y, n, e } = sent;
    let bytes = |text: Option<String>| BASE64_URL_SAFE_NO_PAD.decode(text?).ok();
    let material = match (kty.as_str(), crv.as_deref()) {
        ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(x)?),
        ("EC", Some("P-256")) => Material::P256([vec![4], bytes(x)?, bytes(y)?].concat()),
        ("RSA", None) => Material::Rsa(bytes(n)?, bytes(e)?),
        _ => return None,
    };
    let signs = purpose.is_none_or(|purpose| purpose == "sig");
    let agrees = alg.is_none_or(|alg| Algorithm::parse(&alg) == Some(material.algorithm()));
    (signs && agrees).then_some(Key { id: kid, material })
}
