//! Exit codes: what a script learns from one number.

use std::{error::Error as _, fmt, io, process::ExitCode};

use client::{ApiError, Code, PublishError};

/// How a run of `davy` ended. The numbers are part of the interface and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Ok,
    /// It did not, for a reason without a code of its own.
    Other,
    /// The arguments are wrong.
    Usage,
    /// What is asked about does not exist.
    NotFound,
    /// Davy, or the log, said no; or an event would be quarantined.
    Refused,
    /// The caller is unknown, or may not.
    Denied,
    /// Davy or NATS is not there, or did not answer in time.
    Unavailable,
    /// A configuration file or a mapping is wrong.
    BadConfig,
    /// NATS is away: events are kept in the spool, and delivered later.
    Kept,
    /// Ctrl-C.
    Interrupted,
}

/// For `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0    done
  1    another error
  2    wrong arguments
  3    not found
  4    refused, or in conflict with what is there
  5    denied: unknown caller, or not allowed
  6    unavailable, or no answer in time
  64   wrong configuration or mapping
  75   NATS is away; the events are kept, and delivered later
  130  interrupted";

impl Exit {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Other => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Denied => 5,
            Self::Unavailable => 6,
            Self::BadConfig => 64,
            Self::Kept => 75,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A failure whose exit code is known where it arises. As a context, it gives an error below it that code.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
        Self::new(Exit::Usage, message).into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The code of an error: that of the outermost cause that has one. Nobody reading on is no error.
pub(crate) fn of(error: &anyhow::Error) -> Exit {
    if error.chain().any(is_broken_pipe) {
        return Exit::Ok;
    }
    // A context is found by downcasting the whole error, not in the chain.
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.exit;
    }
    error.chain().find_map(of_cause).unwrap_or(Exit::Other)
}

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(error) = cause.downcast_ref::<ApiError>() {
        return Some(of_code(error.code));
    }
    cause.downcast_ref::<PublishError>().map(of_publish)
}

const fn of_code(code: Code) -> Exit {
    match code {
        Code::InvalidArgument => Exit::Usage,
        Code::NotFound => Exit::NotFound,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted | Code::OutOfRange => Exit::Refused,
        Code::PermissionDenied | Code::Unauthenticated => Exit::Denied,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::ResourceExhausted => {
            Exit::Unavailable
        }
        Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => Exit::Other,
    }
}

fn of_publish(error: &PublishError) -> Exit {
    match error {
        // Davy's stream may come; for any other subject there will be none.
        PublishError::NoStream { .. } if !error.is_transient() => Exit::Refused,
        PublishError::ParseUrl { .. } | PublishError::Header { .. } | PublishError::TooLarge { .. } => {
            Exit::Usage
        }
        PublishError::ReadCredentials { .. } => Exit::BadConfig,
        PublishError::Tls { .. }
        | PublishError::LogIn { .. }
        | PublishError::Forbidden { .. }
        | PublishError::Unheard { .. } => Exit::Denied,
        PublishError::Reach { .. }
        | PublishError::Disconnected
        | PublishError::NoStream { .. }
        | PublishError::NoAck { .. }
        | PublishError::Send { .. } => Exit::Unavailable,
        PublishError::Refused { .. } => Exit::Refused,
    }
}

/// The error and its causes on one line, without repeating what a cause says again.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !parts.last().is_some_and(|before| before.contains(&cause)) {
            parts.push(cause);
        }
    }
    parts.join(": ")
}

/// The error and its sources on one line, for an error that is reported and survived.
pub(crate) fn sources(error: &PublishError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    fn api(code: Code) -> anyhow::Error {
        let violations = Vec::new();
        let error = ApiError {
            code,
            reason: String::new(),
            message: "no".into(),
            details: [].into(),
            violations,
            retry_after: None,
        };
        anyhow::Error::new(error).context("get the issue")
    }

    #[test]
    fn every_kind_of_error_has_its_code() {
        let forbidden = PublishError::Forbidden {
            user: "department sales".into(),
            to: "billing".into(),
            subject: "s".into(),
            detail: "d".into(),
        };
        let cases = [
            (api(Code::NotFound), 3),
            (api(Code::FailedPrecondition), 4),
            (api(Code::OutOfRange), 4),
            (api(Code::PermissionDenied), 5),
            (api(Code::Unauthenticated), 5),
            (api(Code::Unavailable), 6),
            (api(Code::DeadlineExceeded), 6),
            (api(Code::InvalidArgument), 2),
            (api(Code::Internal), 1),
            (anyhow::Error::new(forbidden), 5),
            (anyhow::Error::new(PublishError::Disconnected).context("publish"), 6),
            (Failure::usage("no"), 2),
            (anyhow::Error::new(Failure::new(Exit::BadConfig, "no")).context("up"), 64),
            (anyhow::anyhow!("else"), 1),
            (anyhow::Error::new(io::Error::from(io::ErrorKind::BrokenPipe)).context("write"), 0),
        ];
        for (error, code) in cases {
            assert_eq!(of(&error).code(), code, "{error:#}");
        }
        let typed =
            Err::<(), _>(io::Error::other("x")).context(Failure::new(Exit::BadConfig, "read the mapping"));
        let error = typed.unwrap_err();
        assert_eq!((of(&error), chain(&error).as_str()), (Exit::BadConfig, "read the mapping: x"));
    }

    #[test]
    fn the_table_names_every_code() {
        for exit in [
            Exit::Ok,
            Exit::Other,
            Exit::Usage,
            Exit::NotFound,
            Exit::Refused,
            Exit::Denied,
            Exit::Unavailable,
            Exit::BadConfig,
            Exit::Kept,
            Exit::Interrupted,
        ] {
            assert!(
                TABLE
                    .lines()
                    .any(|line| line.trim().split(' ').next() == Some(exit.code().to_string().as_str())),
                "{exit:?}"
            );
        }
    }
}
