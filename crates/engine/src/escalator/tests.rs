//! Escalators over one log, with clocks that are set by hand.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    Arrived, Contact, DepartmentDocument, Digest, DirectoryChange, Document, Identity, PersonDocument,
    PersonStatus, Position,
};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Escalator, Memory};
use crate::{
    Clock as _,
    command::tests::world::{Mishap, Node, World, about, report},
    testing::MemoryStore,
};

/// An escalator of a node, and what it remembers.
struct Role(Escalator, Memory);

impl Role {
    fn of(world: &World, node: &Node) -> Self {
        let log = Arc::clone(&world.log) as _;
        Self(Escalator::new(node.reader.clone(), log, Arc::clone(&node.composer)), Memory::default())
    }

    /// Takes turns until nothing is due.
    async fn settle(&mut self) {
        for _ in 0..50 {
            if self.0.turn(&mut self.1).await.unwrap() == 0 {
                return;
            }
        }
        panic!("something is due for ever");
    }
}

/// How often each type stands in the log.
fn types(world: &World) -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for message in world.log.of("escalator") {
        let parts: Vec<_> = message.subject.split('.').collect();
        *types.entry(parts[parts.len() - 2..].join(".")).or_default() += 1;
    }
    types
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn two_escalators_announce_a_breach_once_and_nothing_before_it() {
    let world = World::new();
    let (one, other) = (world.node(MemoryStore::default()).await, world.node(MemoryStore::default()).await);
    let (mut first, mut second) = (Role::of(&world, &one), Role::of(&world, &other));
    one.give(&report("a")).await.unwrap();
    first.settle().await;
    assert_eq!(types(&world), BTreeMap::new(), "nothing is due yet");

    // Severity 2, Monday at 10: somebody has to take it within an hour of work.
    world.wait(SignedDuration::from_mins(46));
    first.settle().await;
    world.wait(SignedDuration::from_mins(15));
    let (_, _) = tokio::join!(first.settle(), second.settle());
    let said = types(&world);
    assert_eq!(said.get("clock.breached"), Some(&1), "{said:?}");
    assert_eq!(said.get("run.stepped"), Some(&1), "{said:?}");
    assert_eq!(said.get("ping.requested"), Some(&1), "{said:?}");

    first.settle().await;
    second.settle().await;
    assert_eq!(types(&world), said, "and nothing more");
}

#[tokio::test]
async fn whoever_was_faster_in_one_home_holds_up_no_other() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    for (request, customer) in [("a", "1"), ("b", "2"), ("c", "3")] {
        let mut order = report(request);
        let crate::command::About::NewIssue { customer: named, .. } = &mut order.about else { panic!() };
        *named = Some(domain::AsReported { leaf: domain::Leaf::new("crm", customer).unwrap(), raw: None });
        node.give(&order).await.unwrap();
    }
    world.wait(SignedDuration::from_mins(61));
    world.log.next(Mishap::Overtaken);
    role.settle().await;
    let said = types(&world);
    assert_eq!(said.get("clock.breached"), Some(&3), "{said:?}");
    assert_eq!(said.get("ping.requested"), Some(&3), "{said:?}");
}

#[tokio::test]
async fn while_the_clocks_are_apart_nothing_is_escalated() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    node.give(&report("a")).await.unwrap();
    let right = world.clock.now();
    for wrong in [right + hours(24), right - hours(1)] {
        world.clock.set(wrong);
        role.settle().await;
        let health = role.0.health().borrow().clone();
        assert!(health.held.is_some_and(|why| why.contains("clock")), "it is said");
        assert_eq!(types(&world), BTreeMap::new());
    }
    world.clock.set(right);
    world.wait(hours(2));
    role.settle().await;
    assert!(role.0.health().borrow().held.is_none(), "it goes on by itself");
    assert_eq!(types(&world).get("clock.breached"), Some(&1));
}

#[tokio::test]
async fn who_leaves_an_issue_behind_is_noticed_without_a_timer() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    let made = node.give(&report("a")).await.unwrap();
    node.give(&about(&made, "mia", "b", domain::Command::Accept)).await.unwrap();
    role.settle().await;
    assert_eq!(types(&world), BTreeMap::new());

    let gone = PersonDocument { status: PersonStatus::Left, ..PersonDocument::new("mia".to_owned()) };
    set(&world, &node, 7, Document::Person(gone)).await;
    for _ in 0..3 {
        role.settle().await;
    }
    let said = types(&world);
    assert_eq!((said.get("owner.orphaned"), said.get("ping.requested")), (Some(&1), Some(&1)), "{said:?}");
    let issue = made.issue.as_ref().unwrap().issue.id;
    let now = node.reader.issue(issue, Default::default()).unwrap().value;
    assert!(now.issue.clocks.orphan.is_some(), "its clock runs");
}

/// A document of the directory, and the node knows of it.
async fn set(world: &World, node: &Node, number: u8, document: Document) {
    let change = DirectoryChange {
        position: Position::START,
        stored_at: Timestamp::UNIX_EPOCH,
        identity: Identity { source: "/directory".to_owned(), id: format!("set-{number}") },
        content: Digest([number; 16]),
        document,
    };
    let at = world.log.memory.publish(world.codec().message(Arrived::Directory(Box::new(change))));
    node.reader.projection().applied().wait_for(|applied| *applied >= at).await.unwrap();
}

