//! What happens to an issue that is overdue: the rules of `escalation.md` 2 one by one.

use domain::{
    Calendar, CalendarDocument, DepartmentDocument, Document, Draft, Effect, Fired, LeaseLimit, Payload,
    PersonDocument, PersonStatus, PingTarget, PolicyStep, QuietHours, Repeat, RunPhase, Severity, TimeLimit,
    Week,
};
use jiff::{civil::Weekday, tz::TimeZone};

use crate::world::{
    T0, World, department, following, minutes, person, policy, schedule, somebody, step, to, with,
};

fn stepping(steps: Vec<PolicyStep>) -> World {
    World::of(policy("p", steps, Repeat::Times(0)))
}

fn resolved() -> Payload {
    Payload::Resolved
}

#[test]
fn f17_an_answer_is_a_lease_and_not_a_cure() {
    let mut world = stepping(vec![step(5, vec![to("p1")]), step(5, vec![to("p2")])]);
    world.until(5).expect(["+0 p1/c", "+5 p2/c"]);
    assert_eq!(world.answer("p2"), Effect::Applied);
    assert_eq!(world.due(), Some(T0 + minutes(35)));
    // What the tools tell meanwhile moves nothing.
    world.now = T0 + minutes(20);
    world.tell("support", "issue.progress_noted", Payload::Noted);
    world.until(34).expect([]);
    // With the first step who had answered is asked too.
    world.until(40).expect(["+35 p1/c", "+35 p2/c", "+40 p2/c"]);
    assert_eq!(world.run("support").cycle, 2);
    assert!(world.issue().acknowledged.is_none());
    // Somebody takes the issue: nothing is overdue.
    let taken = Payload::Accepted { person: person("p3"), department: None };
    world.tell("support", "owner.accepted", taken);
    world.until(5_000).expect([]);
}

#[test]
fn a_worse_issue_begins_anew_by_the_worse_plan_though_somebody_answered() {
    let mut world = stepping(vec![step(5, vec![to("p1")])]);
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world.now = T0 + minutes(10);
    world.tell(
        "support",
        "issue.severity_changed",
        Payload::SeverityChanged { to: Severity::One, word: None },
    );
    world.until(10).expect(["+10 p1/c"]);
    assert_eq!(world.run("support").cycle, 2);
    // To be as bad as before changes nothing.
    world.answer("p1");
    world.now = T0 + minutes(12);
    world.tell(
        "support",
        "issue.severity_changed",
        Payload::SeverityChanged { to: Severity::One, word: None },
    );
    world.until(30).expect([]);
}

#[test]
fn answers_are_idempotent_and_count_whenever_they_come() {
    let mut world = stepping(vec![step(5, vec![to("p1")]), step(5, vec![to("p2")])]);
    world.until(5).expect(["+0 p1/c", "+5 p2/c"]);
    let [first, second] = world.pinged().try_into().unwrap();
    // To the ping of the step before: any counts.
    assert_eq!(world.answer_to(first, "p1"), Effect::Applied);
    let until = world.run("support").phase.clone();
    assert_eq!(world.answer_to(first, "p1"), Effect::NotApplied);
    world.now += minutes(1);
    assert_eq!(world.answer_to(second, "p2"), Effect::Applied);
    assert_eq!((&world.run("support").phase, world.run("support").answers.len()), (&until, 2));
    world.tell("support", "issue.resolved", resolved());
    assert_eq!(world.answer_to(second, "p3"), Effect::NotApplied);
    assert!(!world.issue().lifecycle().is_open());
}

#[test]
fn a_step_may_ask_several_people_and_spares_those_who_answered() {
    let both = PolicyStep { answers: 2, ..step(10, vec![to("p1"), to("p2")]) };
    let mut world = World::of(policy("p", vec![both], Repeat::Forever));
    world.until(0).expect(["+0 p1/c", "+0 p2/c"]);
    world.answer("p1");
    world.answer("p1");
    assert!(world.run("support").is_stepping());
    world.until(10).expect(["+10 p2/c"]);
    world.answer("p2");
    assert_eq!(world.run("support").phase, RunPhase::Answered { until: Some(T0 + minutes(40)) });
    world.until(39).expect([]);
    world.until(40).expect(["+40 p1/c", "+40 p2/c"]);
}

