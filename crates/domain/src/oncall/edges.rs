//! The instants at which somebody may come or go.
//!
//! There may be more than there are changes: a hand-off outside its layer's windows changes nothing. There are never fewer.

use std::iter;

use jiff::Timestamp;

use super::{Layer, Override, Schedule, Who};
use crate::wall;

/// Days whose instants are found and sorted at once.
const CHUNK_DAYS: i64 = 7;

/// All in `(after, until)`, in order.
pub(super) fn ahead(
    schedule: &Schedule,
    overrides: &[Override],
    after: Timestamp,
    until: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    iter::successors(Some(after), |from| Some(wall::days_after(*from, CHUNK_DAYS)))
        .take_while(move |from| *from < until)
        .flat_map(move |from| edges(schedule, overrides, from, until.min(wall::days_after(from, CHUNK_DAYS))))
        .filter(move |edge| *edge > after)
}

/// All in `(after, until]`, the latest first.
pub(super) fn behind(
    schedule: &Schedule,
    overrides: &[Override],
    after: Timestamp,
    until: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    let end = until.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(until);
    iter::successors(Some(end), |until| Some(wall::days_after(*until, -CHUNK_DAYS)))
        .take_while(move |until| *until > after)
        .flat_map(move |until| {
            let from = after.max(wall::days_after(until, -CHUNK_DAYS));
            edges(schedule, overrides, from, until).into_iter().rev()
        })
        .filter(move |edge| *edge > after)
}

/// All in `[from, until)`, in order and each once.
fn edges(schedule: &Schedule, overrides: &[Override], from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let mut edges = Vec::new();
    for layer in &schedule.layers {
        layer_edges(layer, schedule, from, until, &mut edges);
    }
    for temporary in schedule.temporary.iter().filter(|other| other.from < until && from <= other.until) {
        edges.extend([temporary.from, temporary.until]);
        edges.extend(temporary.shifts.iter().flat_map(|shift| [shift.from, shift.until]));
    }
    edges.extend(overrides.iter().flat_map(|change| [change.from, change.until]));
    edges.retain(|edge| (from..until).contains(edge));
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn layer_edges(
    layer: &Layer,
    schedule: &Schedule,
    from: Timestamp,
    until: Timestamp,
    edges: &mut Vec<Timestamp>,
) {
    edges.extend(layer.from);
    edges.extend(layer.until);
    let from = layer.from.map_or(from, |begins| begins.max(from));
    let until = layer.until.map_or(until, |ends| ends.min(until));
    if until <= from {
        return;
    }
    for window in &layer.windows {
        edges.extend(window.edges(&schedule.zone, from, until));
    }
    match &layer.who {
        Who::Rotation(rotation) if !rotation.is_always_one() => edges.extend(rotation.handoffs(from, until)),
        Who::Rotation(_) | Who::People(_) => {}
    }
}
