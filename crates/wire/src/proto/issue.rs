//! Issues.

use domain::{Acknowledgement, Event, Issue, Lifecycle, Severity, ShownOwner};
use proto::v1;
use serde_json::{Map, Value};

use super::{codes, count, customer_ref, offer, owner, person, reference, timestamp};

/// An issue with the owner who is shown.
pub fn issue(issue: &Issue, shown: &ShownOwner) -> v1::Issue {
    let as_reported = issue.customer.as_ref();
    v1::Issue {
        id: issue.id.to_string(),
        references: issue.references.iter().map(reference).collect(),
        home: issue.home.to_string(),
        customer: as_reported.map(customer_ref),
        customer_as_reported: as_reported
            .map(|customer| v1::Reference { system: customer.leaf.system().to_owned(), id: customer.id() }),
        title: issue.title().to_owned(),
        lifecycle: lifecycle(issue.lifecycle()).into(),
        severity: severity(issue.severity()).into(),
        source_severity: issue.severity_word.clone().unwrap_or_default(),
        acknowledged: issue.acknowledged.as_ref().map(acknowledgement),
        owner: Some(owner(shown)),
        offered_to: issue.custody.offer.as_ref().map(offer),
        owner_changes: count(issue.custody.owner_changes),
        hand_offs: count(issue.custody.hand_offs),
        returns: i32::from(issue.custody.returned),
        reopens: count(issue.reopens),
        reported_at: issue.reported.as_ref().map(|reported| timestamp(reported.at)),
        first_seen_at: Some(timestamp(issue.first_seen_at)),
        last_event_at: Some(timestamp(issue.last_event_at)),
        position: issue.position.to_string(),
        event_count: count(issue.event_count),
        anomalies: codes(issue.anomalies),
        restricted: issue.restricted.is_some(),
    }
}

/// A human's word to the customer.
pub fn acknowledgement(acknowledgement: &Acknowledgement) -> v1::Acknowledgement {
    let Acknowledgement { at, by, channel } = acknowledgement;
    v1::Acknowledgement {
        at: Some(timestamp(*at)),
        by: by.as_ref().map(person),
        channel: channel.clone().unwrap_or_default(),
    }
}

/// Where an issue stands.
pub const fn lifecycle(lifecycle: Lifecycle) -> v1::Lifecycle {
    match lifecycle {
        Lifecycle::Unreported => v1::Lifecycle::Unreported,
        Lifecycle::Open => v1::Lifecycle::Open,
        Lifecycle::WaitingCustomer => v1::Lifecycle::WaitingCustomer,
        Lifecycle::WaitingExternal => v1::Lifecycle::WaitingExternal,
        Lifecycle::Deferred => v1::Lifecycle::Deferred,
        Lifecycle::Resolved => v1::Lifecycle::Resolved,
        Lifecycle::Closed => v1::Lifecycle::Closed,
        Lifecycle::Withdrawn => v1::Lifecycle::Withdrawn,
        Lifecycle::Duplicate => v1::Lifecycle::Duplicate,
    }
}

/// Where issues may stand; `None` for where none does.
pub const fn lifecycle_from(lifecycle: v1::Lifecycle) -> Option<Lifecycle> {
    match lifecycle {
        v1::Lifecycle::Unreported => Some(Lifecycle::Unreported),
        v1::Lifecycle::Open => Some(Lifecycle::Open),
        v1::Lifecycle::WaitingCustomer => Some(Lifecycle::WaitingCustomer),
        v1::Lifecycle::WaitingExternal => Some(Lifecycle::WaitingExternal),
        v1::Lifecycle::Deferred => Some(Lifecycle::Deferred),
        v1::Lifecycle::Resolved => Some(Lifecycle::Resolved),
        v1::Lifecycle::Closed => Some(Lifecycle::Closed),
        v1::Lifecycle::Withdrawn => Some(Lifecycle::Withdrawn),
        v1::Lifecycle::Duplicate => Some(Lifecycle::Duplicate),
        v1::Lifecycle::Unspecified => None,
    }
}

/// Harm.
pub const fn severity(severity: Severity) -> v1::Severity {
    match severity {
        Severity::One => v1::Severity::Severity1,
        Severity::Two => v1::Severity::Severity2,
        Severity::Three => v1::Severity::Severity3,
        Severity::Four => v1::Severity::Severity4,
        Severity::Unassessed => v1::Severity::Unspecified,
    }
}

/// Harm, as a request names it.
pub const fn severity_from(severity: v1::Severity) -> Severity {
    match severity {
        v1::Severity::Severity1 => Severity::One,
        v1::Severity::Severity2 => Severity::Two,
        v1::Severity::Severity3 => Severity::Three,
        v1::Severity::Severity4 => Severity::Four,
        v1::Severity::Unspecified => Severity::Unassessed,
    }
}

/// The whole text of a report, as far as the store keeps it; empty where it has none.
pub fn report_body(report: &Event) -> String {
    let members: Map<String, Value> = serde_json::from_slice(&report.data).unwrap_or_default();
    let text = ["text", "transcript"].into_iter().find_map(|name| members.get(name)?.as_str());
    text.unwrap_or_default().to_owned()
}
