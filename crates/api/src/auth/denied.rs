//! Why a request does not reach a service. What was sent is never repeated.

use std::time::Duration;

use tonic::Status;

use crate::status;

/// Why a caller is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// There is none.
    NoCredential,
    /// It proves nothing here.
    BadCredential(&'static str),
    /// The claim of this name is there and says nobody.
    BadClaim(String),
    /// It was good once.
    Expired,
    /// It is good later.
    NotYet,
    /// The certificate is good, and nobody's.
    UnknownCertificate,
    /// The keys of the identity provider are not there.
    NoKeys,
    /// Open mode, and a header that cannot be read.
    NamesNobody,
}

/// When to try again while keys are fetched.
const KEYS_WAIT: Duration = Duration::from_secs(5);

impl From<Denied> for Status {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NoCredential => status::unauthenticated(
                "NO_CREDENTIAL",
                "send a credential: `authorization: Bearer <token>`, or a client certificate; `davy token create` makes tokens",
            ),
            Denied::BadCredential(why) => status::unauthenticated("BAD_CREDENTIAL", why),
            Denied::BadClaim(name) => status::unauthenticated(
                "BAD_CREDENTIAL",
                &format!(
                    "the claim {name} of the JWT is no person's id: a text or a whole number; whoever is a tool has none"
                ),
            ),
            Denied::Expired => {
                status::unauthenticated("CREDENTIAL_EXPIRED", "the credential has expired; get a new one")
            }
            Denied::NotYet => status::unauthenticated(
                "CREDENTIAL_NOT_YET_VALID",
                "the credential is not valid yet; compare the clocks",
            ),
            Denied::UnknownCertificate => status::unauthenticated(
                "UNKNOWN_CERTIFICATE",
                "the client certificate is nobody's; an administrator adds its fingerprint or name to the certificates file",
            ),
            Denied::NoKeys => status::keys_unavailable(KEYS_WAIT),
            Denied::NamesNobody => status::unauthenticated(
                "BAD_CREDENTIAL",
                "the header davy-as names nobody; write it as DEPARTMENT or DEPARTMENT/SYSTEM:ID",
            ),
        }
    }
}
