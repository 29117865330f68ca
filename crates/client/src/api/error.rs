//! What a call came back with instead of an answer: `google.rpc.Status` with its details, in our words.

use std::{collections::BTreeMap, error::Error, fmt, time::Duration};

use tonic::Status;
use tonic_types::StatusExt as _;

/// What kind of failure it is: the canonical codes of gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The call was given up.
    Cancelled,
    /// A fault without a better name.
    Unknown,
    /// The request is wrong, whatever state Davy is in.
    InvalidArgument,
    /// It took longer than it may.
    DeadlineExceeded,
    /// What is asked for does not exist.
    NotFound,
    /// What is to be made exists.
    AlreadyExists,
    /// The caller may not.
    PermissionDenied,
    /// Something has run out.
    ResourceExhausted,
    /// Refused in the present state.
    FailedPrecondition,
    /// Overtaken by somebody else.
    Aborted,
    /// Beyond the end, such as a position that is not in the log.
    OutOfRange,
    /// This Davy does not know the call.
    Unimplemented,
    /// A fault of Davy's.
    Internal,
    /// Not now; try again.
    Unavailable,
    /// Data is lost or damaged.
    DataLoss,
    /// The caller is unknown.
    Unauthenticated,
}

/// One member of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path of the member, such as `filter.severity_at_least`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

/// A call that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What kind of failure it is.
    pub code: Code,
    /// Davy's own word for it, such as `ISSUE_NOT_FOUND`; empty where it gave none.
    pub reason: String,
    /// For people.
    pub message: String,
    /// What the reason speaks of, by name.
    pub details: BTreeMap<String, String>,
    /// Members of the request that are wrong.
    pub violations: Vec<FieldViolation>,
    /// How long to wait before the next try, if Davy said so.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    pub(super) fn new(status: &Status, server: &str) -> Self {
        let told = status.get_error_details();
        let info = told.error_info();
        let violations = told.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
        let (code, message) = match broken(status) {
            Some(root) => (Code::Unavailable, unreachable(server, &root)),
            None => (code(status.code()), status.message().to_owned()),
        };
        Self {
            code,
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            message,
            details: info.map(|info| info.metadata.clone().into_iter().collect()).unwrap_or_default(),
            violations: violations
                .into_iter()
                .map(|violation| FieldViolation {
                    field: violation.field,
                    description: violation.description,
                })
                .collect(),
            retry_after: told.retry_info().and_then(|info| info.retry_delay),
        }
    }

    pub(super) fn late(deadline: Duration) -> Self {
        Self {
            code: Code::DeadlineExceeded,
            reason: String::new(),
            message: format!("no answer within {} s", deadline.as_secs_f32()),
            details: BTreeMap::new(),
            violations: Vec::new(),
            retry_after: None,
        }
    }
}

/// The innermost reason where it was the connection that failed, before the call or under it, and not Davy that answered.
fn broken(status: &Status) -> Option<String> {
    let unspecific =
        [tonic::Code::Unavailable, tonic::Code::Unknown, tonic::Code::Internal, tonic::Code::Cancelled];
    if !unspecific.contains(&status.code()) {
        return None;
    }
    let mut root = status.source()?;
    while let Some(source) = root.source() {
        root = source;
    }
    Some(root.to_string())
}

fn unreachable(server: &str, root: &str) -> String {
    format!("cannot reach Davy at {server}: {root}; is it running there? (`davy up` starts one)")
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.reason.is_empty() {
            write!(f, " ({})", self.reason)?;
        }
        // One violation alone is the message already.
        for violation in
            self.violations.iter().filter(|violation| !self.message.contains(&violation.description))
        {
            write!(f, "; {}: {}", violation.field, violation.description)?;
        }
        Ok(())
    }
}

impl Error for ApiError {}

const fn code(code: tonic::Code) -> Code {
    match code {
        tonic::Code::Cancelled => Code::Cancelled,
        tonic::Code::Ok | tonic::Code::Unknown => Code::Unknown,
        tonic::Code::InvalidArgument => Code::InvalidArgument,
        tonic::Code::DeadlineExceeded => Code::DeadlineExceeded,
        tonic::Code::NotFound => Code::NotFound,
        tonic::Code::AlreadyExists => Code::AlreadyExists,
        tonic::Code::PermissionDenied => Code::PermissionDenied,
        tonic::Code::ResourceExhausted => Code::ResourceExhausted,
        tonic::Code::FailedPrecondition => Code::FailedPrecondition,
        tonic::Code::Aborted => Code::Aborted,
        tonic::Code::OutOfRange => Code::OutOfRange,
        tonic::Code::Unimplemented => Code::Unimplemented,
        tonic::Code::Internal => Code::Internal,
        tonic::Code::Unavailable => Code::Unavailable,
        tonic::Code::DataLoss => Code::DataLoss,
        tonic::Code::Unauthenticated => Code::Unauthenticated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_once() {
        let violation = |field: &str, description: &str| FieldViolation {
            field: field.to_owned(),
            description: description.to_owned(),
        };
        let error = ApiError {
            code: Code::InvalidArgument,
            reason: "INVALID_REQUEST".to_owned(),
            message: "filter.customer: `crm` is no token".to_owned(),
            details: [].into(),
            violations: vec![
                violation("filter.customer", "`crm` is no token"),
                violation("page_size", "it is negative"),
            ],
            retry_after: None,
        };
        assert_eq!(
            error.to_string(),
            "filter.customer: `crm` is no token (INVALID_REQUEST); page_size: it is negative"
        );
    }
}
