//! AcceptLoss: messages that are missing from the log are given up. It works while folding has stopped for want of them.

use std::sync::Arc;

use domain::{Loss, Position, Principal};
use engine::{LogError, RawMessage};
use proto::v1;
use tokio::sync::mpsc;
use tonic::Status;
use wire::operator::{self, Composed};

use super::by::check_by;
use crate::{check::Check, shared::Shared, status};

impl Shared {
    pub(super) async fn accept_loss(
        self: &Arc<Self>,
        request: v1::AcceptLossRequest,
        principal: &Principal,
    ) -> Result<v1::AcceptLossResponse, Status> {
        let mut check = Check::default();
        let from = check.required_position("from", &request.from);
        let to = check.required_position("to", &request.to);
        if from.is_some_and(|from| from == Position::START) {
            check.refuse("from", "is before the first message, which is `0-1`");
        }
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            check.refuse("to", "comes before `from`");
        }
        let by = check.by(request.by.as_ref(), &request.reason, principal);
        let ((from, to), by) = check.done(from.zip(to).zip(by))?;
        check_by(principal, &by)?;

        let mut last = self.publishing.0.lock().await;
        let event = operator::loss_accepted(&by, Loss { from, to });
        let position = match self.written_before(&event).await? {
            Some(position) => position,
            None => {
                self.check_missing(from, to).await?;
                let Composed { subject, body, identity: _ } = event;
                let message = engine::NewMessage { subject, headers: Vec::new(), body };
                let positions = self.append(&mut last, vec![message]).await?;
                positions.last().copied().unwrap_or_default()
            }
        };
        Ok(v1::AcceptLossResponse { position: position.to_string() })
    }

    /// Where the same event stands, if it was appended before.
    async fn written_before(&self, event: &Composed) -> Result<Option<Position>, Status> {
        let same = |message: &RawMessage| message.body == event.body;
        let found = self.first_matching(event.subject.clone(), Position::START, same).await?;
        Ok(found.map(|message| message.position))
    }

    /// Whether the log holds no message of a range.
    async fn check_missing(&self, from: Position, to: Position) -> Result<(), Status> {
        let tail = self.log.state().await.map_err(|error| status::log(&error))?.tail;
        if to > tail {
            return Err(status::beyond_log(to, tail));
        }
        let before = Position::new(from.sequence().saturating_sub(1));
        match self.first_matching(">".to_owned(), before, |_| true).await? {
            Some(message) if message.position <= to => Err(status::not_missing(message.position)),
            Some(_) | None => Ok(()),
        }
    }

    /// The first message after `after` that a subject filter and `wanted` let through.
    async fn first_matching(
        &self,
        filter: String,
        after: Position,
        wanted: impl Fn(&RawMessage) -> bool,
    ) -> Result<Option<RawMessage>, Status> {
        let (into, mut chunks) = mpsc::channel::<Vec<RawMessage>>(1);
        let found = async {
            while let Some(chunk) = chunks.recv().await {
                let first = chunk.into_iter().find(&wanted);
                if first.is_some() {
                    return first;
                }
            }
            None
        };
        let mut read = self.log.matching(filter, after, into);
        tokio::pin!(found);
        let failed = |error: LogError| status::log(&error);
        tokio::select! {
            biased;
            first = &mut found => Ok(first),
            ended = &mut read => {
                ended.map_err(failed)?;
                Ok(found.await)
            }
        }
    }
}
