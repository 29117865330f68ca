//! The credential of programs that know a name and a password alone.
//!
//! The password is the token, and the name may be any. For calendars only: a browser remembers a password and sends it with
//! whatever a page makes it ask, and what calendars answer no page elsewhere can read.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// What a client without a credential is told to send.
pub(super) const CHALLENGE: &str = "Basic realm=\"Davy\", charset=\"UTF-8\"";

/// Makes a password the bearer token that every RPC takes. What is no password is left as it is, and refused by whoever
/// reads it.
pub(super) fn to_bearer(headers: &mut HeaderMap) {
    if let Some(bearer) = headers.get(header::AUTHORIZATION).and_then(bearer) {
        headers.insert(header::AUTHORIZATION, bearer);
    }
}

fn bearer(sent: &HeaderValue) -> Option<HeaderValue> {
    let (scheme, credentials) = sent.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (_, password) = decoded.split_once(':')?;
    let mut bearer = HeaderValue::try_from(format!("Bearer {password}")).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(sent: &str) -> String {
        let mut headers = HeaderMap::from_iter([(header::AUTHORIZATION, sent.parse().unwrap())]);
        to_bearer(&mut headers);
        headers[header::AUTHORIZATION].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_password_is_a_token_and_everything_else_stays_what_it_is() {
        let basic = |pair: &str| format!("basic {}", BASE64_STANDARD.encode(pair));
        assert_eq!(becomes(&basic("mia:davy_abc:d")), "Bearer davy_abc:d");
        assert_eq!(becomes(&basic(":t")), "Bearer t");
        for other in ["Bearer t", "Basic", "Basic ???", &basic("no password"), &basic("x:\n")] {
            assert_eq!(becomes(other), *other);
        }
    }
}
