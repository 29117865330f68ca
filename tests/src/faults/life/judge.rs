//! Whether a life that is over kept what Davy promises, from the messages of its log, from what everybody was answered, and from
//! what arrived. Each check begins with its name: a shorter history shows the same failure if it fails by the same name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use testkit::client::v1::EventMessage;

use super::{
    super::{publishing::Acked, truth::issue_id},
    work::Done,
};

/// Departments of Davy's own.
const OWN: [&str; 3] = ["davy.events.command.", "davy.events.escalator.", "davy.events.pager."];
/// What may end the reason of a ping about the same issue.
const ENDS: [&str; 4] = ["issue.acknowledged", "ping.acknowledged", "owner.assigned", "owner.accepted"];

/// What the log says of pings.
#[derive(Debug, Default)]
pub(crate) struct Pings {
    pub(crate) requested: usize,
    pub(crate) delivered: usize,
    /// Those whose reason was gone before they were sent.
    pub(crate) withdrawn: usize,
    /// How often one arrived that had arrived before.
    pub(crate) repeated: usize,
}

/// What was confirmed stands where it was said to stand.
pub(crate) fn all_is_kept(log: &[EventMessage], confirmed: &[Acked]) {
    for Acked { position, event, .. } in confirmed {
        let stored = log.get(usize::try_from(*position).unwrap() - 1);
        let is_kept =
            stored.is_some_and(|stored| (&stored.subject, &stored.body) == (&event.subject, &event.body));
        assert!(is_kept, "lost: what was confirmed at {position} is {stored:?}, and was {event:?}");
    }
}

/// Davy appends nothing twice; and what it says that an order made is in the log.
pub(crate) fn orders_are_done_once(log: &[EventMessage], done: &[Done]) {
    let mut own = HashMap::new();
    for (position, message) in (1_u64..).zip(log) {
        if OWN.iter().any(|own| message.subject.starts_with(own)) {
            let id = id(&body(message));
            if let Some(before) = own.insert(id.clone(), position) {
                panic!("doubled: {id} stands at {before} and at {position}: {}", message.subject);
            }
        }
    }
    for Done { order, position, events, .. } in done {
        let at = events.iter().map(|event| own.get(event).copied()).collect::<Option<Vec<_>>>();
        let last = at.as_ref().and_then(|at| at.iter().max());
        assert!(
            events.is_empty() || last == Some(position),
            "forged: {order:?} at {position} made {events:?}, at {at:?}"
        );
    }
}

/// Every ping was asked for once, under one id, and settled; and what arrived was asked for. One without an outcome has to be over
/// twice: by the log, where something about the issue may have ended its reason, and by a fresh fold, which tells of each ping that
/// it knows whether it is `owed`.
pub(crate) fn pings_are_settled(
    log: &[EventMessage],
    arrived: &[String],
    owed: &BTreeMap<String, bool>,
) -> Pings {
    let (mut requested, mut reasons) = (BTreeMap::new(), HashMap::new());
    let (mut delivered, mut failed) = (BTreeSet::new(), BTreeSet::new());
    let mut ended = BTreeSet::new();
    for (position, message) in (1_u64..).zip(log) {
        let verb = verb(&message.subject);
        let data = body(message)["data"].take();
        let issue = issue_id(&data["issue"]);
        let ping = data["ping"].as_str().unwrap_or_default().to_owned();
        if ENDS.contains(&verb.as_str()) {
            ended.insert(issue.clone());
        }
        match verb.as_str() {
            "ping.requested" => {
                let parts =
                    ["issue", "department", "cycle", "to", "reason"].map(|part| data[part].to_string());
                let other = reasons.insert(parts.clone(), ping.clone());
                assert!(other.is_none(), "two ids: {other:?} and {ping} are both for {parts:?}");
                requested.insert(ping, (position, issue));
            }
            "ping.delivered" => drop(delivered.insert(ping)),
            "ping.failed" if data["retry_at"].is_null() => drop(failed.insert(ping)),
            _ => {}
        }
    }
    let mut pings = Pings { requested: requested.len(), delivered: delivered.len(), ..Pings::default() };
    for (ping, (position, issue)) in &requested {
        if !delivered.contains(ping) && !failed.contains(ping) {
            let is_owed = owed.get(ping).copied().unwrap_or_default();
            assert!(
                ended.contains(issue) && !is_owed,
                "unsettled: {ping}, asked for at {position} about {issue}, has no outcome and a reason still"
            );
            pings.withdrawn += 1;
        }
    }
    let mut known = BTreeSet::new();
    for ping in arrived {
        assert!(requested.contains_key(ping), "unasked: {ping} arrived, and nobody asked for it");
        pings.repeated += usize::from(!known.insert(ping));
    }
    for ping in &delivered {
        assert!(known.contains(ping), "unsent: {ping} is told to be delivered, and never arrived");
    }
    pings
}

