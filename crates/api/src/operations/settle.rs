//! Skip, and what it shares with Redrive: a quarantined message is settled once, by the first event in the log that does.

use std::{sync::Arc, time::Duration};

use domain::{Position, Principal, Quarantined};
use engine::{NewMessage, query::Answer};
use proto::v1;
use tokio::sync::MutexGuard;
use tonic::Status;
use wire::operator::{self, Composed};

use super::by::check_by;
use crate::{check::Check, shared::Shared, status};

impl Shared {
    pub(super) async fn skip(
        self: &Arc<Self>,
        request: v1::SkipRequest,
        principal: &Principal,
        patience: Duration,
    ) -> Result<v1::SkipResponse, Status> {
        let mut check = Check::default();
        let of = check.required_position("position", &request.position);
        let by = check.by(request.by.as_ref(), &request.reason, principal);
        let (of, by) = check.done(of.zip(by))?;
        check_by(principal, &by)?;
        let mut last = self.publishing.0.lock().await;
        self.caught_up(*last, patience).await?;
        self.open_message(of).await?;
        let position = self.write(&mut last, vec![operator::skipped(&by, of)], patience).await?;
        let now = self.settled_by(of, position).await?;
        Ok(v1::SkipResponse { position: position.to_string(), read_state: self.read_state(now) })
    }

    /// A message that is quarantined and that nobody dealt with.
    pub(super) async fn open_message(self: &Arc<Self>, of: Position) -> Result<Quarantined, Status> {
        match self.ask(true, move |reader| reader.quarantined(of)).await?.value {
            Some(Quarantined { settled: Some(settled), .. }) => {
                Err(status::already_settled(of, settled.position))
            }
            Some(message) => Ok(message),
            None => Err(status::not_quarantined(of)),
        }
    }

    /// Appends events of Davy's own and waits until they are folded; the position of the last one.
    pub(super) async fn write(
        &self,
        last: &mut MutexGuard<'_, Option<Position>>,
        events: Vec<Composed>,
        patience: Duration,
    ) -> Result<Position, Status> {
        let message =
            |Composed { subject, body, identity: _ }| NewMessage { subject, headers: Vec::new(), body };
        let positions = self.append(last, events.into_iter().map(message).collect()).await?;
        let position = positions.last().copied();
        self.reach(position, patience).await?;
        Ok(position.unwrap_or_default())
    }

    /// How far the store is, if the event at `position` was the one that settled the message.
    pub(super) async fn settled_by(
        self: &Arc<Self>,
        of: Position,
        position: Position,
    ) -> Result<Position, Status> {
        let Answer { value: message, position: now } =
            self.ask(true, move |reader| reader.quarantined(of)).await?;
        match message.and_then(|message| message.settled) {
            Some(settled) if settled.position == position => Ok(now),
            // Another node was faster.
            Some(settled) => Err(status::already_settled(of, settled.position)),
            None => Err(status::still_quarantined(
                of,
                domain::Reason::FoldPanic,
                "folding it failed; this is a defect of Davy's, please report it",
            )),
        }
    }
}
