//! Messages that could not be read or placed.

use domain::Quarantined;
use proto::v1;

use super::timestamp;

/// A quarantined message.
pub fn quarantined(message: &Quarantined) -> v1::QuarantinedEvent {
    let Quarantined { position, stored_at, subject, department, customer, reason, detail, excerpt } = message;
    v1::QuarantinedEvent {
        position: position.to_string(),
        stored_at: Some(timestamp(*stored_at)),
        department: department.clone().unwrap_or_default(),
        customer: customer.clone().unwrap_or_default(),
        reason: reason.code().to_owned(),
        detail: detail.clone(),
        subject: subject.clone(),
        excerpt: excerpt.clone(),
    }
}
