//! What keeps a severity from being lower than the harm (`domain.md` 4.9).

use crate::{Severity, limits::CHASERS_RAISE};

/// What was seen of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Floors {
    /// Somebody may be hurt: severity 1.
    pub safety: bool,
    /// Invoices that are withheld because of the issue: severity 2 while there is one.
    pub withheld: Vec<String>,
    /// How often the customer asked again: the third time raises by one step.
    pub chasers: u32,
}

impl Floors {
    /// The severity that an assessed one counts as. One that nobody assessed and nothing raises stays unassessed.
    pub fn raise(&self, assessed: Severity) -> Severity {
        let chased = if self.chasers >= CHASERS_RAISE { one_step_up(assessed) } else { assessed };
        let floor = if self.safety {
            Some(Severity::One)
        } else if self.withheld.is_empty() {
            None
        } else {
            Some(Severity::Two)
        };
        floor.filter(|floor| floor.rank() < chased.rank()).unwrap_or(chased)
    }
}

const fn one_step_up(severity: Severity) -> Severity {
    match severity {
        Severity::One | Severity::Two => Severity::One,
        Severity::Three | Severity::Unassessed => Severity::Two,
        Severity::Four => Severity::Three,
    }
}
