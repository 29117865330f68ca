//! What is one's own: in whose name a principal speaks, and whose events it publishes.

use domain::{Department, Person, Principal, Role};
use tonic::Status;

use crate::status;

/// In whose name something is done; an admin speaks for anybody.
///
/// # Errors
/// If the principal speaks for another department, or for another person of its own.
pub(crate) fn check_speaker(
    principal: &Principal,
    department: &Department,
    person: Option<&Person>,
) -> Result<(), Status> {
    let is_own = *department == principal.department
        && match (person, &principal.person) {
            (None, _) | (Some(_), None) => true,
            (Some(named), Some(own)) => named.is(own),
        };
    if is_own || principal.roles.has(Role::Admin) { Ok(()) } else { Err(status::not_own_name(principal)) }
}

/// Whose event a subject says it is. Subjects that are no department's are left to those who read them.
///
/// # Errors
/// If it is another department's, or a document of the directory, and the principal is no admin.
pub(crate) fn check_origin(principal: &Principal, subject: &str) -> Result<(), Status> {
    if principal.roles.has(Role::Admin) {
        return Ok(());
    }
    let mut tokens = subject.split('.');
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some("davy"), Some("events"), Some(origin)) if origin == principal.department.as_str() => Ok(()),
        _ => Err(status::not_own_subject(principal, subject)),
    }
}

/// Whether the principal may do what only an admin may.
///
/// # Errors
/// If it is none.
pub(crate) fn check_admin(principal: &Principal) -> Result<(), Status> {
    if principal.roles.has(Role::Admin) { Ok(()) } else { Err(status::role_missing(&[Role::Admin], &[])) }
}
