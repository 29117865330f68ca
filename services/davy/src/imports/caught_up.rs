//! Waiting until Davy has folded what was published, so that the next query sees it.

use std::time::Duration;

use anyhow::Context as _;
use proto::v1::GetStatusRequest;
use tokio::time::{Instant, sleep};

use super::progress::Progress;
use crate::{
    exit::{Exit, Failure},
    session::Session,
};

const POLL: Duration = Duration::from_millis(100);
/// How long Davy may stand still before it is given up.
const STANDSTILL: Duration = Duration::from_secs(60);

pub(super) async fn wait(position: &str, session: &Session) -> anyhow::Result<()> {
    let Some(target) = sequence(position) else { return Ok(()) };
    let mut reached = fold_position(session).await?;
    let progress = Progress::events("folding", target.saturating_sub(reached));
    let mut moved = Instant::now();
    while reached < target {
        if moved.elapsed() >= STANDSTILL.max(session.timeout) {
            let message = format!(
                "everything is stored, but Davy stands at 0-{reached} of {position}; see `davy status`"
            );
            return Err(Failure::new(Exit::Unavailable, message).into());
        }
        sleep(POLL).await;
        let now = fold_position(session).await?;
        if now > reached {
            progress.add(now.min(target) - reached);
            (reached, moved) = (now, Instant::now());
        }
    }
    progress.done();
    Ok(())
}

async fn fold_position(session: &Session) -> anyhow::Result<u64> {
    let status = session.api.get_status(GetStatusRequest::default()).await;
    let status = status.context("everything is stored; ask how far Davy has folded it")?;
    Ok(sequence(&status.position).unwrap_or_default())
}

/// The number in `0-18446`.
pub(super) fn sequence(position: &str) -> Option<u64> {
    position.split_once('-').and_then(|(_, sequence)| sequence.parse().ok())
}
