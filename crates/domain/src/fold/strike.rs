//! Which events are struck out, and by which retraction. A question to all events of an issue or customer at once:
//! whether the event or its retraction came first makes no difference.

use std::collections::HashMap;

use super::{Applied, Effect};
use crate::{Anomaly, Event, Identity, IssueId, Origin, Payload};

/// An identity is judged within the issue that the event names, also where several issues are one (`contract.md` 1).
type Named<'a> = (Option<IssueId>, &'a Identity);

/// What retractions do among the events of one issue, of several that are one, or of one customer.
#[derive(Debug, Default)]
pub(crate) struct Strikes<'a> {
    /// Events that are no retractions; empty where nothing is retracted.
    facts: HashMap<Named<'a>, &'a Event>,
    /// The first retraction in order of each event that is struck out.
    struck: HashMap<Named<'a>, &'a Event>,
}

impl<'a> Strikes<'a> {
    /// Among distinct events, in any order.
    pub(crate) fn among(events: &[&'a Event]) -> Self {
        let retractions: Vec<_> =
            events.iter().filter_map(|event| Some((*event, retracted(event)?))).collect();
        if retractions.is_empty() {
            return Self::default();
        }
        let facts = events.iter().filter(|event| retracted(event).is_none());
        let mut strikes = Self {
            facts: facts.map(|event| (named(event, &event.identity), *event)).collect(),
            struck: HashMap::new(),
        };
        for (retraction, identity) in retractions {
            if strikes.refused(retraction, identity).is_none() {
                let first = strikes.struck.entry(named(retraction, identity)).or_insert(retraction);
                if retraction.order() < first.order() {
                    *first = retraction;
                }
            }
        }
        strikes
    }

    /// What became of a retraction, or of an event that is struck out; `None` for one that is to be folded.
    pub(crate) fn became(&self, event: &Event) -> Option<Applied> {
        let mut anomalies = event.anomalies;
        let Some(identity) = retracted(event) else {
            let by = self.struck.get(&named(event, &event.identity))?.position;
            return Some(Applied { effect: Effect::Retracted { by }, anomalies });
        };
        let refused = self.refused(event, identity);
        anomalies.extend(refused.into_iter().collect());
        let effect = if refused.is_none() { Effect::Applied } else { Effect::NotApplied };
        Some(Applied { effect, anomalies })
    }

    /// Why a retraction of this identity strikes nothing out: a department takes back its own events, an operator
    /// anybody's, and nobody a retraction.
    fn refused(&self, retraction: &Event, identity: &Identity) -> Option<Anomaly> {
        let Some(fact) = self.facts.get(&named(retraction, identity)) else {
            return Some(Anomaly::NothingToRetract);
        };
        let may = match &retraction.origin {
            Origin::Command(_) => true,
            Origin::Department(_) => retraction.origin == fact.origin,
            Origin::Escalator(_) | Origin::Pager(_) => false,
        };
        (!may).then_some(Anomaly::NotOwnEvent)
    }
}

/// An identity among the events of the issue that `event` names.
fn named<'a>(event: &Event, identity: &'a Identity) -> Named<'a> {
    (event.issue.as_ref().map(|name| name.id), identity)
}

/// Whether an event is a retraction, and of what.
pub(super) const fn retracted(event: &Event) -> Option<&Identity> {
    if let Payload::Retracted(retraction) = &event.payload { Some(&retraction.identity) } else { None }
}
