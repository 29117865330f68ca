//! What holds for the work on any issue, whatever its log.

use domain::{
    Anomaly, Effect, Issue, Origin, Payload, Severity, Standing, Work, fold, limits::WORK_ITEMS, replay,
};
use proptest::prelude::*;

use crate::{
    deeds::{assist_requested, helped, promise_kept, promised},
    draft::{Draft, engineering, reported, support},
    logs::{log, read},
    story::{given, sorted},
};

/// Every state that the issue goes through.
fn states(log: &[crate::logs::Message]) -> Vec<Issue> {
    let (events, directory) = read(log);
    let events = sorted(&events);
    (1..=events.len()).filter_map(|folded| fold(&events[..folded], &directory)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_is_worked_on_is_held_up(log in log()) {
        for issue in states(&log) {
            let in_force = issue.work.deferrals.iter().filter(|deferral| deferral.is_in_force()).count();
            prop_assert!(in_force <= 1);
            if issue.standing != Standing::Open {
                prop_assert!(issue.waiting.customer.is_none() && issue.waiting.external.is_none());
                prop_assert_eq!(in_force, 0);
            }
        }
    }

    #[test]
    fn harm_keeps_the_severity_up(log in log()) {
        for issue in states(&log) {
            let rank = issue.severity().rank();
            prop_assert!(rank <= issue.assessed.rank());
            prop_assert!(!issue.floors.safety || issue.severity() == Severity::One);
            prop_assert!(issue.floors.withheld.is_empty() || rank <= 2);
        }
    }

    #[test]
    fn commands_that_do_not_fit_and_they_alone_are_overtaken(log in log()) {
        let (events, directory) = read(&log);
        replay(&sorted(&events), &directory, |event, became| {
            let overtaken = became.anomalies.contains(Anomaly::Overtaken);
            match event.origin {
                Origin::Command(_) => {
                    let unfolded = matches!(event.payload, Payload::Unknown);
                    let judged = [Anomaly::NotHuman, Anomaly::SelfLink];
                    let refused = judged.into_iter().any(|doubt| became.anomalies.contains(doubt));
                    assert!(became.effect == Effect::Applied || overtaken || unfolded || refused, "{event:?}");
                }
                Origin::Department(_) | Origin::Escalator(_) | Origin::Pager(_) => assert!(!overtaken),
            }
        });
    }
}

#[test]
fn an_issue_holds_so_many_items_and_forgets_done_ones_first() {
    let mut drafts = vec![
        support("09:00", reported()),
        support("09:01", promised("Call back", "10:00")),
        support("09:02", promise_kept("-")),
        engineering("09:03", helped()),
    ];
    let asked = (4..60).map(|minute| support(&format!("09:{minute:02}"), assist_requested("sales")));
    drafts.extend(asked.collect::<Vec<Draft>>());
    let issue = given(drafts).issue();
    let Work { assists, promises, .. } = &issue.work;
    assert_eq!((assists.len(), promises.len()), (WORK_ITEMS, 0));
    assert!(assists.iter().all(domain::Assist::is_open));
    assert!(issue.anomalies.contains(Anomaly::TooMany));
}

#[test]
fn long_texts_are_cut_and_hostile_ids_leave_no_room() {
    let long = "ä".repeat(2_000);
    let promised_by = |number: i32| support("09:01", promised(&long, "10:00")).id(&format!("{number}{long}"));
    let issue = given((0..10).map(promised_by)).issue();
    assert_eq!(issue.work.promises[0].terms.what.chars().count(), 80);
    assert_eq!(issue.work.len(), 1);
    assert!(issue.anomalies.contains(Anomaly::TooMany));
}
