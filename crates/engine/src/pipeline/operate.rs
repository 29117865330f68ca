//! What operators did: a quarantined message is settled, a loss is noted. The first event that settles a message counts;
//! one that names a message which is not quarantined, or not any more, changes nothing.

use domain::{
    Arrived, Loss, Operation, OperationKind, Position, Recorded, Settlement, SettlementKind, cut, limits,
};

use super::folder::{Folder, Taken};
use crate::{AcceptedLoss, StoreError};

impl Folder {
    /// `packed` is the event that a redriven message holds, as the store keeps it.
    pub(crate) fn operate(&mut self, operation: Operation, packed: &[u8]) -> Result<(), StoreError> {
        let Operation { position, stored_at: at, department, person, reason, kind, .. } = operation;
        self.cursor.counts.events += 1;
        self.tally.see_department(&department);
        let settlement = |kind, reason| Settlement { kind, position, at, reason, department, person };
        match kind {
            OperationKind::Skipped { of } => {
                if self.ward.is_open(&*self.store, of)? {
                    self.settle(of, settlement(SettlementKind::Skipped, reason))?;
                }
            }
            OperationKind::Redriven { of, arrived } => {
                if self.ward.is_open(&*self.store, of)? && self.read_again(*arrived, packed)? {
                    self.settle(of, settlement(SettlementKind::Redriven, reason))?;
                }
            }
            OperationKind::LossAccepted(loss) => self.note_loss(loss, &reason, position),
        }
        Ok(())
    }

    /// Folds what a quarantined message holds after all; `false` if it would be quarantined again.
    fn read_again(&mut self, arrived: Arrived, packed: &[u8]) -> Result<bool, StoreError> {
        Ok(match arrived {
            Arrived::Event(event) => match self.take(&event, packed)? {
                Taken::Folded | Taken::Duplicate => true,
                Taken::Conflict(_) | Taken::Panicked => false,
            },
            Arrived::Directory(change) => match self.record(change) {
                Recorded::Changed | Recorded::Duplicate(_) => true,
                Recorded::Conflict(_) => false,
            },
            Arrived::UnknownDocument { type_name } => {
                self.count_unknown(&type_name);
                true
            }
            // No event holds one of Davy's own.
            Arrived::Operation(_) | Arrived::Quarantined(_) => false,
        })
    }

    fn settle(&mut self, of: Position, settlement: Settlement) -> Result<(), StoreError> {
        self.cursor.counts.quarantined = self.cursor.counts.quarantined.saturating_sub(1);
        self.ward.settle(&*self.store, of, settlement, self.number)
    }

    fn note_loss(&mut self, loss: Loss, reason: &str, position: Position) {
        let losses = &mut self.cursor.losses;
        if losses.len() == limits::LOSSES {
            losses.remove(0);
        }
        let reason = cut(reason, limits::LOSS_REASON_BYTES).into_owned();
        losses.push(AcceptedLoss { loss, reason, position });
    }
}
