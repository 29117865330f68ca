//! What each fault and refusal is called on the wire: the one place that makes a `Status`.
//!
//! Every status carries `ErrorInfo{reason, domain, metadata}`; what is worth trying again carries `RetryInfo`, and only
//! that is `UNAVAILABLE`.

mod access;
mod command;
mod ping;

use std::{collections::HashMap, error::Error, time::Duration};

use domain::{DocumentKey, Identity, Position, Reason};
use engine::{
    LogError,
    query::{QueryError, ResumePoint},
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

pub(crate) use access::*;
pub(crate) use command::command;
pub(crate) use ping::{forged_answer, forgotten_ping, ping, unknown_ping};

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
    retryable(Code::Unavailable, reason, message, metadata)
}

fn retryable(code: Code, reason: &str, message: impl Into<String>, metadata: Metadata<'_>) -> Status {
    let mut details = details(reason, metadata);
    details.set_retry_info(Some(SOON));
    Status::with_error_details(code, message, details)
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
            let message = format!("rebuilding {}%; ask again later", percent(done, total));
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
        QueryError::Store(_) | QueryError::Event(_) | QueryError::Panicked => {
            let chain = chain(&error);
            tracing::error!(error = %chain, "cannot answer from the store");
            let message = format!("{chain}; the store is rebuilt from the log, ask again");
            try_again("STORE_FAILED", message, &[])
        }
    }
}

/// How much of the log is folded. Not 100 before all of it is.
fn percent(done: Position, total: Position) -> u64 {
    let (done, total) = (done.sequence(), total.sequence());
    done.saturating_mul(100).checked_div(total).unwrap_or(0).min(99)
}

/// The log did not do what was asked.
pub(crate) fn log(error: &LogError) -> Status {
    match error {
        LogError::Unreachable { .. } => try_again("LOG_UNREACHABLE", error.to_string(), &[]),
        LogError::Gap { expected, found } => {
            let metadata = [("expected", expected.to_string()), ("found", found.to_string())];
            status(Code::DataLoss, "LOG_GAP", error.to_string(), &metadata)
        }
        LogError::Missing => {
            let message = "the stream is not there; GetStatus tells what to do";
            status(Code::FailedPrecondition, "LOG_DIVERGED", message, &[])
        }
        LogError::Conflict => {
            let message =
                "somebody else changed this first, several times over; ask again with the same request_id";
            retryable(Code::Aborted, "CONFLICT", message, &[])
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

/// Nothing is appended to a stream while it is folded anew: that ends by itself.
pub(crate) fn replaced(problem: &str) -> Status {
    try_again("LOG_REPLACED", problem, &[])
}

/// Nothing is appended while nothing is folded: whether events are new cannot be told.
pub(crate) fn stalled(problem: &str) -> Status {
    try_again("STALLED", problem, &[])
}

/// The same, for want of room on the disk.
pub(crate) fn out_of_space(problem: &str) -> Status {
    try_again("OUT_OF_SPACE", problem, &[])
}

/// Nothing is quarantined there.
pub(crate) fn not_quarantined(at: Position) -> Status {
    let message = format!("the message at {at} is not quarantined; ListQuarantine has those that are");
    status(Code::FailedPrecondition, "NOT_QUARANTINED", message, &[("position", at.to_string())])
}

/// Somebody dealt with a quarantined message before, by the event at `by`.
pub(crate) fn already_settled(at: Position, by: Position) -> Status {
    let message = format!("the message at {at} was settled before, by the event at {by}");
    status(Code::FailedPrecondition, "ALREADY_SETTLED", message, &[("position", by.to_string())])
}

/// Read again, a message would be quarantined again.
pub(crate) fn still_quarantined(at: Position, reason: Reason, detail: &str) -> Status {
    let message = format!("the message at {at} would be quarantined again ({}): {detail}", reason.code());
    let metadata = [("reason", reason.code().to_owned()), ("detail", detail.to_owned())];
    status(Code::FailedPrecondition, "STILL_QUARANTINED", message, &metadata)
}

/// A message does not fit into the event that would read it again.
pub(crate) fn too_large(at: Position, found: usize, most: usize) -> Status {
    let message = format!(
        "with the message at {at} in it, the event would be {found} bytes long; at most {most} are taken. Publish a \
         corrected event yourself and skip this one"
    );
    status(Code::FailedPrecondition, "TOO_LARGE", message, &[("limit", most.to_string())])
}

/// The log holds a message that was to be given up.
pub(crate) fn not_missing(at: Position) -> Status {
    let message = format!("the log holds the message at {at}; only what is missing can be given up");
    status(Code::FailedPrecondition, "NOT_MISSING", message, &[("position", at.to_string())])
}

/// The message at a position is gone from the log.
pub(crate) fn lost(position: Position) -> Status {
    let message = format!("the log holds no message at {position}");
    status(Code::NotFound, "MESSAGE_LOST", message, &[("position", position.to_string())])
}

/// The directory holds no such document.
pub(crate) fn unknown_document(key: &DocumentKey) -> Status {
    let (kind, id) = (key.kind(), key.id().chars().take(60).collect::<String>());
    let message = format!("the directory has no {kind} `{id}` there; ListDocuments has those that it has");
    status(Code::NotFound, "UNKNOWN_DOCUMENT", message, &[("kind", kind.to_owned()), ("id", id)])
}

/// The directory changed since the caller looked at it.
pub(crate) fn stale_directory(seen: Position, now: Position) -> Status {
    let message = format!("the directory changed since {seen}, at {now}; look at it again and apply on top");
    status(Code::FailedPrecondition, "E_STALE", message, &[("position", now.to_string())])
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

/// The server is asked to stop.
pub(crate) fn shutting_down() -> Status {
    try_again("SHUTTING_DOWN", "the server stops; watch again from resume_token", &[])
}

/// Connections end after a while, so that clients spread over replicas again.
pub(crate) fn connection_aged() -> Status {
    try_again("CONNECTION_AGED", "the connection is an hour old; watch again from resume_token", &[])
}

/// A watch whose frames nobody takes.
pub(crate) fn slow_reader(patience: Duration) -> Status {
    let message = format!(
        "no frame was taken for {} s; take them as they come, and watch again from resume_token, with a filter where they \
         are too many",
        patience.as_secs_f32()
    );
    status(Code::ResourceExhausted, "SLOW_READER", message, &[])
}

/// There is no place for one more watch.
pub(crate) fn too_many_watches(limit: usize) -> Status {
    let mut details = details("TOO_MANY_WATCHES", &[("limit", limit.to_string())]);
    details.set_retry_info(Some(SOON));
    let message =
        format!("{limit} watches are open, which is the limit; end some, ask another replica or try again");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

/// The task of a watch ended without a word.
pub(crate) fn watch_failed() -> Status {
    status(Code::Internal, "WATCH_FAILED", "the watch ended early; the server's log says why", &[])
}

/// The same, and where to go on.
pub(crate) fn resumable(status: Status, point: ResumePoint) -> Status {
    let mut all = status.get_error_details();
    let Some(mut info) = all.error_info().cloned() else { return status };
    info.metadata.insert("resume_token".to_owned(), point.to_string());
    all.set_error_info(info.reason, info.domain, info.metadata);
    Status::with_error_details(status.code(), status.message(), all)
}

/// An event of the same source and id says something else.
pub(crate) fn conflict_detail(identity: &Identity, at: &str) -> String {
    format!(
        "another event with the source and id `{identity}` stands at {at}; give this one an id of its own"
    )
}
