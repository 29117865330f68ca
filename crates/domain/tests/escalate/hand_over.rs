//! The end of an owner's shift (`escalation.md` rule 7).

use domain::{DepartmentDocument, Document, Holding, OfferTerms, Payload, Repeat, Severity, TimeLimit};

use crate::world::{World, department, following, person, policy, schedule, step, to};

/// Whoever is on call: P1 until an hour after T0, P2 until two hours after, then P3. No clock runs out.
fn world(severity: Severity) -> World {
    let mut calm = policy("p", vec![step(10, vec![to("p4")])], Repeat::Times(0));
    calm.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(700 * 86_400); 4]);
    let mut world = World::of(calm);
    let shifts = [("p1", None, Some(60)), ("p2", Some(60), Some(120)), ("p3", Some(120), None)];
    world.set(Document::Schedule(schedule("s", &shifts)));
    let support = DepartmentDocument { schedule: Some("s".to_owned()), ..following("support", "p") };
    world.set(Document::Department(support));
    world.set(Document::Department(following("sales", "p")));
    world.tell("support", "issue.severity_changed", Payload::SeverityChanged { to: severity, word: None });
    world
}

fn take(world: &mut World, id: &str) {
    world.tell("support", "owner.accepted", Payload::Accepted { person: person(id), department: None });
}

fn look(world: &mut World, at: i64) -> bool {
    world.until(at);
    let found = world.look();
    world.settle();
    found
}

#[test]
fn whoever_is_on_call_next_is_asked_once_a_shift_and_until_then_it_stays_with_its_owner() {
    let mut world = world(Severity::Two);
    take(&mut world, "p1");
    assert!(!look(&mut world, 59));
    assert!(look(&mut world, 61));
    world.expect(["+61 p2/c"]);
    assert!(!look(&mut world, 119));
    let owner = world.issue().custody.owner.holding.clone();
    assert!(matches!(&owner, Holding::Accepted { person: owner, .. } if owner.account.id == "p1"));
    assert!(look(&mut world, 120));
    world.expect(["+120 p3/c"]);
    // Somebody takes it.
    take(&mut world, "p3");
    assert!(world.issue().escalation.hand_over.is_none());
    assert!(!look(&mut world, 400));
    world.expect([]);
}

#[test]
fn what_is_mild_and_unanswered_waits_for_its_owner() {
    let mut world = world(Severity::Three);
    take(&mut world, "p1");
    assert!(!look(&mut world, 90));
}

#[test]
fn who_was_never_on_call_is_not_relieved() {
    let mut world = world(Severity::One);
    take(&mut world, "p4");
    assert!(!look(&mut world, 90));
}

fn offer() -> Payload {
    Payload::Offered(OfferTerms {
        department: department("sales"),
        team: None,
        person: None,
        given: Vec::new(),
    })
}

#[test]
fn what_is_offered_or_over_is_not_asked_about() {
    let mut world = world(Severity::One);
    take(&mut world, "p1");
    world.tell("support", "handoff.offered", offer());
    assert!(!look(&mut world, 90));
    world.tell("sales", "handoff.declined", Payload::OfferDeclined { instead: None });
    assert!(look(&mut world, 91));
    world.expect(["+91 p2/c"]);
    // Offered again and refused, that end was said; the next one is not.
    world.tell("support", "handoff.offered", offer());
    world.tell("sales", "handoff.declined", Payload::OfferDeclined { instead: None });
    assert!(!look(&mut world, 119));
    assert!(look(&mut world, 120));
    // The arbiter is asked too, after two refusals.
    world.expect(["+91 #last", "+120 p3/c"]);
    world.tell("support", "issue.resolved", Payload::Resolved);
    assert!(!look(&mut world, 130));
    world.expect([]);
}

#[test]
fn where_nobody_is_on_call_the_next_shift_is_asked() {
    let mut world = world(Severity::One);
    take(&mut world, "p1");
    let gap = [("p1", None, Some(60)), ("p3", Some(120), None)];
    world.set(Document::Schedule(schedule("s", &gap)));
    assert!(!look(&mut world, 90));
    assert!(look(&mut world, 120));
    world.expect(["+120 p3/c"]);
}
