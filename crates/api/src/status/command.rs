//! What becomes of commands that lead to nothing.

use domain::{Owner, RefusalCode, ShownOwner};
use engine::{
    Phase,
    command::{CommandError, Refused},
};
use tonic::{Code, Status};

use super::{diverged, log, out_of_space, query, replaced, stalled, status, try_again};

/// A command without an outcome. A refusal is a failed precondition: nothing is wrong, and sending it again as it is does
/// not help.
pub(crate) fn command(error: CommandError) -> Status {
    let message = error.to_string();
    match error {
        CommandError::Refused(refused) => refusal(*refused),
        CommandError::OtherCommand { recorded } => {
            status(Code::InvalidArgument, "REQUEST_ID_USED", message, &[("recorded", recorded)])
        }
        CommandError::TooLarge { found: _, most } => {
            status(Code::InvalidArgument, "TOO_LARGE", message, &[("limit", most.to_string())])
        }
        CommandError::NotWritable(Phase::Diverged { problem }) => diverged(&problem),
        CommandError::NotWritable(Phase::Replaced { problem }) => replaced(&problem),
        CommandError::NotWritable(Phase::Stalled { problem }) => stalled(&problem),
        CommandError::NotWritable(Phase::OutOfSpace { problem }) => out_of_space(&problem),
        CommandError::NotWritable(Phase::CatchingUp { .. } | Phase::Live) => stalled(&message),
        CommandError::Late => try_again("TOO_LATE", message, &[]),
        CommandError::Unknown => try_again("OUTCOME_UNKNOWN", message, &[]),
        CommandError::NotFolded { position, reached } => {
            let metadata = [("position", position.to_string()), ("reached", reached.to_string())];
            try_again("POSITION_NOT_REACHED", message, &metadata)
        }
        CommandError::Malformed(_) => {
            tracing::error!(%message, "a command made an event that cannot be read");
            status(Code::Internal, "COMMAND_FAILED", message, &[])
        }
        CommandError::Query(error) => query(error),
        CommandError::Log(error) => log(&error),
    }
}

fn refusal(Refused { refusal, owner, position }: Refused) -> Status {
    let code = if refusal.code == RefusalCode::Unauthorized {
        Code::PermissionDenied
    } else {
        Code::FailedPrecondition
    };
    let mut metadata = vec![("position", position.to_string())];
    let mut tell = |key, value: String| {
        if !value.is_empty() {
            metadata.push((key, value));
        }
    };
    tell("who_could", refusal.who_could.join(", "));
    tell("next", refusal.next.clone());
    tell("fields", refusal.fields.join(","));
    tell("owner", owner.map(|ShownOwner { owner, .. }| named(&owner)).unwrap_or_default());
    status(code, refusal.code.code(), refusal.to_string(), &metadata)
}

/// Such as `support`, `support/L2` or `support/L2 zendesk:mia`.
fn named(Owner { department, holding, since: _ }: &Owner) -> String {
    let team = holding.team().map(|team| format!("/{team}")).unwrap_or_default();
    let person = holding.person().map(|person| format!(" {}", person.account)).unwrap_or_default();
    format!("{department}{team}{person}")
}
