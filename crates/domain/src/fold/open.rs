//! How an issue comes to be: by the first event in order that names it.

use crate::{Anomalies, Clocks, Escalation, Event, Floors, Home, Issue, IssueId, Severity, Waiting, Work};

use super::{FRESH, desk};

/// The issue before its first event is applied.
pub(super) fn named_by(id: IssueId, event: &Event) -> Issue {
    let (heard_in, custody) = desk(event);
    Issue {
        id,
        references: Vec::new(),
        home: home(id, event),
        customer: None,
        customer_settled: false,
        reported: None,
        heard_in,
        standing: FRESH,
        duplicate_of: None,
        assessed: Severity::Unassessed,
        severity_word: None,
        floors: Floors::default(),
        acknowledged: None,
        custody,
        waiting: Waiting::default(),
        contact: None,
        work: Work::default(),
        clocks: Clocks::default(),
        escalation: Escalation::default(),
        links: Vec::new(),
        restricted: None,
        reopens: 0,
        first_seen_at: event.stored_at,
        first_position: event.position,
        first_event_at: event.time,
        last_event_at: event.time,
        position: event.position,
        event_count: 0,
        anomalies: Anomalies::default(),
        last_key: event.order().into(),
    }
}

/// The customer token of a message, or the issue's own where it names no customer.
pub(super) fn home(id: IssueId, event: &Event) -> Home {
    event.token.clone().map_or(Home::Issue(id), Home::Token)
}
