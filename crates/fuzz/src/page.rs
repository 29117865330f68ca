//! Page tokens.

use api::testing::PageTokens;

/// Any token: nobody but Davy makes one that opens, whatever list it is handed to. And whatever bytes a list could end at, the
/// token of that end leads there again.
pub fn page_token(data: &[u8]) {
    let tokens = PageTokens::new(b"shared by replicas");
    let sent = String::from_utf8_lossy(data);
    assert_eq!(tokens.opened(&sent), 0, "a token that was not sealed opens: {sent}");
    for (token, again) in tokens.sealed(data) {
        assert_eq!(token, again, "a token leads elsewhere than it was made for");
        assert_eq!(tokens.opened(&token), 1, "a token opens another sort of list too: {token}");
        assert_eq!(PageTokens::new(b"of others").opened(&token), 0, "another's key opens it");
    }
}
