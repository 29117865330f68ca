//! Which events are struck out, and by which retraction. A question to all events of an issue or customer at once:
//! whether the event or its retraction came first makes no difference.

use std::collections::HashMap;

use super::{Applied, Effect};
use crate::{Anomaly, Event, Identity, Origin, Payload};

/// What retractions do among the events of one issue, or of one customer.
#[derive(Debug, Default)]
pub(super) struct Strikes<'a> {
    /// Events that are no retractions; empty where nothing is retracted.
    facts: HashMap<&'a Identity, &'a Event>,
    /// The first retraction in order of each event that is struck out.
    struck: HashMap<&'a Identity, &'a Event>,
}

impl<'a> Strikes<'a> {
    /// Among distinct events, in any order.
    pub(super) fn among(events: &[&'a Event]) -> Self {
        let retractions: Vec<_> =
            events.iter().filter_map(|event| Some((*event, retracted(event)?))).collect();
        if retractions.is_empty() {
            return Self::default();
        }
        let facts = events.iter().filter(|event| retracted(event).is_none());
        let mut strikes =
            Self { facts: facts.map(|event| (&event.identity, *event)).collect(), struck: HashMap::new() };
        for (retraction, identity) in retractions {
            if strikes.refused(retraction, identity).is_none() {
                let first = strikes.struck.entry(identity).or_insert(retraction);
                if retraction.order() < first.order() {
                    *first = retraction;
                }
            }
        }
        strikes
    }

    /// What became of a retraction, or of an event that is struck out; `None` for one that is to be folded.
    pub(super) fn became(&self, event: &Event) -> Option<Applied> {
        let mut anomalies = event.anomalies;
        let Some(identity) = retracted(event) else {
            let by = self.struck.get(&event.identity)?.position;
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
        let Some(fact) = self.facts.get(identity) else { return Some(Anomaly::NothingToRetract) };
        let may = match &retraction.origin {
            Origin::Command(_) => true,
            Origin::Department(_) => retraction.origin == fact.origin,
            Origin::Escalator(_) | Origin::Pager(_) => false,
        };
        (!may).then_some(Anomaly::NotOwnEvent)
    }
}

/// Whether an event is a retraction, and of what.
pub(super) const fn retracted(event: &Event) -> Option<&Identity> {
    if let Payload::Retracted(retraction) = &event.payload { Some(&retraction.identity) } else { None }
}
