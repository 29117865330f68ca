//! Tokens of answer links: each is the right to answer one ping, and says whose answer it is.
//!
//! A ping's id and a seal over it, by a key that is derived from the one that replicas share, so that any of them knows a link
//! of another one. Deliberately absent: what an answer does (`domain::decide`), and whether it is still in time.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::PingId;
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// Bytes of the seal: half of an HMAC-SHA256.
const SEAL: usize = 16;
/// What the key is for: nothing else that the shared key seals can be mistaken for a link.
const LABEL: &[u8] = b"davy answer links 1";

/// Makes and opens them.
pub(crate) struct AnswerTokens(hmac::Key);

impl AnswerTokens {
    pub(crate) fn new(shared_key: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, shared_key);
        let derived = hmac::sign(&root, LABEL);
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The token of a ping: 43 characters that need no escape in an address.
    pub(crate) fn seal(&self, ping: PingId) -> String {
        let mut bytes = ping.to_bytes().to_vec();
        bytes.extend_from_slice(&self.code(ping));
        BASE64_URL_SAFE_NO_PAD.encode(&bytes)
    }

    /// The ping of a token; `None` if it is none of ours.
    pub(crate) fn open(&self, token: &str) -> Option<PingId> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, seal) = bytes.split_last_chunk::<SEAL>()?;
        let ping = PingId::from_bytes(id.try_into().ok()?);
        bool::from(self.code(ping).ct_eq(seal)).then_some(ping)
    }

    fn code(&self, ping: PingId) -> [u8; SEAL] {
        let whole = hmac::sign(&self.0, &ping.to_bytes());
        let mut half = [0; SEAL];
        half.iter_mut().zip(whole.as_ref()).for_each(|(to, from)| *to = *from);
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_as_it_was_sealed_and_no_other_way() {
        let (tokens, ping) = (AnswerTokens::new(b"key"), PingId::from_bytes([7; 16]));
        let token = tokens.seal(ping);
        assert_eq!(token.len(), 43);
        assert_eq!(AnswerTokens::new(b"key").open(&token), Some(ping), "a replica opens it");
        assert_eq!(AnswerTokens::new(b"other").open(&token), None);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.open(str::from_utf8(&changed).unwrap()), None, "{at}");
        }
        for odd in ["", "x", "AAAA", &token[..42], &format!("{token}A")] {
            assert_eq!(tokens.open(odd), None, "{odd}");
        }
    }
}
