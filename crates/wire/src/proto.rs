//! From the domain to `davy.v1`: what readers see, field by field (`contract.md` 6); and from the requests of commands to
//! the domain.
//!
//! Deliberately absent: the requests of queries, which are checked where they arrive (`api`), and JSON, which follows from
//! the descriptors.

mod clock;
pub mod command;
mod customer;
mod directory;
mod identity;
mod issue;
mod owner;
mod ping;
mod quarantine;
mod run;
mod silence;
mod timeline;
mod work;

use proto::v1;

pub use crate::data::duty::{Flaw, Flaws};
pub use clock::{clock, clock_outcome, past_clock};
pub use customer::{customer, customer_leaf, named_leaf};
pub use directory::{document, document_name, read_duty, read_person_rules, read_quiet};
pub use identity::{NamedLeaf, confidence_from, contract, leaf, leaf_kind_from, profile, tie};
pub use issue::{acknowledgement, issue, lifecycle, lifecycle_from, report_body, severity, severity_from};
pub use owner::{offer, owner, person, reference};
pub use ping::{ping, recipient};
pub use quarantine::quarantined;
pub use run::{run, runs};
pub use silence::{silence, silence_clock};
pub use timeline::{document_entry, operation_entry, timeline_entry};
pub use work::work;

/// An instant.
pub fn timestamp(instant: jiff::Timestamp) -> prost_types::Timestamp {
    let nanosecond = instant.subsec_nanosecond();
    // Before 1970 both parts are negative; protobuf wants the fraction to count forward.
    if nanosecond < 0 {
        prost_types::Timestamp { seconds: instant.as_second() - 1, nanos: nanosecond + 1_000_000_000 }
    } else {
        prost_types::Timestamp { seconds: instant.as_second(), nanos: nanosecond }
    }
}

/// An instant of a request; `None` if it is none that exists.
pub fn instant(sent: &prost_types::Timestamp) -> Option<jiff::Timestamp> {
    let whole = (0..1_000_000_000).contains(&sent.nanos);
    whole.then(|| jiff::Timestamp::new(sent.seconds, sent.nanos).ok()).flatten()
}

/// A count as a JSON number (`contract.md` 6).
fn count(counted: u32) -> i32 {
    i32::try_from(counted).unwrap_or(i32::MAX)
}

/// The codes of anomalies.
fn codes(anomalies: domain::Anomalies) -> Vec<String> {
    anomalies.iter().map(|anomaly| anomaly.code().to_owned()).collect()
}

/// Of a customer as it is shown beside an issue.
pub fn customer_ref(customer: &domain::AsReported) -> v1::CustomerRef {
    v1::CustomerRef { id: customer.leaf.id().to_string(), display_name: customer.id() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back() {
        for text in ["2026-03-02T09:58:00.5Z", "1969-12-31T23:59:59.25Z", "1970-01-01T00:00:00Z"] {
            let time: jiff::Timestamp = text.parse().unwrap();
            assert!(timestamp(time).nanos >= 0);
            assert_eq!(instant(&timestamp(time)), Some(time), "{text}");
        }
        assert_eq!(instant(&prost_types::Timestamp { seconds: 0, nanos: -1 }), None);
        assert_eq!(instant(&prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }), None);
    }
}
