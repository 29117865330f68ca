//! From an outcome to an answer, and from what went wrong to a status or one refusal of several.

use domain::Defaulted;
use engine::command::{CommandError, Outcome};
use proto::v1;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::{issues::shown_issue, shared::Shared, status};

/// Why a command has no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// Before it was given.
    Status(Box<Status>),
    /// When it was given.
    Command(Box<CommandError>),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Command(Box::new(error))
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Status(status) => *status,
            Failure::Command(error) => status::command(*error),
        }
    }
}

impl From<Failure> for v1::CommandRefusal {
    fn from(failure: Failure) -> Self {
        let (who_could, next) = match &failure {
            Failure::Command(error) => match &**error {
                CommandError::Refused(refused) => {
                    (refused.refusal.who_could.clone(), refused.refusal.next.clone())
                }
                CommandError::OtherCommand { .. }
                | CommandError::TooLarge { .. }
                | CommandError::NotWritable(_)
                | CommandError::Late
                | CommandError::Unknown
                | CommandError::NotFolded { .. }
                | CommandError::Malformed(_)
                | CommandError::Query(_)
                | CommandError::Log(_) => Default::default(),
            },
            Failure::Status(_) => Default::default(),
        };
        let status = Status::from(failure);
        let details = status.get_error_details();
        let code = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
        let retry = details.retry_info().is_some();
        Self { code, message: status.message().to_owned(), who_could, next, retry }
    }
}

impl Shared {
    pub(crate) fn result(&self, outcome: Outcome) -> v1::CommandResult {
        let Outcome { issue, position, defaulted, repeated, events, items, read } = outcome;
        v1::CommandResult {
            work: issue.as_ref().map(|shown| wire::proto::work(&shown.issue)),
            issue: issue.as_deref().map(shown_issue),
            position: position.map(|position| position.to_string()).unwrap_or_default(),
            defaulted: defaulted.into_iter().map(filled).collect(),
            repeated,
            events: events.iter().map(ToString::to_string).collect(),
            items: items.iter().map(ToString::to_string).collect(),
            read_state: self.read_state(read),
        }
    }
}

fn filled(Defaulted { field, value }: Defaulted) -> v1::DefaultedField {
    v1::DefaultedField { field: field.to_owned(), value }
}
