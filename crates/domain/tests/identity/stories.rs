//! Stories of ids that turn out to be one customer's, or not.

use domain::{
    Anomaly, Position, RefusalCode,
    identity::{
        Confidence::{Strong, Weak},
        Conflict, HintKind, LeafKind, MergeSides, Then, check_alias, check_merge, doubts,
    },
    limits,
};

use super::told::{
    Edges, Told, alias, at, event, id, identity, kind_of_alias, merged, named, retracted, unmerged,
};

#[test]
fn strong_assertions_link_and_weak_ones_only_suggest() {
    let edges = Edges::after(&[alias(2, 1, 0, Strong), alias(3, 1, 1, Weak)]);
    assert_eq!(edges.now(2), [1, 2]);
    assert_eq!(edges.now(3), [3]);
    let hints: Vec<_> = edges.connected(1, Then::default()).hints().collect();
    assert_eq!(
        hints.iter().map(|hint| (hint.tie.from, hint.kind)).collect::<Vec<_>>(),
        [(id(3), HintKind::Weak)]
    );
}

#[test]
fn a_merged_customer_goes_by_the_one_that_the_newest_merge_names() {
    let edges = Edges::after(&[alias(2, 3, 0, Strong), merged(1, 3, 1), merged(3, 4, 2)]);
    assert_eq!(edges.now(1), [4, 1, 2, 3]);
    assert_eq!(edges.now(4), [4, 1, 2, 3]);
}

#[test]
fn unmerged_they_are_as_they_were() {
    let before = [alias(2, 1, 0, Strong), alias(4, 3, 0, Strong)];
    let mut told = before.to_vec();
    told.extend([merged(1, 3, 5), unmerged(3, 2, 6)]);
    let (edges, never) = (Edges::after(&told), Edges::after(&before));
    for leaf in 1..=4 {
        assert_eq!(edges.now(leaf), never.now(leaf));
        let then = Then { as_of: Some(at(5)), known_at: None };
        assert_eq!(edges.whole(leaf, then), [3, 1, 2, 4], "as of the merge");
        let then = Then { as_of: None, known_at: Some(Position::new(3)) };
        assert_eq!(edges.whole(leaf, then), [3, 1, 2, 4], "before the unmerge was known");
    }
}

#[test]
fn of_two_strong_assertions_of_one_id_the_newer_counts_and_the_other_is_a_conflict() {
    let told = [alias(2, 1, 5, Strong), alias(2, 3, 1, Strong)];
    let edges = Edges::after(&told);
    assert_eq!((edges.now(2), edges.now(3)), (vec![1, 2], vec![3]));
    let conflicts: Vec<_> = edges.connected(1, Then::default()).conflicts().collect();
    let [Conflict::TwoCustomers { counts, other }] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!((&counts.identity, &other.identity), (&identity(0), &identity(1)));
    let mut told = told.to_vec();
    told.push(retracted(1, 0, 6));
    assert_eq!(Edges::after(&told).now(2), [2, 3]);
}

#[test]
fn a_retraction_is_about_the_same_customer_and_of_the_same_sort() {
    let other_customer = Edges::after(&[alias(2, 1, 0, Strong), retracted(3, 0, 1)]);
    assert_eq!(other_customer.now(2), [1, 2]);
    let not_a_merge = Edges::after(&[alias(2, 1, 0, Strong), unmerged(1, 0, 1)]);
    assert_eq!(not_a_merge.now(2), [1, 2]);
    let retracted = Edges::after(&[alias(2, 1, 0, Strong), retracted(1, 0, 1)]);
    assert_eq!(retracted.now(2), [2]);
}

#[test]
fn what_is_merged_twice_is_told() {
    let edges = Edges::after(&[merged(1, 2, 0), merged(2, 1, 1)]);
    let conflicts: Vec<_> = edges.connected(1, Then::default()).conflicts().collect();
    assert!(matches!(conflicts.as_slice(), [Conflict::MergedTwice(tie)] if tie.identity == identity(1)));
}

