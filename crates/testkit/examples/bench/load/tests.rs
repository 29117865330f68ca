//! That the load has the shape that its page claims.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use serde_json::Value;

use super::*;

/// As many as take a second, once the first issues are through.
const COUNT: usize = 40_000;
const BEFORE: usize = 40_000;

/// What the tests look at.
struct Seen {
    bytes: usize,
    kind: String,
    time: String,
    issue: String,
    customer: String,
}

static EVENTS: LazyLock<Vec<Seen>> =
    LazyLock::new(|| Load::new(false).take(BEFORE + COUNT)[BEFORE..].iter().map(seen).collect());

fn seen(message: &NewMessage) -> Seen {
    let event: Value = serde_json::from_slice(&message.body).expect("JSON");
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
    let [kind, time] = ["/type", "/time"].map(text);
    let [issue, customer] = ["/data/issue/id", "/data/customer/id"].map(text);
    Seen { bytes: message.body.len(), kind, time, issue, customer }
}

/// How many of a hundred.
fn share(part: usize, of: usize) -> usize {
    (part * 200 + of) / (of * 2)
}

#[test]
fn sizes_and_kinds_are_those_of_the_real_log() {
    let bytes: usize = EVENTS.iter().map(|event| event.bytes).sum();
    // Its messages also say `backfill`, 16 bytes.
    assert!((315..=345).contains(&(bytes / COUNT)), "{} bytes an event", bytes / COUNT);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for event in EVENTS.iter() {
        *kinds.entry(&event.kind).or_default() += 1;
    }
    for (kind, expected) in [
        ("issue.reported", 13),
        ("owner.assigned", 30),
        ("issue.acknowledged", 13),
        ("issue.progress_noted", 18),
        ("issue.resolved", 13),
        ("issue.closed", 13),
    ] {
        assert!(share(kinds[kind], COUNT).abs_diff(expected) <= 1, "{kind}: {}", kinds[kind]);
    }
}

#[test]
fn issues_and_customers_are_as_large_as_in_the_real_log() {
    let each = 5.0 + f64::from(FURTHER.iter().sum::<u32>()) / FURTHER.len() as f64;
    assert!((7.7..7.8).contains(&each), "{each} events an issue");
    let each = f64::from(EACH.iter().sum::<u32>()) / EACH.len() as f64;
    assert!((4.5..4.8).contains(&each), "{each} issues a customer");
    let customers: HashSet<_> = EVENTS.iter().map(|event| &event.customer).collect();
    assert!(customers.len() > 2_000, "{} customers come and go", customers.len());
}

#[test]
fn ties_and_disorder_are_those_that_are_told() {
    let (mut minutes, mut own) = (HashMap::<_, usize>::new(), HashMap::<_, usize>::new());
    let (mut near, mut far, mut last) = (0, 0, HashMap::new());
    for (at, Seen { time, issue, .. }) in EVENTS.iter().enumerate() {
        *minutes.entry(time).or_default() += 1;
        *own.entry((time, issue)).or_default() += 1;
        if let Some(before) = last.insert(issue, at) {
            near += usize::from(at - before <= 25);
            far += usize::from(at - before > 2_300);
        }
    }
    let tied = |counts: Vec<usize>| share(counts.iter().filter(|count| **count > 1).sum(), COUNT);
    let [all, own] = [tied(minutes.into_values().collect()), tied(own.into_values().collect())];
    assert!((90..=99).contains(&all), "{all} % share their minute");
    assert!((45..=65).contains(&own), "{own} % share it with one of their own issue");
    assert!(share(near, COUNT) >= 35 && share(far, COUNT) >= 15, "{near} near and {far} far");

    let mut newest = "";
    let mut late = 0;
    for Seen { time, .. } in EVENTS.iter() {
        late += usize::from(time.as_str() < newest);
        newest = newest.max(time);
    }
    assert_eq!(share(late, COUNT), 1, "{late} late");
}
