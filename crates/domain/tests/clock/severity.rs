//! A deadline counts from the beginning, whatever the severity becomes, and raising it never lengthens.

use domain::{ClockKind, ClockLimit, Directory, Document, DocumentKey, PolicyDocument, Severity, TimeLimit};
use expect_test::expect;
use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};

use crate::{
    deeds::{asked_customer, chased, replied, withheld},
    draft::{
        acknowledged, assigned, department, reopened, reported, resolved, set, severity_changed, support,
    },
    history::policy,
    story::given,
};

#[test]
fn the_limit_changes_and_the_beginning_does_not() {
    given([
        support("09:00", reported().assessed(Severity::Four)),
        support("10:00", severity_changed(Severity::Two)),
        support("11:00", severity_changed(Severity::One)),
        support("12:00", severity_changed(Severity::Three)),
        support("13:00", withheld("R-1")),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 17:00, ack by 1d 17:00, resolve by 42d 09:00
        10:00 issue.severity_changed: own by 10:00, ack by 13:00, resolve by 7d 09:00
        11:00 issue.severity_changed: own by 09:15, ack by 10:00, resolve by 1d 09:00
        12:00 issue.severity_changed: own by 13:00, ack by 17:00, resolve by 21d 09:00
        13:00 invoice.withheld: own by 10:00, ack by 13:00, resolve by 7d 09:00
    "#]]);
}

fn limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![
        (1_u32..2_000_000).prop_map(TimeLimit::Wall),
        (1_u32..500_000).prop_map(TimeLimit::Hours),
        (1_u32..60).prop_map(TimeLimit::Days),
    ]
}

fn any_policy() -> impl Strategy<Value = PolicyDocument> {
    let kinds = [ClockKind::Own, ClockKind::Ack, ClockKind::Update, ClockKind::Resolve];
    vec(prop::array::uniform4(limit()), kinds.len()).prop_map(move |limits| {
        let limits = kinds.into_iter().zip(limits).map(|(clock, limits)| ClockLimit { clock, limits });
        policy("default", limits.collect::<Vec<_>>())
    })
}

const FROM_MILD: [Severity; 4] = [Severity::Four, Severity::Three, Severity::Two, Severity::One];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn to_raise_it_never_lengthens(policy in any_policy(), minutes in 0_i64..10_000, paused in any::<bool>(), back in any::<bool>()) {
        let mut log = vec![
            support("00:00", reported()),
            support("03:00", acknowledged()),
            support("3d 00:00", assigned("sales/-/-")),
        ];
        if paused {
            log.extend([support("3d 10:00", asked_customer()), support("8d 11:00", replied())]);
        }
        if back {
            log.extend([support("9d 00:00", resolved()), support("9d 01:00", reopened()), support("9d 02:00", chased())]);
        }
        for draft in &mut log {
            draft.0.time += jiff::SignedDuration::from_mins(minutes);
        }
        let story = given(log).under([set(1, Document::Policy(policy))]);
        let mut issue = story.issue();
        let mut before: Option<Vec<Timestamp>> = None;
        for severity in FROM_MILD {
            issue.assessed = severity;
            let clocks = issue.running_clocks(&story.directory);
            let deadlines: Vec<_> = clocks.iter().map(|clock| clock.state.deadline().unwrap_or(Timestamp::MAX)).collect();
            if let Some(before) = before {
                prop_assert!(deadlines.iter().zip(&before).all(|(raised, before)| raised <= before));
            }
            before = Some(deadlines);
        }
    }
}

// The earliest of what is said for the severity and for lesser ones, worked out without any of the short cuts.
proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_earliest_that_the_policy_says(policy in any_policy(), minutes in 0_i64..10_000) {
        let mut report = support("00:00", reported());
        report.0.time += jiff::SignedDuration::from_mins(minutes);
        let limits = policy.limits.clone();
        let story = given([report]).under([set(1, Document::Policy(policy))]);
        let mut issue = story.issue();
        for (index, severity) in FROM_MILD.into_iter().rev().enumerate() {
            issue.assessed = severity;
            for clock in issue.running_clocks(&story.directory) {
                let Some(said) = limits.iter().find(|limit| limit.clock == clock.name.kind) else { continue };
                let calendar = calendar(&story.directory);
                let all = said.limits[index..].iter().filter_map(|limit| calendar.deadline(clock.since.at, *limit, &[]));
                prop_assert_eq!(clock.state.deadline(), all.min());
            }
        }
    }
}

fn calendar(directory: &Directory) -> &domain::Calendar {
    directory.calendar(&department("support"), crate::story::at(20))
}

#[test]
fn a_policy_is_found_by_its_id() {
    let directory = crate::draft::directory([set(3, Document::Policy(policy("default", Vec::new())))]);
    assert!(directory.document(&DocumentKey::Policy("default".to_owned()), crate::story::at(3)).is_some());
    assert!(directory.policy_by_id("default", crate::story::at(2)).is_none());
    let found = directory.policy(&department("support"), crate::story::at(2));
    assert_eq!(found.id, "built-in");
}
