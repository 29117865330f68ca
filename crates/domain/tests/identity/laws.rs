//! What holds whatever is said, and in whatever order it comes.

use domain::{
    Position,
    identity::{Confidence, Then},
};
use proptest::prelude::*;

use super::told::{Edges, Told, alias, at, event, merged, retracted, unmerged};

const LEAVES: std::ops::Range<u8> = 1..7;

fn told() -> impl Strategy<Value = Told> {
    let confidence = prop_oneof![3 => Just(Confidence::Strong), 1 => Just(Confidence::Weak)];
    prop_oneof![
        4 => (LEAVES, LEAVES, 0..9_i64, confidence).prop_map(|(leaf, to, at, sure)| alias(leaf, to, at, sure)),
        3 => (LEAVES, LEAVES, 0..9_i64).prop_map(|(from, into, at)| merged(from, into, at)),
        2 => (LEAVES, 0..12_usize, 0..9_i64).prop_map(|(about, said, at)| retracted(about, said, at)),
        2 => (LEAVES, 0..12_usize, 0..9_i64).prop_map(|(about, said, at)| unmerged(about, said, at)),
    ]
}

fn everybody(edges: &Edges, then: Then) -> Vec<Vec<u8>> {
    LEAVES.map(|leaf| edges.whole(leaf, then)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_gives_the_same_customers(
        told in proptest::collection::vec(told(), 0..12),
        keys in proptest::collection::vec(any::<u32>(), 12),
    ) {
        // The positions stay with what was said: they are no matter of how often a message came.
        let events: Vec<_> = told.iter().enumerate().map(|(n, told)| event(told, n, n)).collect();
        let mut shuffled: Vec<_> = events.iter().enumerate().collect();
        shuffled.sort_by_key(|(number, _)| keys[*number]);
        let mut other = Edges::default();
        shuffled.into_iter().for_each(|(_, event)| other.hear(event));
        let one = Edges::after(&told);
        prop_assert_eq!(everybody(&one, Then::default()), everybody(&other, Then::default()));
    }

    // A leaf belongs to one customer, and every leaf of a customer leads to the same one.
    #[test]
    fn customers_are_disjoint(told in proptest::collection::vec(told(), 0..12)) {
        let edges = Edges::after(&told);
        for leaf in LEAVES {
            for other in edges.now(leaf) {
                prop_assert_eq!(edges.now(other), edges.now(leaf));
            }
        }
    }

    #[test]
    fn the_past_is_the_log_cut_there(
        told in proptest::collection::vec(told(), 0..12),
        minutes in 0..9_i64,
        sequence in 0..13_u64,
    ) {
        let whole = Edges::after(&told);
        for then in [
            Then { as_of: Some(at(minutes)), known_at: None },
            Then { as_of: None, known_at: Some(Position::new(sequence)) },
            Then { as_of: Some(at(minutes)), known_at: Some(Position::new(sequence)) },
        ] {
            let mut cut = Edges::default();
            let events = told.iter().enumerate().map(|(number, told)| event(told, number, number));
            events.filter(|event| then.holds(event.time, event.position)).for_each(|event| cut.hear(&event));
            prop_assert_eq!(everybody(&whole, then), everybody(&cut, Then::default()));
        }
    }

    #[test]
    fn a_merge_and_its_end_leave_nothing_behind(
        told in proptest::collection::vec(told(), 0..11),
        (from, into) in (LEAVES, LEAVES),
    ) {
        let mut with = told.clone();
        with.extend([merged(from, into, 20), unmerged(into, told.len(), 21)]);
        let (with, without) = (Edges::after(&with), Edges::after(&told));
        prop_assert_eq!(everybody(&with, Then::default()), everybody(&without, Then::default()));
    }
}
