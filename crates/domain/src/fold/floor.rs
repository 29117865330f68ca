//! Invoices withheld because of an issue (F39), which keep its severity from being lower than 2.

use crate::{Anomalies, Anomaly, Event, Issue, limits::ISSUE_LIST, work::brief};

impl Issue {
    /// `invoice.withheld`: each once, until it is released.
    pub(super) fn withhold(&mut self, invoice: &str, event: &Event, doubts: &mut Anomalies) -> bool {
        let invoice = brief(invoice);
        self.break_deferral(event);
        let doubt = if self.floors.withheld.contains(&invoice) {
            Anomaly::Already
        } else if self.floors.withheld.len() >= ISSUE_LIST {
            Anomaly::TooMany
        } else {
            self.floors.withheld.push(invoice);
            return true;
        };
        doubts.insert(doubt);
        false
    }

    /// `invoice.released`.
    pub(super) fn release(&mut self, invoice: &str, doubts: &mut Anomalies) -> bool {
        let invoice = brief(invoice);
        let before = self.floors.withheld.len();
        self.floors.withheld.retain(|withheld| *withheld != invoice);
        let released = self.floors.withheld.len() < before;
        if !released {
            doubts.insert(Anomaly::UnknownRef);
        }
        released
    }
}
