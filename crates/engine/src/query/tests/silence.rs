//! How long nobody has spoken with customers.

use domain::{
    Cadence, Payload, Purpose, Severity, Talk,
    identity::{CustomerFact, ProfileChange},
};
use jiff::SignedDuration;

use super::{Say, Town, town::customer};
use crate::query::SilentQuery;

const DAY: i64 = 24 * 60;

fn talk(purpose: Purpose) -> Payload {
    Payload::ContactLogged(Talk { two_way: true, auto: false, purpose })
}

/// So many days before.
fn contact(number: u8, days: i64, purpose: Purpose) -> Say {
    Say { issue: None, ..Say::about(0, -days * DAY, talk(purpose)) }.of(Some(number))
}

fn spoke(number: u8, days: i64) -> Say {
    contact(number, days, Purpose::Service)
}

fn about_issue(issue: u8, number: u8, days: i64) -> Say {
    Say::about(issue, -days * DAY, talk(Purpose::Service)).of(Some(number))
}

fn profile(number: u8, days: i64, change: ProfileChange) -> Say {
    Say::told(number, -days * DAY, CustomerFact::ProfileSet(change))
}

/// Days since then; negative where nobody ever spoke with them.
fn days(town: &Town, number: u8) -> Option<i64> {
    let silence = town.reader.silence(customer(number).unwrap()).unwrap().value?;
    let days = super::at(0).duration_since(silence.since()).as_hours() / 24;
    Some(if silence.spoken { days } else { -days })
}

/// All pages, a row each: which customer, and whether anything is announced of them.
fn silent(town: &Town, within: i64) -> Vec<(String, bool)> {
    let within = SignedDuration::from_hours(24 * within);
    let mut query = SilentQuery { within, page_size: 1, after: None };
    let mut rows = Vec::new();
    loop {
        let page = town.reader.silent(query).unwrap().value;
        rows.extend(page.customers.iter().map(|row| {
            let token = row.customer.leaves[0].leaf.as_ref().unwrap().to_string();
            (token, !row.silence.silent)
        }));
        query.after = page.next;
        if query.after.is_none() {
            return rows;
        }
    }
}

#[test]
fn it_counts_from_the_last_conversation_wherever_that_was() {
    let mut town = Town::new();
    town.say(Say::reported(7, -60 * DAY, Severity::Two));
    assert_eq!(days(&town, 1), None, "who only complained is nobody's to look after");
    town.say(spoke(1, 50));
    town.say(about_issue(7, 1, 40));
    town.say(contact(1, 10, Purpose::Renewal));
    assert_eq!(days(&town, 1), Some(40));
    // What is heard late counts from when it happened.
    town.say(spoke(1, 45));
    assert_eq!(days(&town, 1), Some(40));
    town.say(Say::corrected(7, -30 * DAY, 2));
    assert_eq!((days(&town, 1), days(&town, 2)), (Some(45), Some(40)));
    // It was the sixth message.
    let struck = Say::retracted(0, -20 * DAY, 5);
    town.say(Say { issue: None, ..struck });
    assert_eq!(days(&town, 1), Some(50));
}

#[test]
fn a_merged_customer_has_the_latest_of_all_leaves_and_each_its_own_again() {
    let mut town = Town::new();
    town.say(spoke(1, 50));
    town.say(about_issue(7, 2, 20));
    town.say(profile(1, 60, ProfileChange { cadence_days: Some(10), ..ProfileChange::default() }));
    let merged = town.say(Say::merged(2, 1, -5 * DAY));
    assert_eq!((days(&town, 1), days(&town, 2)), (Some(20), Some(20)));
    // Their time was over before Davy heard of it.
    let one = [("crm:1".to_owned(), false)];
    assert_eq!(silent(&town, 0), one, "listed once, by the cadence of the leaf by which they go");
    town.say(Say::unmerged(1, merged.sequence(), -4 * DAY));
    assert_eq!((days(&town, 1), days(&town, 2)), (Some(50), Some(20)));
    assert_eq!(silent(&town, 0), one);
    assert_eq!(silent(&town, 71), [("crm:1".to_owned(), false), ("crm:2".to_owned(), true)]);
}

#[test]
fn those_come_first_whose_time_was_over_first() {
    let mut town = Town::new();
    let tier = |tier: &str| ProfileChange { tier: Some(tier.to_owned()), ..ProfileChange::default() };
    town.say(spoke(1, 80));
    town.say(spoke(2, 80));
    town.say(profile(2, 80, tier("Gold")));
    town.say(spoke(3, 65));
    town.say(profile(3, 65, tier("silver")));
    // Nothing but renewals for 200 days (F18).
    town.say(contact(4, 200, Purpose::Renewal));
    let heard = |number: &str, announced| (format!("crm:{number}"), announced);
    assert_eq!(silent(&town, 0), [heard("4", false), heard("2", false), heard("3", false)]);
    assert_eq!(days(&town, 4), Some(-200));
    assert_eq!(silent(&town, 14).last(), Some(&heard("1", true)));
    let silence = town.reader.silence(customer(2).unwrap()).unwrap().value.unwrap();
    assert_eq!(silence.cadence, Cadence::Tier("Gold".to_owned()));
}
