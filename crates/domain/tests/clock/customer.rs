//! Customers who have a calendar of their own.

use domain::{
    Calendar, CalendarDocument, ClockKind, CustomerCalendar, Directory, Document, OpenHours, Position, Week,
};
use expect_test::expect;
use jiff::{civil::Weekday, tz::TimeZone};
use proptest::prelude::*;

use crate::{
    draft::{acknowledged, corrected, customer, reported, set, support},
    logs::{log, read},
    story::{Story, given},
};

/// Open from noon until eight in the evening, every day.
fn late() -> Document {
    let hours = OpenHours::new(12 * 60, 20 * 60).unwrap();
    let week = Weekday::Monday.cycle_forward().take(7).map(|day| (day, hours));
    let calendar = Calendar::new(TimeZone::get("Etc/UTC").unwrap(), Week::new(week).unwrap(), [].into());
    Document::Calendar(CalendarDocument { id: "late".to_owned(), name: None, calendar: calendar.unwrap() })
}

fn has(directory: &mut Directory, token: &str, position: u64, calendar: Option<&str>) -> bool {
    let customer = customer(token).leaf.id();
    let calendar = calendar.map(str::to_owned);
    directory.record_calendar(&CustomerCalendar { customer, position: Position::new(position), calendar })
}

impl Story {
    fn customer(mut self, token: &str, position: u64, calendar: Option<&str>) -> Self {
        assert!(has(&mut self.directory, token, position, calendar));
        self
    }
}

#[test]
fn what_is_owed_to_a_customer_goes_by_their_calendar_and_nothing_else_does() {
    let story =
        given([support("09:00", reported()).of("crm:4711"), support("10:00", acknowledged()).of("crm:4711")]);
    let story = story.under([set(1, late())]).customer("crm:4711", 2, Some("late"));
    story.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 20:00, resolve by 15d 12:00
        10:00 issue.acknowledged: own by 13:00, update by 2d 20:00, resolve by 15d 12:00
    "#]]);
    assert_eq!(story.history(ClockKind::Ack, 1).calendar.id, "late");
    assert_eq!(story.history(ClockKind::Own, 1).calendar.id, "built-in");
}

#[test]
fn a_calendar_that_nobody_set_is_none() {
    let story = given([support("09:00", reported()).of("crm:4711")]);
    let story = story.under([set(20, late())]).customer("crm:4711", 2, Some("late"));
    story.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
    "#]]);
}

#[test]
fn what_a_customer_gets_later_moves_nothing_that_runs() {
    // The report stands at 0-11, the answer at 0-12.
    let log = || {
        given([support("09:00", reported()).of("crm:4711"), support("10:00", acknowledged()).of("crm:4711")])
            .under([set(1, late())])
    };
    log().customer("crm:4711", 12, Some("late")).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.acknowledged: own by 13:00, update by 2d 20:00, resolve by 21d 09:00
    "#]]);
    let lost = log().customer("crm:4711", 2, Some("late")).customer("crm:4711", 12, None);
    lost.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 20:00, resolve by 15d 12:00
        10:00 issue.acknowledged: own by 13:00, update by 3d 10:00, resolve by 15d 12:00
    "#]]);
    let other = given([support("09:00", reported()).of("crm:4711"), support("10:00", corrected("crm:1"))]);
    let other = other.under([set(1, late())]).customer("crm:1", 2, Some("late"));
    other.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_corrected: own by 13:00, ack by 17:00, resolve by 21d 09:00
    "#]]);
}

#[test]
fn a_customer_changes_it_only_so_often() {
    let mut directory = Directory::default();
    assert!(!has(&mut directory, "crm:1", 1, None), "that is how it is");
    let most = u64::try_from(domain::limits::CUSTOMER_CALENDARS).unwrap();
    for position in 1..=most {
        assert!(has(&mut directory, "crm:1", position, (position % 2 == 1).then_some("late")));
    }
    assert!(!has(&mut directory, "crm:1", most + 1, Some("early")));
    let leaf = customer("crm:1").leaf.id();
    assert_eq!(directory.customers_calendar(leaf, Position::new(most)), None);
    assert_eq!(directory.customers_calendar(leaf, Position::new(1)), Some("late"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_calendar_that_comes_after_everything_changes_nothing(log in log()) {
        let (events, directory) = read(&log);
        let mut sorted = events.clone();
        sorted.sort_by(|one, other| one.order().cmp(&other.order()));
        let before = domain::fold(&sorted, &directory);
        let mut later = directory;
        let after = events.iter().map(|event| event.position.sequence()).max().unwrap_or_default() + 1;
        for named in events.iter().filter_map(|event| event.customer.as_ref()) {
            let customer = named.leaf.id();
            let calendar = Some("late".to_owned());
            later.record_calendar(&CustomerCalendar { customer, position: Position::new(after), calendar });
        }
        prop_assert_eq!(domain::fold(&sorted, &later), before);
    }
}
