//! What rows make of frames.

use super::*;

type Frame = RowFrame<PositionKey, &'static str>;

fn key(sequence: u32) -> PositionKey {
    PositionKey(format!("0-{sequence}"))
}

fn snapshot(reset: bool, rows: &[(u32, &'static str)]) -> Frame {
    RowFrame::Snapshot { reset, rows: rows.iter().map(|(sequence, row)| (key(*sequence), *row)).collect() }
}

fn complete() -> Frame {
    RowFrame::Complete(SnapshotComplete { position: "0-9".into(), resume_token: String::new() })
}

/// What each frame changes, and then what is shown.
fn played(
    rows: &mut Rows<PositionKey, &'static str>,
    frames: impl IntoIterator<Item = Frame>,
) -> Vec<String> {
    let mut heard = Vec::new();
    for frame in frames {
        rows.apply_with(frame, |change| {
            heard.push(match change {
                Change::Added(key, row) => format!("+{} {row}", key.0),
                Change::Changed { key, before, row } => format!("~{} {before} {row}", key.0),
                Change::Removed(key, before) => format!("-{} {before:?}", key.0),
            });
        });
    }
    heard
}

#[test]
fn a_snapshot_that_replaces_everything_shows_when_it_is_complete() {
    let mut rows = Rows::new();
    let first = [snapshot(false, &[(2, "b"), (1, "a")]), complete()];
    assert_eq!(played(&mut rows, first), ["+0-2 b", "+0-1 a"]);
    let coming =
        [snapshot(true, &[(2, "B"), (3, "c")]), RowFrame::Upsert(key(4), "d"), RowFrame::Remove(key(3))];
    assert_eq!(played(&mut rows, coming), [""; 0]);
    assert_eq!((rows.len(), rows.get(&key(1)), rows.is_complete()), (2, Some(&"a"), false));
    assert_eq!(played(&mut rows, [complete()]), ["-0-1 Some(\"a\")", "~0-2 b B", "+0-4 d"]);
    assert!(rows.is_complete());
    // One that breaks off gives way to the next.
    let broken = [snapshot(true, &[(7, "x")]), snapshot(true, &[(2, "B")]), complete()];
    assert_eq!(played(&mut rows, broken), ["-0-4 Some(\"d\")"]);
}

#[test]
fn only_what_looks_different_is_a_change() {
    let mut rows = Rows::new();
    let frames = [
        RowFrame::Upsert(key(1), "a"),
        RowFrame::Upsert(key(1), "a"),
        RowFrame::Upsert(key(1), "b"),
        RowFrame::Remove(key(1)),
        RowFrame::Remove(key(1)),
    ];
    assert_eq!(played(&mut rows, frames), ["+0-1 a", "~0-1 a b", "-0-1 Some(\"b\")", "-0-1 None"]);
    assert!(rows.is_empty());
}

#[test]
fn the_oldest_positions_are_forgotten_first() {
    let mut rows = Rows::at_most(2);
    rows.apply(snapshot(false, &[(9, "i"), (10, "j"), (100, "k")]));
    assert_eq!(rows.iter().map(|(key, _)| key.0.as_str()).collect::<Vec<_>>(), ["0-10", "0-100"]);
}
