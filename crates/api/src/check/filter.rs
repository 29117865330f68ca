//! Filters of lists of issues.

use domain::{Lifecycle, Reference};
use engine::query::{IssueFilter, Order, OwnerFilter};
use jiff::SignedDuration;
use proto::v1;

use super::Check;

impl Check {
    pub(crate) fn filter(&mut self, sent: Option<&v1::IssueFilter>) -> IssueFilter {
        let Some(sent) = sent else { return IssueFilter::default() };
        let v1::IssueFilter {
            department,
            team,
            owner,
            owner_system,
            severity_at_least,
            customer,
            lifecycles,
            older_than,
            orphaned,
            bounced,
        } = sent;
        IssueFilter {
            department: self.department("filter.department", department),
            team: team.clone().map(|team| Some(team).filter(|team| !team.is_empty())),
            owner: self.owner(owner, owner_system),
            worst_of: self.worst_of(*severity_at_least),
            customer: self.any_customer("filter.customer", customer),
            lifecycles: self.lifecycles(lifecycles),
            older_than: older_than.as_ref().and_then(|age| self.age(age)),
            orphaned: *orphaned,
            bounced: *bounced,
        }
    }

    fn owner(&mut self, id: &str, system: &str) -> Option<OwnerFilter> {
        match (id, system) {
            ("", "") => None,
            ("", _) => {
                self.refuse("filter.owner", "is missing; `owner_system` alone names nobody");
                None
            }
            (id, "") => Some(OwnerFilter::Id(id.to_owned())),
            (id, system) => {
                Some(OwnerFilter::Account(Reference { system: system.to_owned(), id: id.to_owned() }))
            }
        }
    }

    fn worst_of(&mut self, sent: i32) -> Option<u8> {
        let severity: v1::Severity = self.enumeration("filter.severity_at_least", sent)?;
        (severity != v1::Severity::Unspecified).then(|| wire::proto::severity_from(severity).rank())
    }

    /// None at all: every one.
    fn lifecycles(&mut self, sent: &[i32]) -> Option<Vec<Lifecycle>> {
        let mut wanted = Vec::new();
        for (index, lifecycle) in sent.iter().enumerate() {
            let field = format!("filter.lifecycles[{index}]");
            match self.enumeration(&field, *lifecycle) {
                Some(v1::Lifecycle::Unspecified) => {
                    self.refuse(&field, "name a lifecycle, or leave all out for every one")
                }
                Some(lifecycle) => wanted.extend(wire::proto::lifecycle_from(lifecycle)),
                None => {}
            }
        }
        (!sent.is_empty()).then_some(wanted)
    }

    fn age(&mut self, sent: &prost_types::Duration) -> Option<SignedDuration> {
        let whole = sent.seconds >= 0 && (0..1_000_000_000).contains(&sent.nanos);
        if !whole {
            self.refuse("filter.older_than", "is negative or has more than a second of nanoseconds");
        }
        whole.then(|| SignedDuration::new(sent.seconds, sent.nanos))
    }

    pub(crate) fn order(&mut self, sent: i32) -> Order {
        match self.enumeration("order_by", sent) {
            Some(v1::IssueOrder::Unspecified | v1::IssueOrder::OldestFirst) | None => Order::OldestFirst,
            Some(v1::IssueOrder::WorstFirst) => Order::WorstFirst,
        }
    }
}
