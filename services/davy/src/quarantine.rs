//! `davy quarantine`.

use proto::v1::ListQuarantineRequest;

use crate::{cli::QuarantineListArgs, list, read, session::Session};

mod redrive;
mod skip;

pub(crate) use redrive::{RedriveArgs, help as redrive_help, redrive};
pub(crate) use skip::{SkipArgs, help as skip_help, skip};

/// `davy quarantine list`
pub(crate) async fn list(args: QuarantineListArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = ListQuarantineRequest {
        reason: args.reason.unwrap_or_default(),
        include_settled: args.settled,
        read: read::at_least(args.page.min_position),
        ..ListQuarantineRequest::default()
    };
    list::print(session, request, args.page.limit).await
}
