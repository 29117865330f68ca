//! Tokens of answer links: each is the right to answer one ping, and says whose answer it is.
//!
//! A ping's id, that of its issue, and a seal over both, by a key that is derived from the one that replicas share, so that any
//! of them knows a link of another one. The issue is there for the day when it keeps the ping no more: whoever opens the link then
//! is told what is true of it. Links of before have no issue, and open as ever. Deliberately absent: what an answer does (`domain::decide`), and whether it is still in time.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{IssueId, PingId};
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// Bytes of the seal: half of an HMAC-SHA256.
const SEAL: usize = 16;
/// Bytes of an id.
const ID: usize = 16;
/// What the key is for: nothing else that the shared key seals can be mistaken for a link.
const LABEL: &[u8] = b"davy answer links 1";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) ping: PingId,
    /// The ping's; `None` in links of before.
    pub(crate) issue: Option<IssueId>,
}

/// Makes and opens them.
pub(crate) struct AnswerTokens(hmac::Key);

impl AnswerTokens {
    pub(crate) fn new(shared_key: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, shared_key);
        let derived = hmac::sign(&root, LABEL);
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The token of an issue's ping: 64 characters that need no escape in an address.
    pub(crate) fn seal(&self, ping: PingId, issue: IssueId) -> String {
        let mut bytes = [ping.to_bytes(), issue.to_bytes()].concat();
        let code = self.code(&bytes);
        bytes.extend_from_slice(&code);
        BASE64_URL_SAFE_NO_PAD.encode(&bytes)
    }

    /// What a token is for; `None` if it is none of ours.
    pub(crate) fn open(&self, token: &str) -> Option<Link> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (ids, seal) = bytes.split_last_chunk::<SEAL>()?;
        let (ping, issue) = ids.split_first_chunk::<ID>()?;
        let issue = if issue.is_empty() { None } else { Some(IssueId::from_bytes(issue.try_into().ok()?)) };
        let link = Link { ping: PingId::from_bytes(*ping), issue };
        bool::from(self.code(ids).ct_eq(seal)).then_some(link)
    }

    fn code(&self, ids: &[u8]) -> [u8; SEAL] {
        let whole = hmac::sign(&self.0, ids);
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
        let (ping, issue) = (PingId::from_bytes([7; 16]), IssueId::from_bytes([9; 16]));
        let tokens = AnswerTokens::new(b"key");
        let token = tokens.seal(ping, issue);
        assert_eq!(token.len(), 64);
        let link = Link { ping, issue: Some(issue) };
        assert_eq!(AnswerTokens::new(b"key").open(&token), Some(link), "a replica opens it");
        assert_eq!(AnswerTokens::new(b"other").open(&token), None);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.open(str::from_utf8(&changed).unwrap()), None, "{at}");
        }
        for odd in ["", "x", "AAAA", &token[..42], &token[..43], &token[..63], &format!("{token}A")] {
            assert_eq!(tokens.open(odd), None, "{odd}");
        }
        // As links were sealed before they told of their issue: mails of then are still lying about.
        let before = "BwcHBwcHBwcHBwcHBwcHB4FKdixG7lYuBl48dEZpit4";
        assert_eq!(tokens.open(before), Some(Link { ping, issue: None }));
    }
}
