//! What each fault and refusal is called on the wire: the one place that makes a `Status`.
//!
//! Every status carries `ErrorInfo{reason, domain, metadata}`; what is worth trying again carries `RetryInfo`, and only
//! that is `UNAVAILABLE`.

use std::{collections::HashMap, error::Error, time::Duration};

use domain::{Identity, Position};
use engine::{LogError, query::QueryError};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

const DOMAIN: &str = "davy.dev";

/// When to try again while the log is folded or waited for.
const SOON: Duration = Duration::from_secs(1);

type Metadata<'a> = &'a [(&'a str, String)];

fn details(reason: &str, metadata: Metadata<'_>) -> ErrorDetails {
    let metadata: HashMap<_, _> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    ErrorDetails::with_error_info(reason, DOMAIN, metadata)
}

fn status(code: Code, reason: &str, message: impl Into<String>, metadata: Metadata<'_>) -> Status {
    Status::with_error_details(code, message, details(reason, metadata))
}

fn try_again(reason: &str, message: impl Into<String>, metadata: Metadata<'_>) -> Status {
    let mut details = details(reason, metadata);
    details.set_retry_info(Some(SOON));
    Status::with_error_details(Code::Unavailable, message, details)
}

/// A whole chain of errors on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

/// Members of a request that cannot be meant; all of them at once.
pub(crate) fn invalid(violations: Vec<FieldViolation>) -> Status {
    let lines: Vec<_> = violations.iter().map(|bad| format!("{}: {}", bad.field, bad.description)).collect();
    let mut details = details("INVALID_REQUEST", &[]);
    details.set_bad_request(violations);
    Status::with_error_details(Code::InvalidArgument, lines.join("; "), details)
}

/// A page token that this request was not given.
pub(crate) fn page_token() -> Status {
    let message = "the page token is not of this request; repeat the request without one to begin again";
    let mut details = details("PAGE_TOKEN_INVALID", &[]);
    details.add_bad_request_violation("page_token", message);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// A question without an answer.
pub(crate) fn query(error: QueryError) -> Status {
    let message = error.to_string();
    match error {
        QueryError::CatchingUp { done, total } => {
            try_again("CATCHING_UP", message, &[("done", done.to_string()), ("total", total.to_string())])
        }
        QueryError::UnknownIssue(id) => {
            let hint = "; look for it with ListIssues or GetTimeline, or pass the position of its event as min_position";
            status(Code::NotFound, "UNKNOWN_ISSUE", message + hint, &[("issue", id.to_string())])
        }
        QueryError::UnknownCustomer(id) => {
            let hint = "; ListCustomers has their tokens, and `_` is what names no customer";
            status(Code::NotFound, "UNKNOWN_CUSTOMER", message + hint, &[("customer", id.to_string())])
        }
        QueryError::UnknownEvent => {
            let hint = " there; if it could not be read or placed, ListQuarantine has it; if it was just published, trace \
                        its position";
            status(Code::NotFound, "UNKNOWN_EVENT", message + hint, &[])
        }
        QueryError::TooMany { found, what: _, limit, instead: _ } => {
            let metadata = [("found", found.to_string()), ("limit", limit.to_string())];
            status(Code::FailedPrecondition, "TOO_MANY", message, &metadata)
        }
        QueryError::Store(_) | QueryError::Event(_) => {
            let chain = chain(&error);
            tracing::error!(error = %chain, "cannot answer from the store");
            status(Code::Internal, "STORE_FAILED", chain, &[])
        }
    }
}

/// The log did not do what was asked.
pub(crate) fn log(error: &LogError) -> Status {
    match error {
        LogError::Unreachable { .. } => try_again("LOG_UNREACHABLE", error.to_string(), &[]),
        LogError::Gap { expected, found } => {
            let metadata = [("expected", expected.to_string()), ("found", found.to_string())];
            status(Code::DataLoss, "LOG_GAP", error.to_string(), &metadata)
        }
        LogError::Refused { .. } => status(Code::FailedPrecondition, "LOG_REFUSED", error.to_string(), &[]),
    }
}

/// A position that no message has yet.
pub(crate) fn beyond_log(position: Position, tail: Position) -> Status {
    let message = format!("{position} lies beyond the end of the log, which is {tail}");
    status(Code::OutOfRange, "POSITION_BEYOND_LOG", message, &[("tail", tail.to_string())])
}

/// A position that is not folded in time.
pub(crate) fn not_reached(position: Position, reached: Position) -> Status {
    let message = format!("waited for {position} and reached {reached}; ask again");
    try_again("POSITION_NOT_REACHED", message, &[("position", reached.to_string())])
}

/// Nothing is appended to a stream that is not the one that was folded.
pub(crate) fn diverged(problem: &str) -> Status {
    status(Code::FailedPrecondition, "LOG_DIVERGED", problem, &[])
}

/// Nothing is appended while nothing is folded: whether events are new cannot be told.
pub(crate) fn stalled(problem: &str) -> Status {
    try_again("STALLED", problem, &[])
}

/// The message at a position is gone from the log.
pub(crate) fn lost(position: Position) -> Status {
    let message = format!("the log holds no message at {position}");
    status(Code::NotFound, "MESSAGE_LOST", message, &[("position", position.to_string())])
}

/// A type that is not in the catalogue.
pub(crate) fn unknown_type(name: &str) -> Status {
    let message = format!("`{name}` is not in the catalogue; DescribeCatalogue without a type lists all");
    status(Code::NotFound, "UNKNOWN_TYPE", message, &[])
}

/// A thread that answered a question ended early.
pub(crate) fn thread(error: &tokio::task::JoinError) -> Status {
    tracing::error!(error = %error, "a query ended early");
    status(Code::Internal, "QUERY_FAILED", "the query ended early; the server's log says why", &[])
}

/// An event of the same source and id says something else.
pub(crate) fn conflict_detail(identity: &Identity, at: &str) -> String {
    format!(
        "another event with the source and id `{identity}` stands at {at}; give this one an id of its own"
    )
}
