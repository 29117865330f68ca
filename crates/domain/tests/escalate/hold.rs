//! What may wait (`escalation.md` rule 15, `domain.md` 4.11): the holidays of a recipient's calendar, and the department's opening
//! where they have no quiet hours.

use domain::{
    CalendarDocument, Document, Payload, PersonDocument, PromiseOrigin, PromiseTerms, QuietHours, Repeat,
    Severity, Week,
};
use jiff::{civil::Weekday, tz::TimeZone};

use crate::{
    digest::shipped,
    world::{T0, World, minutes, policy, reported, somebody, step, to, with},
};

#[test]
fn a_holiday_of_the_calendar_that_quiet_hours_name_is_quiet_all_day() {
    let hours = Week::new([(Weekday::Tuesday, "00:00-07:00".parse().unwrap())]).unwrap();
    let quiet = QuietHours::new(TimeZone::UTC, hours).unwrap().with_holidays_of(Some("home".to_owned()));
    let mut world =
        World::of(with(policy("p", vec![step(6_000, vec![to("p1")])], Repeat::Times(0)), |plan| {
            plan.holds = true;
        }));
    world.set(Document::Person(PersonDocument { quiet: Some(quiet), ..somebody("p1", &["c"], &[]) }));
    let office = domain::Calendar::standard();
    let holidays = ["2026-03-02".parse().unwrap()].into();
    let calendar = domain::Calendar::new(TimeZone::UTC, office.week().clone(), holidays).unwrap();
    world.set(Document::Calendar(CalendarDocument { id: "home".to_owned(), name: None, calendar }));
    // Until the end of the quiet hours that follow on the holiday.
    world.until(22 * 60 - 1).expect([]);
    let told = world.explained();
    assert!(told.contains("QuietHours: it is held until 2026-03-03 07:00 UTC"), "{told}");
    assert!(told.contains("or a holiday of the calendar `home`"), "{told}");
    world.until(22 * 60).expect(["+1320 p1/c"]);
}

/// A promise of ours is broken in the evening, and whoever is on call has no quiet hours.
fn broken_in_the_evening(severity: Severity) -> World {
    let mut world = shipped();
    let mut report = reported();
    if let Payload::Reported(report) = &mut report {
        report.severity = severity;
    }
    world.tell("support", "issue.reported", report);
    let terms = PromiseTerms {
        what: "call back".to_owned(),
        to: None,
        by: None,
        due: T0 + minutes(11 * 60),
        origin: PromiseOrigin::Callback,
    };
    world.tell("support", "promise.made", Payload::PromiseMade(terms));
    world.now = T0 + minutes(10 * 60);
    world
}

#[test]
fn the_shipped_policy_waits_for_the_next_opening_with_what_is_mild() {
    // 20:00 of a Monday; support opens on Tuesday at 09:00.
    let mut world = broken_in_the_evening(Severity::Four);
    world.until(11 * 60 + 60);
    let evening: Vec<_> = world.arrived.drain(..).collect();
    assert_eq!(evening, Vec::<String>::new());
    let told = world.explained();
    assert!(told.contains("Closed: it is held until 2026-03-03 09:00 UTC: support is closed then"), "{told}");
    world.until(24 * 60);
    assert_eq!(world.arrived.first().map(String::as_str), Some("+1d 0 p1/c"));
    let mut world = broken_in_the_evening(Severity::Two);
    world.until(11 * 60);
    // What is grave waits for nobody's morning.
    assert_eq!(world.arrived.first().map(String::as_str), Some("+600 p1/c"));
}
