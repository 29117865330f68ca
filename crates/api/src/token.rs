//! Page tokens: where a page ended, bound to the request and sealed with a key that replicas share.
//!
//! A token says where to go on, never what may be seen. `page_size` and `min_position` may change between pages.

mod cursor;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use prost::Message;
use sha2::{Digest as _, Sha256};
use tonic::Status;

pub(crate) use cursor::Cursor;

use crate::status;

/// Bytes of the seal: half a SHA-256.
const SEAL: usize = 16;
/// The block of SHA-256, as HMAC pads keys to.
const BLOCK: usize = 64;

/// Seals and opens tokens.
#[derive(Clone)]
pub(crate) struct Tokens {
    inner: [u8; BLOCK],
    outer: [u8; BLOCK],
}

/// What a token is bound to: the method and everything that it was asked.
#[derive(Clone, Copy)]
pub(crate) struct Binding([u8; 32]);

impl Binding {
    /// Of a request whose `page_token`, `page_size` and `min_position` were cleared.
    pub(crate) fn new(method: &str, request: &impl Message) -> Self {
        let digest =
            Sha256::new().chain_update(method).chain_update([0]).chain_update(request.encode_to_vec());
        Self(digest.finalize().into())
    }
}

impl Tokens {
    pub(crate) fn new(key: &[u8]) -> Self {
        let key: [u8; 32] = Sha256::digest(key).into();
        let padded = |pad: u8| {
            let mut block = [pad; BLOCK];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            block
        };
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The token of a page's end; empty where there is no next page.
    pub(crate) fn seal<C: Cursor>(&self, binding: Binding, next: Option<&C>) -> String {
        let Some(cursor) = next else { return String::new() };
        let mut bytes = Vec::new();
        cursor.write(&mut bytes);
        let seal = self.code(binding, &bytes);
        bytes.extend_from_slice(&seal);
        BASE64_URL_SAFE_NO_PAD.encode(&bytes)
    }

    /// Where the page before ended; `None` for the first page.
    pub(crate) fn open<C: Cursor>(&self, binding: Binding, token: &str) -> Result<Option<C>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| status::page_token())?;
        let (cursor, seal) = bytes.split_last_chunk::<SEAL>().ok_or_else(status::page_token)?;
        if self.code(binding, cursor) != *seal {
            return Err(status::page_token());
        }
        C::read(cursor).map(Some).ok_or_else(status::page_token)
    }

    /// HMAC-SHA256, cut to half.
    fn code(&self, binding: Binding, cursor: &[u8]) -> [u8; SEAL] {
        let inner =
            Sha256::new().chain_update(self.inner).chain_update(binding.0).chain_update(cursor).finalize();
        let code = Sha256::new().chain_update(self.outer).chain_update(inner).finalize();
        let mut half = [0; SEAL];
        half.iter_mut().zip(code).for_each(|(to, from)| *to = from);
        half
    }
}

#[cfg(test)]
mod tests {
    use domain::Position;
    use engine::{
        Entry,
        query::{ListCursor, RowKey, TimelineCursor},
    };
    use proto::v1;

    use super::*;

    fn cursor() -> ListCursor {
        let key = RowKey { rank: 2, since: -7, entry: Entry::Quarantined(Position::new(9)) };
        ListCursor { key, made: Some((Position::new(3), "2026-03-02T10:00:00.5Z".parse().unwrap())) }
    }

    fn binding(department: &str) -> Binding {
        let filter = v1::IssueFilter { department: department.to_owned(), ..Default::default() };
        Binding::new("ListIssues", &v1::ListIssuesRequest { filter: Some(filter), ..Default::default() })
    }

    #[test]
    fn a_token_opens_for_its_own_request_and_key_alone() {
        let tokens = Tokens::new(b"secret");
        let token = tokens.seal(binding("sales"), Some(&cursor()));
        assert_eq!(tokens.open(binding("sales"), &token).unwrap(), Some(cursor()));
        assert!(tokens.open::<ListCursor>(binding("support"), &token).is_err());
        assert!(Tokens::new(b"other").open::<ListCursor>(binding("sales"), &token).is_err());
        assert!(
            Tokens::new(b"secret").open::<ListCursor>(binding("sales"), &token).is_ok(),
            "a replica opens it"
        );
    }

    #[test]
    fn no_changed_token_opens() {
        let tokens = Tokens::new(b"secret");
        let token = tokens.seal(binding("sales"), Some(&cursor()));
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let status = tokens.open::<ListCursor>(binding("sales"), &changed).unwrap_err();
            assert_eq!(status.code(), tonic::Code::InvalidArgument);
        }
        for other in [&token[..token.len() - 1], "x", "AAAA", "not a token!"] {
            assert!(tokens.open::<ListCursor>(binding("sales"), other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_token_of_another_sort_of_list_does_not_open() {
        let tokens = Tokens::new(b"secret");
        let token = tokens.seal(binding("sales"), Some(&cursor()));
        assert!(tokens.open::<TimelineCursor>(binding("sales"), &token).is_err());
        assert_eq!(tokens.open::<ListCursor>(binding("sales"), "").unwrap(), None);
        assert_eq!(tokens.seal::<ListCursor>(binding("sales"), None), "");
    }
}
