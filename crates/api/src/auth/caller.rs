//! Who calls, and how that is known.

use domain::{Principal, Role};
use jiff::Timestamp;
use tonic::Status;

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

/// The department that a pager of this process speaks for.
const OPERATIONS: &str = "operations";

/// A caller that is known. Stands in the extensions of every request that a service sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) credential: Credential,
    /// From when on the credential is refused; `None`: never, or not known here.
    pub(crate) expires_at: Option<Timestamp>,
}

impl Caller {
    /// The pager of this process, which never comes to the door.
    ///
    /// # Errors
    /// None that there is.
    pub(crate) fn own_pager() -> Result<Self, Status> {
        let department = OPERATIONS.parse().map_err(|_| Status::internal("name the pager's department"))?;
        let roles = [Role::Pager].into_iter().collect();
        let principal = Principal { name: "own/pager".to_owned(), department, person: None, roles };
        Ok(Self { principal, credential: Credential::Open, expires_at: None })
    }
}
