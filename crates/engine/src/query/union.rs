//! One timeline out of several: a customer's leaves have one each, merged here in the order of time. What is merged is
//! never kept, so a merge of customers and its end cost nothing.

use domain::{LeafId, Position};

use super::{
    QueryError,
    refs::{Moment, Refs, moment},
    timeline::TimelineOrder,
};
use crate::{TimelineRef, View};

/// A reference, and in whose timeline it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    pub(super) reference: TimelineRef,
    pub(super) leaf: LeafId,
}

/// References of several leaves in order, each once, after a moment.
pub(super) struct Union<'a> {
    order: TimelineOrder,
    lanes: Vec<Lane<'a>>,
    last: Option<Position>,
}

struct Lane<'a> {
    leaf: LeafId,
    refs: Refs<'a>,
    head: Option<TimelineRef>,
}

impl<'a> Union<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        leaves: &[LeafId],
        order: TimelineOrder,
        after: Option<Moment>,
    ) -> Result<Self, QueryError> {
        let mut lanes = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            let mut refs = Refs::new(view, *leaf, order, after)?;
            let head = refs.next()?;
            lanes.push(Lane { leaf: *leaf, refs, head });
        }
        Ok(Self { order, lanes, last: None })
    }

    pub(super) fn next(&mut self) -> Result<Option<Placed>, QueryError> {
        while let Some(placed) = self.first()? {
            // An issue that was corrected from one leaf to another may stand at both for a moment.
            if self.last.replace(placed.reference.position) != Some(placed.reference.position) {
                return Ok(Some(placed));
            }
        }
        Ok(None)
    }

    fn first(&mut self) -> Result<Option<Placed>, QueryError> {
        let order = self.order;
        let heads = self.lanes.iter_mut().filter(|lane| lane.head.is_some());
        let at = |lane: &&mut Lane<'_>| lane.head.as_ref().map(moment);
        let lane = match order {
            TimelineOrder::NewestFirst => heads.max_by_key(at),
            TimelineOrder::OldestFirst => heads.min_by_key(at),
        };
        let Some(lane) = lane else { return Ok(None) };
        let placed = lane.head.take().map(|reference| Placed { reference, leaf: lane.leaf });
        lane.head = lane.refs.next()?;
        Ok(placed)
    }
}
