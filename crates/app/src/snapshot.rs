//! What the HTTP listener tells, read from the projection.

use std::sync::Arc;

use engine::{Phase, Projection, Sight, escalator::Health};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::{Check, Escalation, Probe, Snapshot, Unacknowledged};

/// The severities in the order of [`engine::DepartmentRecord`].
const SEVERITIES: [&str; 5] = ["unassessed", "1", "2", "3", "4"];

/// Where snapshots are taken from.
pub(crate) struct Probing {
    pub(crate) projection: Arc<Projection>,
    pub(crate) stopping: CancellationToken,
    /// Of the escalator, where this node is one.
    pub(crate) health: Option<watch::Receiver<Health>>,
}

impl Probing {
    pub(crate) fn probe(self) -> Probe {
        Probe::new(move || self.snapshot())
    }

    fn snapshot(&self) -> Snapshot {
        let published = self.projection.published();
        let sight = self.projection.sight();
        let position = published.cursor.position;
        let counts = published.cursor.counts;
        let phase = self.projection.phase_now().clone();
        Snapshot {
            now: crate::SystemClock::now().as_second(),
            checks: self.checks(&phase, sight),
            log_connected: sight.connected,
            position: position.sequence(),
            lag: self.projection.lag(position),
            events: counts.events,
            duplicates: counts.duplicates,
            quarantined: counts.quarantined,
            issues: counts.issues,
            customers: counts.customers,
            unacknowledged: published
                .departments
                .iter()
                .flat_map(|(department, record)| {
                    SEVERITIES.into_iter().zip(record.unacknowledged).map(|(severity, issues)| {
                        Unacknowledged { department: department.to_string(), severity, issues }
                    })
                })
                .collect(),
            escalation: self.health.as_ref().map(|health| escalation(&health.borrow())),
            version: crate::VERSION,
        }
    }

    fn checks(&self, phase: &Phase, sight: Sight) -> Vec<Check> {
        let nats = (!sight.connected).then(|| "the log cannot be reached; answers may be old".to_owned());
        let (store, caught_up) = match phase {
            Phase::Live => (None, None),
            Phase::CatchingUp { done, total } => (None, Some(format!("folded {done} of {total}"))),
            Phase::Diverged { problem }
            | Phase::Replaced { problem }
            | Phase::Stalled { problem }
            | Phase::OutOfSpace { problem } => (Some(problem.clone()), None),
        };
        let stopping = self.stopping.is_cancelled().then(|| "it was told to stop".to_owned());
        [("nats", nats), ("store", store), ("caught_up", caught_up), ("stopping", stopping)]
            .into_iter()
            .map(|(name, fault)| Check { name, fault })
            .collect()
    }
}

fn escalation(health: &Health) -> Escalation {
    let Health { beat, held, fired, late_by, tired, repaired, jumps } = health;
    Escalation {
        beat: beat.map(jiff::Timestamp::as_second),
        held: held.is_some(),
        fired: *fired,
        late_by: *late_by,
        tired: u64::try_from(*tired).unwrap_or(u64::MAX),
        repaired: *repaired,
        jumps: *jumps,
    }
}