#[tokio::test]
async fn whoever_can_be_reached_by_a_directory_that_is_mended_is_pinged_without_a_timer() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    let made = node.give(&report("a")).await.unwrap();
    world.wait(hours(2));
    role.settle().await;
    let issue = made.issue.as_ref().unwrap().issue.id;
    let runs = || node.reader.issue(issue, Default::default()).unwrap().value.issue.escalation.runs;
    let department = runs()[0].department.clone();
    assert!(runs()[0].unreachable, "nobody is on call, and the fallback is asked");

    let contact =
        Contact { name: "phone".to_owned(), kind: "phone".to_owned(), address: "+49 30 1".to_owned() };
    let head = PersonDocument { contacts: vec![contact], ..PersonDocument::new("lena".to_owned()) };
    set(&world, &node, 8, Document::Person(head)).await;
    let led = DepartmentDocument { head: Some("lena".to_owned()), ..DepartmentDocument::new(department) };
    set(&world, &node, 9, Document::Department(led)).await;
    for _ in 0..3 {
        role.settle().await;
    }
    assert!(!runs()[0].unreachable);
    assert_eq!(types(&world).get("run.stepped"), Some(&2), "{:?}", types(&world));
}

#[tokio::test]
async fn it_runs_until_it_is_told_to_stop() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let Role(escalator, _) = Role::of(&world, &node);
    node.give(&report("a")).await.unwrap();
    let stop = CancellationToken::new();
    let mut health = escalator.health();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { escalator.run(stop).await }
    });
    world.wait(hours(2));
    health.wait_for(|health| health.fired > 0).await.unwrap();
    stop.cancel();
    running.await.unwrap();
    assert_eq!(types(&world).get("clock.breached"), Some(&1));
}

/// Somebody spoke with crm:1.
fn spoke(request: &str) -> crate::command::Order {
    let customer = domain::AsReported { leaf: domain::Leaf::new("crm", "1").unwrap(), raw: None };
    let terms = domain::ContactTerms {
        customer: Some(customer.clone()),
        direction: "outbound".to_owned(),
        channel: "phone".to_owned(),
        two_way: true,
        purpose: "relationship".to_owned(),
        contact: None,
        summary: None,
    };
    let mut order = report(request);
    order.about = crate::command::About::Customer(customer);
    order.command = domain::Command::LogContact(terms);
    order
}

#[tokio::test]
async fn a_silence_is_announced_once_by_whoever_looks_and_again_after_the_next_conversation() {
    let world = World::new();
    let (one, other) = (world.node(MemoryStore::default()).await, world.node(MemoryStore::default()).await);
    let (mut first, mut second) = (Role::of(&world, &one), Role::of(&world, &other));
    one.give(&spoke("a")).await.unwrap();
    let mut expected = BTreeMap::new();
    for (days, type_name) in
        [(67, None), (1, Some("clock.warned")), (21, None), (1, Some("clock.breached")), (90, None)]
    {
        world.wait(hours(24 * days));
        for _ in 0..3 {
            let (_, _) = tokio::join!(first.settle(), second.settle());
        }
        expected.extend(type_name.map(|name| (name.to_owned(), 1)));
        assert_eq!(types(&world), expected, "{days} days later");
    }
    one.give(&spoke("b")).await.unwrap();
    world.wait(hours(24 * 91));
    for _ in 0..3 {
        let (_, _) = tokio::join!(second.settle(), first.settle());
    }
    assert_eq!(types(&world).get("clock.breached"), Some(&2));
    assert_eq!(types(&world).get("clock.warned"), Some(&1), "what is over is not warned of");
}

/// An escalator whose machine is the NATS server's too, and has a steady clock.
async fn machine() -> (World, Node, Role) {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    world.clock.pass(Duration::ZERO);
    role.settle().await;
    (world, node, role)
}

impl World {
    /// Time passes everywhere.
    fn pass(&self, duration: SignedDuration) {
        self.log.memory.wait(duration);
        self.clock.pass(duration.try_into().unwrap());
    }

    /// The machine's clock is set, which the server on it reads as well.
    fn jump(&self, by: SignedDuration) {
        self.log.memory.wait(by);
        self.clock.jump(by);
    }
}

fn breached(world: &World) -> usize {
    types(world).get("clock.breached").copied().unwrap_or(0)
}

