//! Callers that are not known, and what they may not.

use std::time::Duration;

use domain::{Principal, Role};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{details, status, try_again};

/// Characters of something sent that a message repeats at most.
const REPEATED_CHARS: usize = 80;

/// The caller is not known.
pub(crate) fn unauthenticated(reason: &str, message: &str) -> Status {
    status(Code::Unauthenticated, reason, message, &[])
}

/// A stream whose caller is another principal from now on: in another department, or with other roles.
pub(crate) fn credential_changed() -> Status {
    try_again(
        "CREDENTIAL_CHANGED",
        "what the credential stands for has changed; watch again from resume_token",
        &[],
    )
}

/// Whether the caller is known cannot be told.
pub(crate) fn keys_unavailable(wait: Duration) -> Status {
    let mut details = details("KEYS_UNAVAILABLE", &[]);
    details.set_retry_info(Some(wait));
    let message = "the identity provider's keys could not be fetched; the server's log says why; try again";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// A principal has none of the roles that would do. `holders` are some who have one.
pub(crate) fn role_missing(roles: &[Role], holders: &[String]) -> Status {
    let words: Vec<_> = roles.iter().map(|role| role.word()).collect();
    let whom = if holders.is_empty() { "an administrator".to_owned() } else { holders.join(", ") };
    let message = format!("this takes the role {}; ask {whom}", words.join(" or "));
    let metadata = [("roles", words.join(",")), ("holders", holders.join(","))];
    status(Code::PermissionDenied, "ROLE_MISSING", message, &metadata)
}

/// Something is done in another's name.
pub(crate) fn not_own_name(principal: &Principal) -> Status {
    let own = match &principal.person {
        Some(person) => format!("{}/{}", principal.department, person.account),
        None => principal.department.to_string(),
    };
    let message = format!("`by` names somebody else; leave it out to act as {own}, or ask an admin");
    status(Code::PermissionDenied, "NOT_OWN_NAME", message, &[("own", own), ("roles", "admin".to_owned())])
}

/// An event is published under another department's subject.
pub(crate) fn not_own_subject(principal: &Principal, subject: &str) -> Status {
    let own = format!("davy.events.{}.", principal.department);
    let subject: String = subject.chars().take(REPEATED_CHARS).collect();
    let message = format!(
        "`{subject}` is not among your own subjects, which begin with {own}; nothing was published. An admin may publish it"
    );
    status(Code::PermissionDenied, "NOT_OWN_SUBJECT", message, &[("own", own), ("roles", "admin".to_owned())])
}

/// No such RPC, or none that anybody may call.
pub(crate) fn unknown_rpc(path: &str) -> Status {
    let path: String = path.chars().take(REPEATED_CHARS).collect();
    status(Code::Unimplemented, "UNKNOWN_RPC", format!("nothing is served at {path}"), &[])
}

/// A principal sends more requests than it may.
pub(crate) fn too_fast(wait: Duration) -> Status {
    let mut details = details("TOO_MANY_REQUESTS", &[]);
    details.set_retry_info(Some(wait));
    let message = "more requests a second than a principal may send; slow down, or ask in pages and watches";
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

/// The headers of a request are longer than they may be.
pub(crate) fn headers_too_large(limit: usize) -> Status {
    let message = format!("the request's headers are longer than {limit} bytes");
    status(Code::ResourceExhausted, "HEADERS_TOO_LARGE", message, &[("limit", limit.to_string())])
}