#[test]
fn facts_that_cannot_be_are_recorded_and_not_applied() {
    let doubt = |told: &Told| doubts(&event(told, 0, 0)).iter().collect::<Vec<_>>();
    assert_eq!(doubt(&merged(1, 1, 0)), [Anomaly::SelfLink]);
    assert_eq!(doubt(&alias(1, 1, 0, Strong)), [Anomaly::SelfLink]);
    let mut told = alias(2, 1, 0, Strong);
    if let domain::identity::CustomerFact::AliasAsserted(assertion) = &mut told.fact {
        assertion.leaf.raw = Some("info@example.org".to_owned());
    }
    assert_eq!(doubt(&told), [Anomaly::BlockedValue]);
    assert_eq!(Edges::after(&[told]).now(2), [2]);
}

#[test]
fn beyond_the_limit_of_a_sort_an_assertion_only_suggests() {
    let most = u8::try_from(limits::CUSTOMER_CONTACTS).unwrap();
    let contact = |leaf| kind_of_alias(leaf, 0, leaf.into(), Strong, LeafKind::Phone);
    let edges = Edges::after(&(1..=most + 1).map(contact).collect::<Vec<_>>());
    assert_eq!(edges.now(0).len(), usize::from(most) + 1);
    assert_eq!(edges.now(most + 1), [most + 1], "the newest one is too many");
    let hints: Vec<_> = edges.connected(0, Then::default()).hints().map(|hint| hint.kind).collect();
    assert_eq!(hints, [HintKind::OverLimit]);

    let (zero, new) = (edges.connected(0, Then::default()), edges.connected(200, Then::default()));
    let code = |kind| {
        let refused = check_alias((&named(200), &new), kind, true, (id(0), &zero));
        refused.err().map(|refusal| refusal.code)
    };
    assert_eq!(code(LeafKind::ContactEmail), Some(RefusalCode::Limit));
    assert_eq!(code(LeafKind::Site), None);
}

#[test]
fn a_customer_has_two_hundred_leaves_at_most_wherever_one_asks() {
    let told: Vec<_> = (1..=210).map(|leaf| merged(leaf, 0, leaf.into())).collect();
    let edges = Edges::after(&told);
    assert_eq!(edges.now(0).len(), limits::CUSTOMER_LEAVES);
    assert_eq!(edges.now(7), edges.now(0));
    assert_eq!(edges.now(205), [205]);
    let (one, other) = (edges.connected(0, Then::default()), edges.connected(205, Then::default()));
    let sides = MergeSides { from: (id(205), &other), into: (id(0), &one) };
    assert_eq!(check_merge(sides).unwrap_err().code, RefusalCode::Limit);
}

#[test]
fn commands_are_refused_where_facts_are_only_recorded() {
    let edges = Edges::after(&[merged(1, 2, 0)]);
    let connected = |leaf| edges.connected(leaf, Then::default());
    let merge = |from: u8, into: u8| {
        let (one, other) = (connected(from), connected(into));
        let sides = MergeSides { from: (id(from), &one), into: (id(into), &other) };
        check_merge(sides).err().map(|refusal| refusal.code)
    };
    assert_eq!(merge(1, 1), Some(RefusalCode::SelfLink));
    assert_eq!(merge(2, 1), Some(RefusalCode::Already));
    assert_eq!(merge(1, 3), None);
    let alias = |leaf: domain::AsReported, to: u8| {
        let (one, other) = (connected(9), connected(to));
        let refused = check_alias((&leaf, &one), LeafKind::Account, true, (id(to), &other));
        refused.err().map(|refusal| refusal.code)
    };
    assert_eq!(alias(named(1), 2), Some(RefusalCode::Already));
    assert_eq!(alias(named(2), 2), Some(RefusalCode::SelfLink));
    let shared = domain::AsReported { raw: Some("noreply@example.org".to_owned()), ..named(9) };
    assert_eq!(alias(shared, 2), Some(RefusalCode::BlockedValue));
}