#[test]
fn after_the_last_step_the_fallback_is_asked_at_widening_intervals() {
    let mut world = World::of(policy("p", vec![step(5, vec![to("p1")])], Repeat::Times(1)));
    world.until(10).expect(["+0 p1/c", "+5 p1/c", "+10 #last"]);
    world.until(3 * 1440).expect(["+40 #last", "+160 #last", "+520 #last", "+1d 520 #last", "+2d 520 #last"]);
    assert_eq!(world.run("support").fired, Fired::Fallback { times: 6 });
}

#[test]
fn however_late_one_step_fires_and_the_next_waits_its_whole_time() {
    let mut world =
        stepping(vec![step(10, vec![to("p1")]), step(10, vec![to("p2")]), step(10, vec![to("p3")])]);
    world.skip_until(25).expect(["+25 p1/c"]);
    world.skip_until(100).expect(["+100 p2/c"]);
    world.until(110).expect(["+110 p3/c"]);
    let late: Vec<_> = world.steps().map(|stepped| stepped.late_by).collect();
    assert_eq!(late, [25 * 60, 65 * 60, 0]);
}

#[test]
fn a_snooze_ends_at_the_first_step() {
    let mut world = stepping(vec![step(10, vec![to("p1")]), step(60, vec![to("p2")])]);
    world.until(10).expect(["+0 p1/c", "+10 p2/c"]);
    let snooze = Payload::RunSnoozed { department: department("support"), until: T0 + minutes(45) };
    world.command("support", Some("p2"), Draft::new("run.snoozed", snooze));
    world.until(44).expect([]);
    world.skip_until(50).expect(["+50 p1/c"]);
}

#[test]
fn reopened_it_is_another_cycle() {
    let mut world = stepping(vec![step(60, vec![to("p1")])]);
    world.until(0).expect(["+0 p1/c"]);
    world.tell("support", "issue.resolved", resolved());
    world.until(10).expect([]);
    world.tell("support", "issue.reopened", Payload::Reopened);
    world.until(20).expect(["+11 p1/c"]);
    assert_eq!(world.run("support").cycle, 2);
}

#[test]
fn a_policy_is_pinned_and_its_people_are_not() {
    let mut world = stepping(vec![step(10, vec![PingTarget::Head(None)]), step(10, vec![to("p2")])]);
    let led = |head: &str| {
        let support = following("support", "p");
        Document::Department(DepartmentDocument { head: Some(head.to_owned()), ..support })
    };
    world.set(led("p1"));
    world.until(0).expect(["+0 p1/c"]);
    world.set(Document::Policy(policy("p", vec![step(5, vec![to("p4")])], Repeat::Times(0))));
    world.until(10).expect(["+10 p2/c"]);
    world.answer("p2");
    world.set(led("p3"));
    world.until(40).expect(["+40 p3/c", "+40 p2/c"]);
}

#[test]
fn steps_without_anybody_are_passed_over_and_said() {
    let steps = vec![
        step(10, vec![to("p1")]),
        step(10, Vec::new()),
        step(10, vec![to("gone")]),
        step(10, vec![to("p2")]),
    ];
    let mut world = stepping(steps);
    world.until(10).expect(["+0 p1/c", "+10 p2/c"]);
    let empty: Vec<_> = world.steps().map(|stepped| stepped.empty.clone()).collect();
    assert_eq!(empty, [vec![], vec![1, 2]]);
}

