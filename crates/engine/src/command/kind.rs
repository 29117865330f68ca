//! What the engine must know of each command: what it looks at beside its issue, and the type of the first event it makes.

use domain::{Command, IssueId};

/// The other issue that it names.
pub(super) fn other(command: &Command) -> Option<IssueId> {
    if let Command::Link { other, .. } | Command::Unlink { other, .. } = command {
        Some(other.id)
    } else if let Command::AddReference { reference } = command {
        Some(IssueId::of(reference))
    } else {
        None
    }
}

/// Whether the nearest end of a contract bears on it.
pub(super) const fn needs_renewal(command: &Command) -> bool {
    matches!(command, Command::RequestDeferral { .. } | Command::DecideDeferral { .. })
}

/// Whether an event of this type is the first of what the command makes. A request id that made another one was meant for
/// another command.
pub(super) fn begins_with(command: &Command, type_name: &str) -> bool {
    let types: &[&str] = match command {
        Command::Report(_) => &["issue.reported"],
        Command::Acknowledge { .. } => &["issue.acknowledged"],
        Command::Accept => &["owner.accepted"],
        Command::Assign { .. } => &["owner.assigned"],
        Command::Decline { .. } => &["owner.declined"],
        Command::OfferHandOff(_) => &["handoff.offered"],
        Command::AcceptHandOff { .. } => &["handoff.accepted"],
        Command::DeclineHandOff { .. } => &["handoff.declined"],
        Command::WithdrawHandOff { .. } => &["handoff.withdrawn"],
        Command::RequestAssist { .. } => &["assist.requested"],
        Command::AcceptAssist { .. } => &["assist.accepted"],
        Command::AnswerAssist { .. } => &["assist.answered"],
        Command::DeclineAssist { .. } => &["assist.declined", "assist.cancelled"],
        Command::RequestDeferral { .. } => &["deferral.requested"],
        Command::DecideDeferral { approve: true, .. } => &["deferral.approved"],
        Command::DecideDeferral { approve: false, .. } => &["deferral.denied"],
        Command::CancelDeferral { .. } => &["deferral.cancelled"],
        Command::MakePromise { .. } => &["promise.made"],
        Command::KeepPromise { .. } => &["promise.kept"],
        Command::RenegotiatePromise { .. } => &["promise.renegotiated"],
        Command::ReportWorkaround { report: Some(_), .. } => &["issue.reported"],
        Command::ReportWorkaround { report: None, .. } => &["workaround.applied"],
        Command::ReviewWorkaround { .. } => &["workaround.reviewed"],
        Command::AddNote { .. } => &["issue.detail_added"],
        Command::ChangeSeverity { .. } => &["issue.severity_changed"],
        Command::RequestCustomerInput { .. } => &["issue.customer_input_requested"],
        Command::SendUpdate { .. } => &["issue.update_sent"],
        Command::LogContact(_) => &["contact.logged"],
        Command::ReportMissedContact(_) => &["contact.missed"],
        Command::Resolve { .. } => &["issue.resolved"],
        Command::Close { .. } => &["issue.closed"],
        Command::Reopen { .. } => &["issue.reopened"],
        Command::Withdraw { .. } => &["issue.withdrawn"],
        Command::Reinstate { .. } => &["issue.reinstated"],
        Command::Link { .. } => &["link.added"],
        Command::Unlink { .. } => &["link.removed"],
        Command::CorrectCustomer { .. } => &["issue.customer_corrected"],
        Command::AddReference { .. } => &["issue.known_as"],
        Command::AnswerPing { .. } => &["ping.acknowledged"],
        Command::EscalateNow { .. } => &["run.escalated"],
        Command::Snooze { .. } => &["run.snoozed"],
        Command::Migrate { .. } => &["run.migrated"],
        Command::ObserveSignal(_) => &["signal.observed"],
        Command::DispositionSignal { .. } => &["signal.dispositioned"],
    };
    types.contains(&type_name)
}
