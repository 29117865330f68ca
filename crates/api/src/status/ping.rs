//! What becomes of claims, outcomes and answers that lead to nothing.

use domain::PingId;
use engine::pings::PingError;
use tonic::{Code, Status};

use super::{log, query, status, try_again};

/// A claim or an outcome that was not taken.
pub(crate) fn ping(error: PingError) -> Status {
    let message = error.to_string();
    match error {
        PingError::Unknown(ping) => unknown_ping(ping),
        PingError::Query(error) => query(error),
        PingError::Log(error) => log(&error),
        PingError::NotFolded(position) => {
            try_again("POSITION_NOT_REACHED", message, &[("position", position.to_string())])
        }
    }
}

/// No issue keeps it.
pub(crate) fn unknown_ping(ping: PingId) -> Status {
    let message = format!(
        "no issue keeps a ping {ping}: it was settled long ago, or never was; ListPings has those that are kept"
    );
    status(Code::NotFound, "UNKNOWN_PING", message, &[("ping", ping.to_string())])
}

/// Its issue, which has had many since, keeps it no more.
pub(crate) fn forgotten_ping(ping: PingId, stands: &str) -> Status {
    let message = format!("this ping is an old one, and was settled long ago; now {stands}");
    status(Code::FailedPrecondition, "PING_FORGOTTEN", message, &[("ping", ping.to_string())])
}

/// The token of a link that Davy did not make.
pub(crate) fn forged_answer() -> Status {
    let message = "the answer token is none of Davy's: the link is cut off, or its key was replaced; answer with \
                   `davy pings ack <id>`";
    status(Code::Unauthenticated, "ANSWER_TOKEN_INVALID", message, &[])
}