fn body(message: &EventMessage) -> Value {
    serde_json::from_slice(&message.body).unwrap_or_default()
}

/// As an order's answer names it.
fn id(body: &Value) -> String {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    format!("{}/{}", text("source"), text("id"))
}

/// Such as `ping.requested`.
fn verb(subject: &str) -> String {
    if let Some(document) = subject.strip_prefix("davy.directory.") {
        return format!("{}.set", document.split('.').next().unwrap_or_default());
    }
    subject.splitn(5, '.').nth(4).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap as Headers;

    use serde_json::json;

    use super::*;

    fn stored(subject: &str, id: &str, data: Value) -> EventMessage {
        let body = json!({ "source": "/davy", "id": id, "data": data }).to_string().into();
        EventMessage { subject: format!("davy.events.{subject}"), body, headers: Headers::new() }
    }

    fn requested(id: &str, ping: &str, step: u32) -> EventMessage {
        let data = json!({ "issue": "i", "ping": ping, "cycle": 1, "to": { "channel": "alarm" }, "reason": { "step": step } });
        stored("escalator.crm:1.ping.requested", id, data)
    }

    fn of_ping(what: &str, ping: &str) -> EventMessage {
        stored(&format!("pager.crm:1.ping.{what}"), what, json!({ "issue": "i", "ping": ping }))
    }

    #[test]
    fn what_is_settled_passes() {
        let log = [requested("1", "p", 0), of_ping("delivered", "p")];
        let pings = pings_are_settled(&log, &["p".to_owned(), "p".to_owned()], &BTreeMap::new());
        assert_eq!((pings.requested, pings.delivered, pings.withdrawn, pings.repeated), (1, 1, 0, 1));
        let over = stored("support.crm:1.issue.acknowledged", "a", json!({ "issue": "i" }));
        assert_eq!(pings_are_settled(&[requested("1", "p", 0), over], &[], &BTreeMap::new()).withdrawn, 1);
    }

    #[test]
    #[should_panic(expected = "two ids")]
    fn one_ping_has_one_id() {
        pings_are_settled(&[requested("1", "p", 0), requested("2", "q", 0)], &[], &BTreeMap::new());
    }

    #[test]
    #[should_panic(expected = "unsettled")]
    fn a_ping_that_nobody_sends_is_noticed() {
        pings_are_settled(&[requested("1", "p", 0), of_ping("attempted", "p")], &[], &BTreeMap::new());
    }

    #[test]
    #[should_panic(expected = "unsettled")]
    fn a_ping_that_a_fold_still_owes_is_noticed_whatever_ended() {
        let over = stored("support.crm:1.issue.acknowledged", "a", json!({ "issue": "i" }));
        pings_are_settled(&[requested("1", "p", 0), over], &[], &BTreeMap::from([("p".to_owned(), true)]));
    }

    #[test]
    #[should_panic(expected = "unsent")]
    fn a_ping_that_never_arrived_is_noticed() {
        pings_are_settled(&[requested("1", "p", 0), of_ping("delivered", "p")], &[], &BTreeMap::new());
    }

    #[test]
    #[should_panic(expected = "doubled")]
    fn an_event_of_davys_own_that_stands_twice_is_noticed() {
        orders_are_done_once(&[requested("1", "p", 0), requested("1", "p", 0)], &[]);
    }

    #[test]
    #[should_panic(expected = "lost")]
    fn what_was_confirmed_and_is_not_there_is_noticed() {
        let acked = Acked { position: 2, event: requested("1", "p", 0), issue: None };
        all_is_kept(&[requested("1", "p", 0)], &[acked]);
    }
}
