//! Nobody escalated for long: who stands behind the policy is told (`escalation.md` rule 9d).

use std::collections::BTreeSet;

use domain::{Draft, PolicyStep, Repeat, tell_outage, unattended_since};
use expect_test::expect;

use crate::world::{T0, World, minutes, policy, step, to};

fn stepping() -> World {
    let steps: Vec<PolicyStep> = ["p1", "p2"].map(|id| step(10, vec![to(id)])).to_vec();
    World::of(policy("p", steps, Repeat::Times(0)))
}

/// Whoever stands behind it is told, with what is due.
fn tell(world: &mut World) -> Option<jiff::Timestamp> {
    let drafts = world.drafts();
    let since = unattended_since(world.issue(), &world.moment(), &drafts)?;
    let notices = tell_outage(world.issue(), &world.moment(), &drafts, since, &BTreeSet::new());
    world.escalator(drafts.into_iter().chain(notices));
    Some(since)
}

#[test]
fn an_outage_of_more_than_five_minutes_is_told_to_the_fallback_with_its_beginning() {
    let mut world = stepping();
    world.skip_until(0).expect(["+0 p1/c"]);
    world.now = T0 + minutes(15);
    assert_eq!(tell(&mut world), None);
    world.now = T0 + minutes(16);
    assert_eq!(tell(&mut world), Some(T0 + minutes(10)));
    world.settle();
    world.expect(["+16 p2/c", "+16 #last"]);
    let told = world.explained();
    let outage: Vec<_> = told.lines().filter(|line| line.starts_with("Outage")).collect();
    expect!["Outage: the channel `last` was asked at 2026-03-02 09:16 UTC, who stands behind the policy: Davy escalated nothing from 2026-03-02 09:10 UTC to 2026-03-02 09:16 UTC: whoever should have been asked meanwhile is asked now, one step for each issue; this one waited longest of those that come to you"].assert_eq(&outage.join("\n"));
}

#[test]
fn what_asks_nobody_tells_nothing() {
    let mut world = stepping();
    world.now = T0 + minutes(6);
    let drafts = world.drafts();
    assert!(unattended_since(world.issue(), &world.moment(), &drafts).is_some());
    let asks = |draft: &Draft| draft.requested().is_some() || draft.stepped().is_some();
    let noted: Vec<_> = drafts.into_iter().filter(|draft| !asks(draft)).collect();
    assert!(!noted.is_empty(), "that a clock is over");
    assert_eq!(unattended_since(world.issue(), &world.moment(), &noted), None);
}