#[test]
fn where_nobody_is_there_the_fallback_is_asked_until_a_shift_begins() {
    let on_call = PingTarget::OnCall(Some("s".to_owned()));
    let mut world = stepping(vec![step(10, vec![on_call])]);
    world.set(Document::Schedule(schedule("s", &[("p1", Some(20), None)])));
    world.until(19).expect(["+0 #last"]);
    assert!(world.run("support").unreachable);
    world.until(29).expect(["+20 p1/c"]);
    assert!(!world.run("support").unreachable);
    world.until(30).expect(["+30 #last"]);
}

#[test]
fn nobody_at_all_is_the_pagers_own_channel() {
    let mut nobody = policy("p", vec![step(10, vec![to("gone")])], Repeat::Forever);
    nobody.fallback = to("gone");
    let mut world = World::of(nobody);
    world.until(100).expect(["+0 #fallback", "+30 #fallback"]);
}

#[test]
fn whoever_comes_on_call_while_a_step_waits_is_pinged() {
    let on_call = PingTarget::OnCall(Some("s".to_owned()));
    let mut world = stepping(vec![step(60, vec![on_call, to("p2")]), step(60, vec![to("p4")])]);
    world.set(Document::Schedule(schedule(
        "s",
        &[("p1", None, Some(10)), ("p2", Some(10), Some(20)), ("p3", Some(20), None)],
    )));
    // The second is a target of the step anyway.
    world.until(59).expect(["+0 p1/c", "+0 p2/c", "+20 p3/c"]);
    world.until(100).expect(["+60 p4/c"]);
}

#[test]
fn a_contact_that_fails_is_replaced_at_once_and_a_step_that_reaches_nobody_is_over() {
    let mut world = World::new([
        Document::Department(following("support", "p")),
        Document::Policy(policy(
            "p",
            vec![step(60, vec![to("p1")]), step(60, vec![to("p2")])],
            Repeat::Times(1),
        )),
        Document::Person(somebody("p1", &["c1", "c2", "c3"], &[("c1", 0), ("c3", 30)])),
        Document::Person(somebody("p2", &["c1"], &[])),
    ])
    .heard();
    world.broken = ["p1/c1", "p1/c3"].map(str::to_owned).into();
    // Each time the next one that works.
    world.until(59).expect(["+0 p1/c2", "+30 p1/c2"]);
    world.until(60).expect(["+60 p2/c1"]);
    world.broken.insert("p1/c2".to_owned());
    world.broken.insert("p2/c1".to_owned());
    // In this cycle what failed is not tried again: the last way fails, in the second pass too at once, and nobody is left.
    world.until(140).expect(["+120 #last"]);
}

#[test]
fn where_all_contacts_of_a_step_fail_the_next_fires_at_once() {
    let mut world = stepping(vec![
        step(60, vec![to("p1"), to("p2")]),
        step(60, vec![to("p3")]),
        step(60, vec![to("p4")]),
    ]);
    world.broken = ["p1/c", "p2/c", "p3/c"].map(str::to_owned).into();
    world.until(59).expect(["+0 p4/c"]);
    assert_eq!(world.run("support").fired, Fired::Step { step: 2, pass: 0 });
}

#[test]
fn where_all_contacts_of_a_step_fail_in_a_later_pass_the_next_fires_at_once() {
    let steps = vec![step(60, vec![to("p1")]), step(60, vec![to("p2")])];
    let mut world = World::of(policy("p", steps, Repeat::Forever));
    world.until(119).expect(["+0 p1/c", "+60 p2/c"]);
    world.broken.insert("p1/c".to_owned());
    world.until(179).expect(["+120 p2/c"]);
    assert_eq!(world.run("support").fired, Fired::Step { step: 1, pass: 1 });
}

