//! `davy quarantine`.

use proto::v1::ListQuarantineRequest;

use crate::{cli::QuarantineListArgs, list, read, session::Session};

/// `davy quarantine list`
pub(crate) async fn list(args: QuarantineListArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = ListQuarantineRequest {
        reason: args.reason.unwrap_or_default(),
        read: read::at_least(args.page.min_position),
        ..ListQuarantineRequest::default()
    };
    list::print(session, request, args.page.limit).await
}
