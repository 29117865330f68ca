//! Who calls, and how that is known.

use domain::Principal;
use jiff::Timestamp;

/// How a caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// By a bearer token of Davy's own.
    Token,
    /// By a JWT of the identity provider.
    Jwt,
    /// By the client certificate of its connection.
    Certificate,
    /// Not at all: there is no authentication here.
    Open,
}

impl Credential {
    /// The word that users see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Jwt => "jwt",
            Self::Certificate => "certificate",
            Self::Open => "open",
        }
    }
}

/// A caller that is known. Stands in the extensions of every request that a service sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) credential: Credential,
    /// From when on the credential is refused; `None`: never, or not known here.
    pub(crate) expires_at: Option<Timestamp>,
}