#[test]
fn a_policy_of_dead_contacts_that_repeats_for_ever_comes_to_the_fallback() {
    // More of them than pings are kept.
    let people: Vec<_> = (0..100).map(|number| format!("q{number}")).collect();
    let steps = people.chunks(10).map(|some| step(60, some.iter().map(|id| to(id)).collect())).collect();
    let mut world = World::of(policy("p", steps, Repeat::Forever));
    for id in &people {
        world.set(Document::Person(somebody(id, &["c"], &[])));
    }
    world.until(599);
    world.arrived.clear();
    world.broken = people.iter().map(|id| format!("{id}/c")).collect();
    let before = world.events.len();
    world.until(3 * 24 * 60);
    // Nobody is asked for ever: in three days no more than each of them some times.
    assert!(world.events.len() - before < 10_000, "{}", world.events.len() - before);
    assert!(world.arrived.iter().all(|ping| ping.ends_with("#last")), "{:?}", world.arrived);
}

#[test]
fn a_fallback_that_fails_waits_for_its_time() {
    let mut world = stepping(vec![step(60, vec![to("p1")])]);
    world.broken = ["p1/c", "#last"].map(str::to_owned).into();
    world.until(29).expect([]);
    world.until(31).expect(["+30 #fallback"]);
}

#[test]
fn quiet_hours_hold_what_can_wait() {
    let hours = Week::new([(Weekday::Monday, "08:00-09:45".parse().unwrap())]).unwrap();
    let quiet = QuietHours::new(TimeZone::UTC, hours).unwrap();
    let asleep = PersonDocument { quiet: Some(quiet), ..somebody("p1", &["c"], &[]) };
    let steps = vec![step(10, vec![to("p1")]), step(60, vec![to("p1"), to("p2")])];
    let holds = |holds| {
        let mut world =
            World::of(with(policy("p", steps.clone(), Repeat::Times(0)), |plan| plan.holds = holds));
        world.set(Document::Person(asleep.clone()));
        world
    };
    // Once, for both steps.
    holds(true).until(60).expect(["+10 p2/c", "+45 p1/c"]);
    holds(false).until(60).expect(["+0 p1/c", "+10 p1/c", "+10 p2/c"]);
    // Checked again when they end.
    let mut world = holds(true);
    world.until(5);
    world.tell("support", "issue.resolved", resolved());
    world.until(60).expect([]);
}

#[test]
fn what_is_critical_waits_for_nobodys_morning_whatever_the_policy_says() {
    let hours = Week::new([(Weekday::Monday, "08:00-09:45".parse().unwrap())]).unwrap();
    let quiet = QuietHours::new(TimeZone::UTC, hours).unwrap();
    let steps = vec![step(60, vec![to("p1")])];
    let mut world = World::of(with(policy("p", steps, Repeat::Times(0)), |plan| plan.holds = true));
    world.set(Document::Person(PersonDocument { quiet: Some(quiet), ..somebody("p1", &["c"], &[]) }));
    world.tell(
        "support",
        "issue.severity_changed",
        Payload::SeverityChanged { to: Severity::One, word: None },
    );
    world.until(44).expect(["+0 p1/c"]);
}

#[test]
fn who_is_on_leave_is_stood_in_for() {
    let mut world = stepping(vec![step(60, vec![to("p1")])]);
    let away = PersonDocument {
        status: PersonStatus::OnLeave { until: None },
        delegate: Some("p2".to_owned()),
        ..somebody("p1", &["c"], &[])
    };
    world.set(Document::Person(away));
    world.until(0).expect(["+0 p2/c"]);
}

#[test]
fn a_lease_may_count_open_time_alone() {
    let open = with(policy("p", vec![step(60, vec![to("p1")])], Repeat::Times(0)), |plan| {
        plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(8 * 3_600));
        plan.working_time = true;
    });
    let mut world = World::of(open);
    world.set(Document::Calendar(CalendarDocument {
        id: "default".to_owned(),
        name: None,
        calendar: Calendar::standard(),
    }));
    world.until(30).expect(["+0 p1/c"]);
    world.answer("p1");
    // From 09:30 to 17:00, and half an hour of the next day.
    assert_eq!(world.run("support").phase, RunPhase::Answered { until: Some(T0 + minutes(24 * 60 + 30)) });
}
