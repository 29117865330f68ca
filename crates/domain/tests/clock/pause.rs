//! Pauses: the working time that is left is kept.

use domain::{Calendar, ClockKind};
use expect_test::expect;
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*};

use crate::{
    deeds::{asked_customer, asked_customer_somehow, replied, replied_by_machine},
    draft::{Draft, MIDNIGHT, acknowledged, reported, resolved, support},
    story::{given, hour},
};

#[test]
fn only_update_and_resolve_rest_and_only_with_proof() {
    given([
        support("09:00", reported()),
        support("10:00", asked_customer_somehow()),
        support("11:00", asked_customer()),
        support("12:00", acknowledged()),
        support("12:30", replied_by_machine()),
        support("13:00", replied()),
        support("14:00", asked_customer()),
        support("14:00", replied()),
        support("15:00", asked_customer()),
        support("16:00", resolved()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve by 21d 09:00 !pause_unproven (not applied)
        11:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 11:00
        12:00 issue.acknowledged: own by 13:00, update rests since 11:00, resolve rests since 11:00
        12:30 issue.customer_replied: own by 13:00, update rests since 11:00, resolve rests since 11:00
        13:00 issue.customer_replied: own by 13:00, update#2 by 3d 13:00, resolve by 21d 11:00
        14:00 issue.customer_input_requested: own by 13:00, update#2 rests since 14:00, resolve rests since 14:00
        14:00 issue.customer_replied: own by 13:00, update#2 by 3d 13:00, resolve by 21d 11:00
        15:00 issue.customer_input_requested: own by 13:00, update#2 rests since 15:00, resolve rests since 15:00
        16:00 issue.resolved: none
    "#]]);
}

#[test]
fn what_ran_out_before_the_pause_ran_out() {
    let story = given([support("09:00", reported()), support("30d 09:00", asked_customer())]);
    assert_eq!(story.deadline(ClockKind::Resolve).map(hour), Some("21d 09:00".to_owned()));
}

fn minute(minute: i64) -> Timestamp {
    MIDNIGHT + SignedDuration::from_mins(minute)
}

fn at(minutes: i64, deed: crate::draft::Deed) -> Draft {
    let mut draft = support("00:00", deed);
    draft.0.time = minute(minutes);
    draft
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pause_takes_no_working_time_away(gaps in vec(1_i64..3_000, 0..20)) {
        let mut log = vec![at(540, reported())];
        let mut now = 540;
        for (index, gap) in gaps.iter().enumerate() {
            now += gap;
            log.push(at(now, if index % 2 == 0 { asked_customer() } else { replied() }));
        }
        if gaps.len() % 2 == 1 {
            log.push(at(now + 10, replied()));
        }
        let story = given(log);
        let pauses = story.issue().clocks.pauses;
        let deadline = story.deadline(ClockKind::Resolve).unwrap();
        let calendar = Calendar::standard();
        let open = |from, until| calendar.open_seconds_between(from, until);
        let rested: u64 = pauses.iter().map(|pause| open(pause.from, pause.until.unwrap().min(deadline))).sum();
        // Fifteen days of eight hours.
        prop_assert_eq!(open(minute(540), deadline) - rested, 15 * 8 * 3_600);
    }
}
