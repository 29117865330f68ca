//! Messages that could not be read or placed.

use domain::{Quarantined, Settlement, SettlementKind};
use proto::v1::{self, quarantine_settlement::Kind};

use super::{person, timestamp};

/// A quarantined message.
pub fn quarantined(message: &Quarantined) -> v1::QuarantinedEvent {
    let Quarantined { position, stored_at, subject, department, customer, reason, detail, excerpt, settled } =
        message;
    v1::QuarantinedEvent {
        position: position.to_string(),
        stored_at: Some(timestamp(*stored_at)),
        department: department.clone().unwrap_or_default(),
        customer: customer.clone().unwrap_or_default(),
        reason: reason.code().to_owned(),
        detail: detail.clone(),
        subject: subject.clone(),
        excerpt: excerpt.clone(),
        settled: settled.as_ref().map(settlement),
    }
}

/// How somebody dealt with a message.
fn settlement(settled: &Settlement) -> v1::QuarantineSettlement {
    let Settlement { kind, position, at: _, reason, department, person: by } = settled;
    let kind = match kind {
        SettlementKind::Redriven => Kind::Redriven,
        SettlementKind::Skipped => Kind::Skipped,
    };
    v1::QuarantineSettlement {
        kind: kind.into(),
        position: position.to_string(),
        reason: reason.clone(),
        department: department.to_string(),
        person: by.as_ref().map(person),
    }
}
