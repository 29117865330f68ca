//! Documents of a directory in a line each: people, policies and schedules.

use domain::{
    ClockKind, ClockLimit, Contact, Department, DepartmentDocument, LayerDocument, LayerWho, LeaseLimit,
    Person, PersonDocument, PingRule, PingTarget, Plan, PolicyDocument, PolicyStep, Reference, Repeat,
    ScheduleDocument, TimeLimit,
};
use jiff::tz::TimeZone;

use crate::world::{T0, minutes};

pub(crate) fn department(slug: &str) -> Department {
    slug.parse().unwrap()
}

pub(crate) fn person(id: &str) -> Person {
    Person { account: Reference { system: "directory".to_owned(), id: id.to_owned() }, name: None }
}

/// A person with these contacts, and a rule for each of these: contact, and minutes after the step.
pub(crate) fn somebody(id: &str, contacts: &[&str], rules: &[(&str, u32)]) -> PersonDocument {
    let contact = |name: &&str| Contact {
        name: (*name).to_owned(),
        kind: "mail".to_owned(),
        address: format!("{name}@example.com"),
    };
    let rule = |(contact, minutes): &(&str, u32)| PingRule {
        contact: (*contact).to_owned(),
        after_seconds: minutes * 60,
        severities: Vec::new(),
    };
    PersonDocument {
        contacts: contacts.iter().map(contact).collect(),
        rules: rules.iter().map(rule).collect(),
        ..PersonDocument::new(id.to_owned())
    }
}

/// A step with these targets that waits for so many minutes.
pub(crate) fn step(delay: u32, targets: Vec<PingTarget>) -> PolicyStep {
    PolicyStep { targets, delay: TimeLimit::Wall(delay * 60), answers: 1 }
}

pub(crate) fn to(person: &str) -> PingTarget {
    PingTarget::Person(person.to_owned())
}

/// All clocks run for long, but for a minute until somebody takes the issue.
pub(crate) fn policy(id: &str, steps: Vec<PolicyStep>, repeat: Repeat) -> PolicyDocument {
    let (lease, pages_days) = (LeaseLimit::Lasts(TimeLimit::Wall(30 * 60)), None);
    let plan =
        Plan { steps, repeat, lease, pages_days, working_time: false, holds: false, until_opening: false };
    let limit = |clock| {
        let seconds = if clock == ClockKind::Own { 60 } else { 700 * 86_400 };
        ClockLimit { clock, limits: [TimeLimit::Wall(seconds); 4] }
    };
    PolicyDocument {
        id: id.to_owned(),
        name: None,
        limits: ClockKind::ALL.into_iter().map(limit).collect(),
        plans: std::array::from_fn(|_| plan.clone()),
        fallback: PingTarget::Channel("last".to_owned()),
    }
}

/// A policy of which every plan is changed.
pub(crate) fn with(mut policy: PolicyDocument, change: impl Fn(&mut Plan)) -> PolicyDocument {
    policy.plans.iter_mut().for_each(change);
    policy
}

pub(crate) fn following(slug: &str, policy: &str) -> DepartmentDocument {
    DepartmentDocument { policy: Some(policy.to_owned()), ..DepartmentDocument::new(department(slug)) }
}

/// People who are on call from and until so many minutes after T0, if that is said.
pub(crate) fn schedule(id: &str, layers: &[(&str, Option<i64>, Option<i64>)]) -> ScheduleDocument {
    let layer = |(person, from, until): &(&str, Option<i64>, Option<i64>)| LayerDocument {
        name: (*person).to_owned(),
        who: LayerWho::People(vec![(*person).to_owned()]),
        windows: Vec::new(),
        from: from.map(|from| T0 + minutes(from)),
        until: until.map(|until| T0 + minutes(until)),
    };
    ScheduleDocument {
        id: id.to_owned(),
        name: None,
        zone: TimeZone::UTC,
        layers: layers.iter().map(layer).collect(),
        temporary: Vec::new(),
        gaps_wanted: false,
    }
}
