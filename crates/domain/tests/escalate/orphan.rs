//! What somebody who is gone leaves behind is told to who answers for them (`domain.md` 1b, leaver).

use domain::{DepartmentDocument, Document, Payload, PersonDocument, PersonStatus, Ping, Repeat, TimeLimit};

use crate::world::{World, department, following, person, policy, somebody, step, to};

/// Support, led by P4; P1 took the issue, and no clock runs out soon.
fn taken() -> World {
    let mut calm = policy("p", vec![step(10, vec![to("p3")])], Repeat::Times(0));
    calm.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(700 * 86_400); 4]);
    let mut world = World::of(calm);
    world.set(Document::Department(DepartmentDocument {
        head: Some("p4".to_owned()),
        ..following("support", "p")
    }));
    world.tell("support", "owner.accepted", Payload::Accepted { person: person("p1"), department: None });
    world
}

fn gone(world: &mut World, status: PersonStatus, manager: Option<&str>, delegate: Option<&str>) {
    let (manager, delegate) = (manager.map(str::to_owned), delegate.map(str::to_owned));
    let document = PersonDocument { status, manager, delegate, ..somebody("p1", &["c"], &[]) };
    world.set(Document::Person(document));
    world.find_orphan();
    world.settle();
}

#[test]
fn the_manager_is_told_once_with_all_that_was_left() {
    let mut world = taken();
    gone(&mut world, PersonStatus::Left, Some("p2"), None);
    world.expect(["+-1 p2/c"]);
    assert!(world.issue().escalation.pings.iter().all(Ping::goes_with_others));
    assert!(world.issue().clocks.orphan.is_some());
    world.until(1_000).expect([]);
}

#[test]
fn where_there_is_no_manager_the_head_is_told_and_of_a_leave_who_stands_in() {
    let mut world = taken();
    gone(&mut world, PersonStatus::Left, None, None);
    world.expect(["+-1 p4/c"]);
    let mut world = taken();
    gone(&mut world, PersonStatus::OnLeave { until: None }, Some("p2"), Some("p3"));
    world.expect(["+-1 p3/c"]);
}

#[test]
fn of_a_department_that_is_closed_the_head_of_the_one_that_follows_it_is_told() {
    let mut world = taken();
    let sales = DepartmentDocument { head: Some("p2".to_owned()), ..following("sales", "p") };
    world.set(Document::Department(sales));
    let successor = Some(department("sales"));
    let closed = DepartmentDocument { active: false, successor, ..following("support", "p") };
    world.set(Document::Department(closed));
    world.find_orphan();
    world.settle();
    world.expect(["+-1 p2/c"]);
}

#[test]
fn nobody_is_told_of_history() {
    let mut world = World::new([]);
    world.backfill = true;
    let mut world = world.heard();
    world.tell("support", "owner.accepted", Payload::Accepted { person: person("p1"), department: None });
    gone(&mut world, PersonStatus::Left, Some("p2"), None);
    world.expect([]);
}
