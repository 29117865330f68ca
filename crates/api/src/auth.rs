//! Who calls, and what they may: every request passes here before a service sees it.
//!
//! Owns: reading credentials, the table of which RPC takes which role, limits per principal, and what is hidden of a
//! restricted issue. Deliberately absent: what a command may do to one issue, which depends on the state and is
//! decided where commands are (`domain`).

mod access;
mod caller;
mod certificate;
mod denied;
mod der;
mod fetch;
mod file;
mod guard;
mod jwk;
mod jwt;
mod keys;
mod limit;
mod open;
mod own;
mod permit;
mod redact;
mod tenure;
mod token;
mod words;

use domain::Principal;
use tonic::{Request, Status};

pub use access::{Access, AccessOptions};
pub use caller::Credential;
pub use certificate::PeerCertificate;
pub use fetch::KeySource;
pub use file::AccessFileError;
pub use jwt::Claims;
pub use token::{Drawn, TokenEntry, TokenFile};

pub(crate) use caller::Caller;
pub(crate) use guard::Guard;
pub(crate) use own::{check_admin, check_origin, check_speaker};
pub(crate) use redact::{Restricted, Viewer};
pub(crate) use tenure::Tenure;

#[cfg(test)]
pub(crate) use jwt::tests as jwt_tests;

use crate::{shared::Shared, status};

/// Who calls.
///
/// # Errors
/// If nobody who is known does, which the layer in front of the services lets no request come to.
pub(crate) fn principal<T>(request: &Request<T>) -> Result<Principal, Status> {
    caller(request).map(|caller| caller.principal)
}

/// Who calls, and how that is known.
///
/// # Errors
/// As [`principal`].
pub(crate) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let known = request.extensions().get::<Caller>().cloned();
    known.ok_or_else(|| status::unauthenticated("NO_CREDENTIAL", "the request came past its authentication"))
}

impl Shared {
    /// For whom the answer to a request is.
    ///
    /// # Errors
    /// As [`principal`].
    pub(crate) fn viewer<T>(&self, request: &Request<T>) -> Result<Viewer, Status> {
        Ok(Viewer::new(principal(request)?, self.reader.clone()))
    }
}
