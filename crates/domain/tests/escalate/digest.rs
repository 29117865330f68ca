//! What is told by day and not paged for: what was answered long ago (`escalation.md` rule 5), and what the shipped policy has
//! had paged for a week (`domain.md` 4.11).

use domain::{
    ClockKind, Document, Fired, LeaseLimit, Payload, PersonDocument, QuietHours, Repeat, RunPhase, Severity,
    TimeLimit, Week,
};
use jiff::{civil::Weekday, tz::TimeZone};

use crate::world::{T0, World, following, minutes, policy, schedule, somebody, step, to, with};

const DAY: i64 = 24 * 60;

fn leased(lease: LeaseLimit) -> World {
    let steps = vec![step(5, vec![to("p1")]), step(60, vec![to("p2")])];
    let mut world = World::of(with(policy("p", steps, Repeat::Forever), |plan| plan.lease = lease));
    world.until(0).expect(["+0 p1/c"]);
    world
}

fn phase(world: &World) -> RunPhase {
    world.run("support").phase.clone()
}

#[test]
fn a_lease_of_nought_never_lapses_and_is_told_of_by_day_after_thirty_days() {
    assert_eq!("0".parse(), Ok(LeaseLimit::NeverLapses));
    let mut world = leased(LeaseLimit::NeverLapses);
    world.answer("p1");
    assert_eq!(phase(&world), RunPhase::Answered { until: None });
    // T0 is a Monday at 09:00: thirty days later is a Wednesday, and Thursday morning the first after it.
    world.until(31 * DAY - 1).expect([]);
    let told = world.explained();
    assert!(
        told.contains(
            "the answer never lapses; if it is still so, it is told of by day from 2026-04-02 09:00 UTC on"
        ),
        "{told}"
    );
    world.until(31 * DAY).expect(["+31d 0 p1/c"]);
    assert_eq!(world.run("support").fired, Fired::Digest);
    // Once a day, and on working days only: no next step.
    world.until(36 * DAY).expect(["+32d 0 p1/c", "+35d 0 p1/c", "+36d 0 p1/c"]);
    let told = world.explained();
    assert!(told.contains("Digest: what is told by day once a day to the owner"), "{told}");
    assert!(told.contains("it is told of by day again at 2026-04-08 09:00 UTC"), "{told}");
    // An answer to it is good for thirty days again.
    world.answer("p1");
    world.until(66 * DAY).expect([]);
    world.until(67 * DAY).expect(["+67d 0 p1/c"]);
}

#[test]
fn a_lease_that_ends_after_thirty_days_pages_nobody_at_night() {
    let mut world = leased(LeaseLimit::Lasts(TimeLimit::Wall(40 * 86_400)));
    // 05:30 in the night: the lease would end at that time, and its reminder comes then.
    world.now = T0 + minutes(20 * 60 + 30);
    world.answer("p1");
    world.until(50 * DAY);
    let nightly: Vec<_> = world.arrived.iter().filter(|ping| ping.contains(" 1230 ")).cloned().collect();
    assert_eq!(nightly, Vec::<String>::new());
    assert_eq!(&world.arrived[..2], ["+32d 0 p1/c", "+35d 0 p1/c"]);
}

#[test]
fn whoever_has_quiet_hours_is_told_after_them_also_of_what_is_critical() {
    let mut world = leased(LeaseLimit::NeverLapses);
    world.answer("p1");
    let hours = Week::new([(Weekday::Thursday, "08:00-11:00".parse().unwrap())]).unwrap();
    let quiet = QuietHours::new(TimeZone::UTC, hours).unwrap();
    world.set(Document::Person(PersonDocument { quiet: Some(quiet), ..somebody("p1", &["c"], &[]) }));
    world.tell("support", "issue.severity_changed", Payload::Noted);
    world.until(31 * DAY + 119).expect([]);
    world.until(31 * DAY + 120).expect(["+31d 120 p1/c"]);
}

#[test]
fn whatever_becomes_overdue_later_is_paged_for_at_once() {
    let steps = vec![step(5, vec![to("p1")]), step(60, vec![to("p2")])];
    let mut policy = with(policy("p", steps, Repeat::Forever), |plan| plan.lease = LeaseLimit::NeverLapses);
    let ack = policy.limits.iter_mut().find(|limit| limit.clock == ClockKind::Ack).unwrap();
    // On the 32nd day, ten hours after T0.
    ack.limits = [TimeLimit::Wall(31 * 86_400 + 36_060); 4];
    let mut world = World::of(policy);
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world.until(31 * DAY + 599).expect(["+31d 0 p1/c"]);
    world.until(31 * DAY + 605).expect(["+31d 600 p1/c", "+31d 605 p2/c"]);
}

#[test]
fn who_does_not_want_to_wait_has_the_steps_begin_again() {
    let mut world = leased(LeaseLimit::NeverLapses);
    world.answer("p1");
    world.until(31 * DAY).expect(["+31d 0 p1/c"]);
    world.now = T0 + minutes(31 * DAY + 30);
    world.escalate_now();
    world.until(31 * DAY + 35).expect(["+31d 30 p1/c", "+31d 35 p2/c"]);
}

/// The shipped policy, with somebody on call in support and among those who lead the company.
pub(crate) fn shipped() -> World {
    let mut support = following("support", "built-in");
    support.policy = None;
    support.schedule = Some("s".to_owned());
    let people = ["p1", "boss"].map(|id| Document::Person(somebody(id, &["c"], &[])));
    let duty = [("s", "p1"), ("executives", "boss")]
        .map(|(id, person)| Document::Schedule(schedule(id, &[(person, None, None)])));
    World::new([Document::Department(support)].into_iter().chain(people).chain(duty))
}

#[test]
fn after_a_week_of_answers_the_shipped_policy_tells_the_executives_once_a_week() {
    let mut world = shipped();
    let mut report = crate::world::reported();
    if let Payload::Reported(report) = &mut report {
        report.severity = Severity::One;
    }
    world.tell("support", "issue.reported", report);
    // Whoever is on call answers as soon as they are pinged, and does nothing.
    let (mut last, mut end) = (0, 0);
    while end < 30 * DAY {
        end += 10;
        world.until(end);
        if world.pinged().len() > last && end < 8 * DAY {
            last = world.pinged().len();
            world.answer("p1");
        }
    }
    let late: Vec<_> = world.arrived.iter().filter(|ping| day(ping) >= 9).map(String::as_str).collect();
    // It was to be resolved within a day. Wednesdays at 09:00, to those who lead and nobody else.
    assert_eq!(late, ["+9d 0 boss/c", "+16d 0 boss/c", "+23d 0 boss/c", "+30d 0 boss/c"]);
    assert!(!world.arrived.iter().any(|ping| ping.contains("boss") && day(ping) < 9));
    let told = world.explained();
    assert!(told.contains("once in 7 days to whom the last step names"), "{told}");
}

fn day(ping: &str) -> i64 {
    let day = ping.trim_start_matches('+').split_once("d ").map_or("0", |(day, _)| day);
    day.parse().unwrap()
}
