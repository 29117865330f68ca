//! Clocks, runs and pings, as members of an event's data.

use domain::{
    ClockName, Fired, PersonalCycle, PingId, PingReason, PingTerms, PolicyVersion, Recipient, RuleLeft,
    Severity, Stepped,
};
use serde_json::{Value, json};

use super::{members::Members, payload::severity_text};

pub(super) fn clock(data: &mut Members, ClockName { kind, item, cycle }: &ClockName) {
    data.set("clock", kind.as_str());
    item.iter().for_each(|item| data.set("item", item.to_string()));
    data.set("cycle", *cycle);
}

pub(super) fn stepped(data: &mut Members, stepped: &Stepped) {
    let Stepped { department, cycle, policy, severity, fired, next_at, .. } = stepped;
    let Stepped { late_by, empty, people, unreachable, next_shift, .. } = stepped;
    data.department("department", Some(department));
    data.set("cycle", *cycle);
    self::policy(data, policy);
    if *severity != Severity::Unassessed {
        data.set("severity", severity_text(*severity));
    }
    data.set("fired", what_fired(*fired));
    data.set("next_at", next_at.to_string());
    if *late_by > 0 {
        data.set("late_by", *late_by);
    }
    if !empty.is_empty() {
        data.set("empty", empty.clone());
    }
    if !people.is_empty() {
        data.set("people", people.iter().map(personal).collect::<Vec<_>>());
    }
    data.flag("unreachable", *unreachable);
    data.time("next_shift", *next_shift);
}

pub(super) fn policy(data: &mut Members, PolicyVersion { id, position }: &PolicyVersion) {
    data.set("policy", json!({"id": id, "position": position.to_string()}));
}

fn what_fired(fired: Fired) -> Value {
    match fired {
        Fired::Step { step, pass } => json!({"kind": "step", "step": step, "pass": pass}),
        Fired::Fallback { times } => json!({"kind": "fallback", "times": times}),
        Fired::Digest => json!({"kind": "digest"}),
        Fired::Meanwhile => json!({"kind": "meanwhile"}),
    }
}

fn personal(person: &PersonalCycle) -> Value {
    let PersonalCycle { person, cycle, step, pass, started_at, left } = person;
    let rule = |RuleLeft { rule, contact, after_seconds }: &RuleLeft| json!({"rule": rule, "contact": contact, "after_seconds": after_seconds});
    json!({
        "person": person,
        "cycle": cycle,
        "step": step,
        "pass": pass,
        "started_at": started_at.to_string(),
        "left": left.iter().map(rule).collect::<Vec<_>>(),
    })
}

pub(super) fn requested(data: &mut Members, terms: &PingTerms) {
    let PingTerms { id, department, cycle, to, reason, not_before } = terms;
    data.set("ping", id.to_string());
    data.department("department", Some(department));
    data.set("cycle", *cycle);
    data.set(
        "to",
        match to {
            Recipient::Person { person, contact } => json!({"person": person, "contact": contact}),
            Recipient::Channel(channel) => json!({"channel": channel}),
        },
    );
    data.members("reason", why(reason).0);
    data.time("not_before", *not_before);
}

fn why(reason: &PingReason) -> Members {
    let mut data = Members::default();
    match reason {
        PingReason::Step { step, pass, rule } => {
            data.set("kind", "step");
            data.set("step", *step);
            data.set("pass", *pass);
            data.set("rule", *rule);
        }
        PingReason::Fallback { times } => {
            data.set("kind", "fallback");
            data.set("times", *times);
        }
        PingReason::Warning(name) => {
            data.set("kind", "warning");
            clock(&mut data, name);
        }
        PingReason::Notice(name) => {
            data.set("kind", "notice");
            clock(&mut data, name);
        }
        PingReason::Instead(ping) => {
            data.set("kind", "instead");
            data.set("ping", ping.to_string());
        }
        PingReason::Reminder(lease) => {
            data.set("kind", "reminder");
            data.set("lease", lease.to_string());
        }
        PingReason::Given(by) => {
            data.set("kind", "given");
            data.set("by", by.to_string());
        }
        PingReason::HandOver(ended) => {
            data.set("kind", "hand_over");
            data.set("ended", ended.to_string());
        }
        PingReason::Outage(since) => {
            data.set("kind", "outage");
            data.set("since", since.to_string());
        }
        PingReason::Digest => data.set("kind", "digest"),
        PingReason::Lapsed(asked) => {
            data.set("kind", "lapsed");
            data.set("asked", asked.to_string());
        }
        PingReason::Retracted(ping) => {
            data.set("kind", "retracted");
            data.set("ping", ping.to_string());
        }
    }
    data
}

pub(super) fn attempt(data: &mut Members, ping: PingId, attempt: u32) {
    data.set("ping", ping.to_string());
    data.set("attempt", attempt);
}
