//! What would be: who would be pinged when, and hours in which nobody could be.

use std::sync::Arc;

use domain::{
    Department, Directory, DocumentKey, Issue, IssueId, Moment, PolicyQuestion, PolicySimulation, Position,
    Severity, SimulatedStep, Unreachable, forecast_reachability, simulate_policy,
};
use engine::query::{Answer, Escalating};
use jiff::{SignedDuration, Timestamp};
use proto::v1;
use tonic::Status;

use crate::{check::Check, shared::Shared, status};

/// Days that are looked ahead where nothing is said, and at most.
const DAYS: i32 = 14;
const MOST_DAYS: i32 = 60;

impl Shared {
    pub(super) async fn simulate_policy(
        self: &Arc<Self>,
        request: v1::SimulatePolicyRequest,
    ) -> Result<v1::SimulatePolicyResponse, Status> {
        let v1::SimulatePolicyRequest { department, policy, severity, at, issue } = request;
        let mut check = Check::default();
        let asked = Asked {
            department: check.department("department", &department),
            policy: Some(policy).filter(|policy| !policy.is_empty()),
            severity: check.enumeration("severity", severity).map(wire::proto::severity_from),
        };
        let at = check.instant("at", at.as_ref()).unwrap_or_else(|| self.clock.now());
        let issue = issue.map(|issue| check.issue("issue", Some(&issue)));
        check.done(Some(()))?;
        let about = self.supposed(issue.flatten()).await?;
        let question = asked.question(&about)?;
        let position = about.at();
        let simulated =
            self.ask(false, move |_| Ok(simulate_policy(&question, about.issue(), &about.moment(at))));
        let PolicySimulation { policy, steps, lease } = simulated.await?;
        Ok(v1::SimulatePolicyResponse {
            policy,
            steps: steps.into_iter().map(step).collect(),
            read_state: self.read_state(position),
            lease: lease.to_string(),
        })
    }

    async fn supposed(self: &Arc<Self>, issue: Option<IssueId>) -> Result<Supposing, Status> {
        let Some(id) = issue else {
            let Answer { value, position } = self.ask(true, |reader| reader.directory()).await?;
            return Ok(Supposing::Nothing(value, position));
        };
        let Answer { value, position: _ } = self.ask(true, move |reader| reader.escalating(id)).await?;
        Ok(Supposing::Issue(Box::new(value)))
    }

    pub(super) async fn forecast_reachability(
        self: &Arc<Self>,
        request: v1::ForecastReachabilityRequest,
    ) -> Result<v1::ForecastReachabilityResponse, Status> {
        let v1::ForecastReachabilityRequest { department, days } = request;
        let mut check = Check::default();
        let department = check.department("department", &department);
        if !(0..=MOST_DAYS).contains(&days) {
            check.refuse("days", format!("is not among 1 to {MOST_DAYS}; leave it out for {DAYS}"));
        }
        check.done(Some(()))?;
        let days = if days == 0 { DAYS } else { days };
        let Answer { value: directory, position } = self.ask(true, |reader| reader.directory()).await?;
        let departments = departments(&directory, department, position)?;
        let now = self.clock.now();
        let problems = self.ask(false, move |_| {
            let moment = Moment { now, directory: &directory, at: position, account_owner: None };
            let length = SignedDuration::from_hours(24 * i64::from(days));
            Ok(forecast_reachability(&departments, length, &moment))
        });
        let problems = problems.await?.into_iter().map(problem).collect();
        Ok(v1::ForecastReachabilityResponse { problems, read_state: self.read_state(position) })
    }
}

/// What a simulation is about, as far as the request says it.
struct Asked {
    department: Option<Department>,
    policy: Option<String>,
    severity: Option<Severity>,
}

/// What is known of what is supposed.
enum Supposing {
    Nothing(Arc<Directory>, Position),
    Issue(Box<Escalating>),
}

impl Supposing {
    fn issue(&self) -> Option<&Issue> {
        match self {
            Self::Nothing(..) => None,
            Self::Issue(about) => Some(&about.shown.issue),
        }
    }

    fn directory(&self) -> &Directory {
        match self {
            Self::Nothing(directory, _) => directory,
            Self::Issue(about) => &about.directory,
        }
    }

    fn at(&self) -> Position {
        match self {
            Self::Nothing(_, at) => *at,
            Self::Issue(about) => about.at,
        }
    }

    fn moment(&self, now: Timestamp) -> Moment<'_> {
        match self {
            Self::Nothing(directory, at) => Moment { now, directory, at: *at, account_owner: None },
            Self::Issue(about) => about.moment(now),
        }
    }
}

impl Asked {
    fn question(self, about: &Supposing) -> Result<PolicyQuestion, Status> {
        let (directory, at) = (about.directory(), about.at());
        if let Some(policy) = &self.policy
            && directory.policy_by_id(policy, at).is_none()
        {
            return Err(status::unknown_document(&DocumentKey::Policy(policy.clone())));
        }
        let owners = about.issue().map(|issue| issue.custody.owner.department.clone());
        let goes_by = || {
            let policy = self.policy.as_ref()?;
            let mut known = directory.departments(at);
            known.find(|known| known.policy.as_ref() == Some(policy)).map(|known| known.department.clone())
        };
        let department = self.department.clone().or(owners).or_else(goes_by);
        let mut check = Check::default();
        if department.is_none() {
            check.refuse("department", "is missing: name the department that would owe the act");
        }
        let department = check.done(department)?;
        let stated = self.severity.filter(|severity| *severity != Severity::Unassessed);
        let severity = stated.or_else(|| about.issue().map(Issue::severity)).unwrap_or(Severity::Unassessed);
        Ok(PolicyQuestion { department, policy: self.policy, severity })
    }
}

fn step(step: SimulatedStep) -> v1::SimulatedStep {
    let SimulatedStep { at, name, to, nobody } = step;
    v1::SimulatedStep {
        at: Some(wire::proto::timestamp(at)),
        name,
        to: to.iter().map(wire::proto::recipient).collect(),
        nobody,
    }
}

/// The one that is named, or all that are open.
fn departments(
    directory: &Directory,
    named: Option<Department>,
    at: Position,
) -> Result<Vec<Department>, Status> {
    match named {
        Some(named) if directory.department(&named, at).is_none() => {
            Err(status::unknown_document(&DocumentKey::Department(named)))
        }
        Some(named) => Ok(vec![named]),
        None => {
            let all = directory.departments(at).filter(|known| known.active);
            Ok(all.map(|known| known.department.clone()).collect())
        }
    }
}

fn problem(found: Unreachable) -> v1::ReachabilityProblem {
    let Unreachable { department, from, until, problem } = found;
    v1::ReachabilityProblem {
        department: department.to_string(),
        from: Some(wire::proto::timestamp(from)),
        until: Some(wire::proto::timestamp(until)),
        problem,
    }
}
