//! Bare messages without an id: equal ones within 2 minutes of the first of their group are one event
//! (`contract.md` 1, form 3).

use std::collections::{HashMap, VecDeque};

use domain::{Digest, Position, limits::BARE_WINDOW_SECONDS};
use jiff::{SignedDuration, Timestamp};

use crate::{Change, Window};

/// The first of each group of the last 2 minutes.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    groups: HashMap<Digest, Window>,
    /// In the order of the log, to find those that are over.
    order: VecDeque<Window>,
    /// Groups begun in the present batch.
    begun: HashMap<Digest, Window>,
    /// Groups of earlier batches that are over.
    over: Vec<Digest>,
}

const LENGTH: SignedDuration = SignedDuration::from_secs(BARE_WINDOW_SECONDS);

impl Windows {
    /// From the store.
    pub(crate) fn load(mut windows: Vec<Window>) -> Self {
        windows.sort_by_key(|window| window.position);
        let groups = windows.iter().map(|window| (window.bare, *window)).collect();
        Self { groups, order: windows.into(), ..Self::default() }
    }

    /// The first of the group that a message belongs to; `None` if it begins one.
    pub(crate) fn join(&mut self, window: Window) -> Option<Position> {
        self.expire(window.stored_at);
        if let Some(first) = self.groups.get(&window.bare)
            && window.stored_at.duration_since(first.stored_at) <= LENGTH
        {
            return Some(first.position);
        }
        self.groups.insert(window.bare, window);
        self.order.push_back(window);
        self.begun.insert(window.bare, window);
        None
    }

    fn expire(&mut self, now: Timestamp) {
        while let Some(first) = self.order.front()
            && now.duration_since(first.stored_at) > LENGTH
        {
            let Some(first) = self.order.pop_front() else { return };
            if self.groups.get(&first.bare).is_some_and(|group| group.position == first.position) {
                self.groups.remove(&first.bare);
                if self.begun.remove(&first.bare).is_none() {
                    self.over.push(first.bare);
                }
            }
        }
    }

    /// What changed in the present batch; the next one begins.
    pub(crate) fn drain(&mut self, changes: &mut Vec<Change>) {
        let Self { begun, over, .. } = self;
        changes.extend(over.drain(..).filter(|bare| !begun.contains_key(bare)).map(Change::Expired));
        changes.extend(begun.drain().map(|(_, window)| Change::Window(window)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(position: u64, second: i64) -> Window {
        let stored_at = Timestamp::from_second(second).unwrap();
        Window { bare: Digest([7; 16]), position: Position::new(position), stored_at }
    }

    #[test]
    fn a_group_lasts_two_minutes_from_its_first_message() {
        let mut windows = Windows::default();
        assert_eq!(windows.join(window(1, 0)), None);
        assert_eq!(windows.join(window(2, 60)), Some(Position::new(1)));
        assert_eq!(windows.join(window(3, 120)), Some(Position::new(1)));
        assert_eq!(windows.join(window(4, 121)), None);
        assert_eq!(windows.join(window(5, 241)), Some(Position::new(4)));
    }

    #[test]
    fn a_group_survives_a_restart_and_leaves_the_store_when_over() {
        let mut changes = Vec::new();
        let mut windows = Windows::load(vec![window(1, 0)]);
        assert_eq!(windows.join(window(2, 100)), Some(Position::new(1)));
        windows.drain(&mut changes);
        assert_eq!(changes, []);
        let other = Window { bare: Digest([8; 16]), ..window(3, 500) };
        assert_eq!(windows.join(other), None);
        windows.drain(&mut changes);
        assert_eq!(changes, [Change::Expired(Digest([7; 16])), Change::Window(other)]);
    }
}
