//! What holds for the clocks of any log.

use std::collections::BTreeSet;

use domain::{ClockKind, Event, Issue, Kinship, Lifecycle, explain_clocks, replay_with};
use proptest::prelude::*;

use crate::{
    draft::issue,
    logs::{log, read},
};

fn sorted(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by(|one, other| one.order().cmp(&other.order()));
    events
}

fn must_run(issue: &Issue) -> BTreeSet<ClockKind> {
    let mut kinds = BTreeSet::new();
    if issue.lifecycle().is_open() {
        kinds.insert(ClockKind::Resolve);
        if issue.acknowledged.is_none() {
            kinds.insert(ClockKind::Ack);
        }
        if !matches!(issue.custody.owner.holding, domain::Holding::Accepted { .. }) {
            kinds.insert(ClockKind::Own);
        }
    }
    kinds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_waits_unseen_and_nothing_settled_waits(log in log()) {
        let (events, directory) = read(&log);
        let mut states = Vec::new();
        let apply = |issue: &mut Issue, event: &Event, directory: &_| {
            let applied = issue.apply(event, directory);
            states.push(issue.clone());
            applied
        };
        replay_with(&sorted(events), &directory, apply, |_, _| ());
        for issue in states {
            let clocks = issue.running_clocks(&directory);
            let names: BTreeSet<_> = clocks.iter().map(|clock| (clock.name.kind, clock.name.item)).collect();
            prop_assert_eq!(names.len(), clocks.len(), "one of a kind");
            let kinds: BTreeSet<_> = clocks.iter().map(|clock| clock.name.kind).collect();
            prop_assert!(kinds.is_superset(&must_run(&issue)), "{kinds:?}");
            match issue.lifecycle() {
                Lifecycle::Withdrawn | Lifecycle::Duplicate => prop_assert!(kinds.is_empty()),
                Lifecycle::Resolved | Lifecycle::Closed => {
                    prop_assert!(kinds.iter().all(|kind| *kind == ClockKind::Promise));
                }
                Lifecycle::Unreported
                | Lifecycle::Open
                | Lifecycle::WaitingCustomer
                | Lifecycle::WaitingExternal
                | Lifecycle::Deferred => {}
            }
            let open = clocks.iter().filter(|clock| clock.name.kind == ClockKind::AssistAnswer).count();
            let asked = issue.work.assists.iter().filter(|assist| assist.is_open()).count();
            prop_assert_eq!(open, if issue.lifecycle().is_open() { asked } else { 0 });
            let due = clocks.iter().filter_map(|clock| clock.next_mark()).map(|(_, at)| at).min();
            prop_assert_eq!(issue.clock_due(&directory), due);
        }
    }

    #[test]
    fn every_clock_is_told_of_with_its_end(log in log()) {
        let (events, directory) = read(&log);
        let events = sorted(events);
        let histories = explain_clocks(issue("55"), &Kinship::default(), &events, &directory);
        let names: BTreeSet<_> = histories.iter().map(|history| history.name).collect();
        prop_assert_eq!(names.len(), histories.len());
        let running = domain::fold(&events, &directory).map(|issue| issue.running_clocks(&directory)).unwrap_or_default();
        for clock in running {
            let told = histories.iter().find(|history| history.name == clock.name).unwrap();
            prop_assert_eq!((told.end.is_none(), told.deadline()), (true, clock.state.deadline()));
        }
        for history in histories.iter().filter(|history| history.name.item.is_none() && history.name.cycle > 1) {
            let before = domain::ClockName { cycle: history.name.cycle - 1, ..history.name };
            let before = histories.iter().find(|history| history.name == before).unwrap();
            prop_assert!(before.end.is_some());
        }
    }
}