#[tokio::test]
async fn a_clock_that_is_set_an_hour_back_brings_no_storm_and_what_is_new_is_on_time() {
    let (world, node, mut role) = machine().await;
    node.give(&report("a")).await.unwrap();
    world.pass(hours(2));
    role.settle().await;
    let said = types(&world);
    assert_eq!(said.get("clock.breached"), Some(&1), "{said:?}");

    world.jump(-hours(1));
    role.settle().await;
    assert_eq!(types(&world), said, "nothing is said again");
    let health = role.0.health().borrow().clone();
    assert_eq!((health.jumps, health.held), (1, None), "it is noticed, and goes on");

    // The clock that was set back counts for what begins now; a run that is under way goes on within that hour.
    let mut later = report("b");
    let crate::command::About::NewIssue { customer, .. } = &mut later.about else { panic!() };
    *customer = Some(domain::AsReported { leaf: domain::Leaf::new("crm", "2").unwrap(), raw: None });
    node.give(&later).await.unwrap();
    world.pass(SignedDuration::from_mins(59));
    role.settle().await;
    assert_eq!(breached(&world), 1);
    world.pass(SignedDuration::from_mins(2));
    role.settle().await;
    assert_eq!(breached(&world), 2, "{:?}", types(&world));
    assert_eq!(role.0.health().borrow().jumps, 1);
}

#[tokio::test]
async fn a_clock_that_is_a_day_ahead_for_a_minute_brings_nothing_forward() {
    let (world, node, mut role) = machine().await;
    node.give(&report("a")).await.unwrap();
    world.jump(hours(24));
    for _ in 0..4 {
        role.settle().await;
        world.pass(SignedDuration::from_secs(20));
    }
    assert_eq!(types(&world), BTreeMap::new());
    // What comes due meanwhile does so.
    world.jump(-hours(24));
    world.pass(hours(2));
    role.settle().await;
    assert_eq!(breached(&world), 1);
    let health = role.0.health().borrow().clone();
    assert_eq!((health.jumps, health.held), (1, None));
}

#[tokio::test]
async fn what_came_due_while_the_machine_slept_for_eight_hours_fires_once_it_is_awake() {
    let (world, node, mut role) = machine().await;
    node.give(&report("a")).await.unwrap();
    world.jump(hours(8));
    role.settle().await;
    assert_eq!(breached(&world), 0, "as far as anybody knows, the clock was set ahead by mistake");
    world.pass(SignedDuration::from_mins(3));
    role.settle().await;
    let said = types(&world);
    assert!(breached(&world) > 0, "{said:?}");
    assert_eq!(said.get("run.stepped"), Some(&1), "one step, however much came due: {said:?}");
    role.settle().await;
    assert_eq!(types(&world), said);
}

#[tokio::test]
async fn where_the_servers_clock_is_another_ones_a_jump_of_ours_stops_nothing() {
    for wrong in [-hours(1), hours(24)] {
        let (world, node, mut role) = machine().await;
        node.give(&report("a")).await.unwrap();
        world.clock.jump(wrong);
        role.settle().await;
        assert_eq!(breached(&world), 0, "{wrong}");
        world.pass(hours(2));
        role.settle().await;
        assert_eq!(
            breached(&world),
            1,
            "{wrong}: it goes on by the steady clock, which the server bears out"
        );
        let health = role.0.health().borrow().clone();
        assert_eq!((health.jumps, health.held), (1, None));
    }
}

/// How many pings of these issues tell of an outage.
fn told_of_an_outage(node: &Node, issues: &[domain::IssueId]) -> usize {
    let of = |id: &domain::IssueId| {
        let issue = node.reader.issue(*id, Default::default()).unwrap().value.issue;
        let pings = issue.escalation.pings.iter();
        pings.filter(|ping| matches!(ping.terms.reason, domain::PingReason::Outage(_))).count()
    };
    issues.iter().map(of).sum()
}

#[tokio::test]
async fn who_stands_behind_a_policy_is_told_once_of_an_outage_of_more_than_five_minutes() {
    let world = World::new();
    let (one, other) = (world.node(MemoryStore::default()).await, world.node(MemoryStore::default()).await);
    let (mut first, mut second) = (Role::of(&world, &one), Role::of(&world, &other));
    let mut issues = Vec::new();
    for request in ["a", "b", "c"] {
        issues.push(one.give(&report(request)).await.unwrap().issue.unwrap().issue.id);
    }
    first.settle().await;
    // An hour to take each of them. Nobody looks for another six minutes.
    world.wait(SignedDuration::from_mins(66));
    let (_, _) = tokio::join!(first.settle(), second.settle());
    assert_eq!(told_of_an_outage(&one, &issues), 1, "{:?}", types(&world));

    world.wait(SignedDuration::from_mins(66));
    let (_, _) = tokio::join!(first.settle(), second.settle());
    assert_eq!(told_of_an_outage(&one, &issues), 2, "the next outage is another one");
}

#[tokio::test]
async fn a_pause_of_five_minutes_is_no_outage() {
    let world = World::new();
    let node = world.node(MemoryStore::default()).await;
    let mut role = Role::of(&world, &node);
    let issue = node.give(&report("a")).await.unwrap().issue.unwrap().issue.id;
    role.settle().await;
    // Warned after three quarters, breached after all of an hour: each is looked at within five minutes.
    for minutes in [50, 15] {
        world.wait(SignedDuration::from_mins(minutes));
        role.settle().await;
    }
    assert_eq!(types(&world).get("clock.breached"), Some(&1));
    assert_eq!(told_of_an_outage(&node, &[issue]), 0);
}
