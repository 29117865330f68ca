//! An issue that is only supposed: as if one of a department were overdue at an instant.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    Actor, ActorKind, Announced, Anomalies, ClockKind, ClockName, Clocks, Department, Digest, Event, Fired,
    Identity, Issue, IssueId, IssueName, Mark, Ordinal, Origin, Payload, PolicyVersion, Position, Reported,
    Run, RunPhase, Running, Severity, Started,
};

/// What is supposed.
#[derive(Clone, Debug)]
pub(super) struct Supposed<'a> {
    /// Who owes the act.
    pub(super) department: &'a Department,
    pub(super) policy: PolicyVersion,
    pub(super) severity: Severity,
    /// When it is overdue.
    pub(super) at: Timestamp,
    /// The directory is that of this position.
    pub(super) position: Position,
}

const NOBODYS: IssueId = IssueId::from_bytes([0; 16]);

impl Supposed<'_> {
    /// With nobody named in it, or owner and hearer of another one, and as often reopened.
    pub(super) fn issue(&self, like: Option<&Issue>) -> Issue {
        let mut issue = Issue::named_by(NOBODYS, &self.event(Payload::Noted));
        let title = String::new();
        issue.reported = Some(Reported { at: self.at, title, heard_by: None });
        issue.assessed = self.severity;
        if let Some(like) = like {
            issue.heard_in = like.heard_in.clone();
            issue.custody.owner.holding = like.custody.owner.holding.clone();
            issue.reported.clone_from(&like.reported);
            issue.reopens = like.reopens;
        }
        issue.custody.owner.department = self.department.clone();
        issue.clocks = self.clocks();
        issue.escalation.runs = vec![self.run()];
        issue
    }

    /// The one clock that is overdue. It is history, so that nothing else is announced of it.
    pub(super) fn clocks(&self) -> Clocks {
        let clock = ClockName { kind: ClockKind::Own, item: None, cycle: 1 };
        let (department, position) = (self.department.clone(), self.position);
        let since = Started { at: self.at, position, department, calendar: None, silent: true };
        let announced = Announced { clock, mark: Mark::Breached, deadline: self.at, at: self.at };
        let own = Some(Running { cycle: 1, since, halved: false });
        Clocks { own, announced: vec![announced], ..Clocks::default() }
    }

    /// Before its first cycle, so that the next one goes by the policy that is asked about.
    fn run(&self) -> Run {
        Run {
            department: self.department.clone(),
            cycle: 0,
            policy: self.policy.clone(),
            severity: self.severity,
            started_at: self.at,
            fired: Fired::Meanwhile,
            phase: RunPhase::Snoozed { until: self.at },
            lease: None,
            escalated: false,
            migrated: false,
            answers: Vec::new(),
            personal: Vec::new(),
            unreachable: false,
            next_shift: None,
        }
    }

    /// An event of the escalator's at the instant that is supposed.
    pub(super) fn event(&self, payload: Payload) -> Event {
        let name = String::new();
        Event {
            position: self.position,
            stored_at: self.at,
            time: self.at,
            ordinal: Ordinal::Absent,
            identity: Identity { source: name.clone(), id: name },
            identity_digest: Digest::default(),
            content: Digest::default(),
            origin: Origin::Escalator(self.department.clone()),
            token: None,
            issue: Some(IssueName { id: NOBODYS, reference: None }),
            customer: None,
            actor: Actor { kind: ActorKind::System, person: None },
            backfill: false,
            anomalies: Anomalies::default(),
            type_name: Arc::from(""),
            payload,
            data: Arc::from([]),
            traceparent: None,
            tracestate: None,
        }
    }
}
