//! Who waits for a position to be folded. Each is woken once, when it is: with as many callers as a batch has commands,
//! waking all at every batch costs more than the batch.
//!
//! Deliberately absent: how long somebody waits, and changes of the position as such (`Projection::applied`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::Position;
use tokio::sync::oneshot;

/// Who waits, by the position. There are no more than callers under way.
#[derive(Debug, Default)]
pub(crate) struct Reached(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    places: BTreeMap<Place, oneshot::Sender<()>>,
    /// Of the last place that was taken.
    number: u64,
}

/// A position, and the number of who waits for it.
type Place = (Position, u64);

/// A place in the queue; left when dropped.
struct Taken<'a> {
    reached: &'a Reached,
    place: Place,
}

impl Reached {
    /// Waits until [`Reached::wake`] is called with this position or a later one, unless `is_there` by now. That looks at
    /// what was written before `wake` is called, so that nobody sleeps through it.
    pub(crate) async fn wait(&self, position: Position, is_there: impl FnOnce() -> bool) {
        let (_place, woken) = {
            let mut waiting = self.lock();
            if is_there() {
                return;
            }
            waiting.number += 1;
            let place = (position, waiting.number);
            let (wakes, woken) = oneshot::channel();
            waiting.places.insert(place, wakes);
            (Taken { reached: self, place }, woken)
        };
        // Its other end is dropped only by who wakes it, or by its place.
        let _woken = woken.await;
    }

    /// Everything up to `position` is there.
    pub(crate) fn wake(&self, position: Position) {
        let there = {
            let mut waiting = self.lock();
            let later = waiting.places.split_off(&(position.next(), 0));
            std::mem::replace(&mut waiting.places, later)
        };
        for wakes in there.into_values() {
            // Who left meanwhile does not wait.
            let _left = wakes.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.reached.lock().places.remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Waker},
    };

    use super::*;

    fn is_woken(waits: &mut Pin<Box<impl Future<Output = ()>>>) -> bool {
        waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn those_are_woken_whose_position_is_there() {
        let reached = Reached::default();
        let wait = |position, is_there| Box::pin(reached.wait(Position::new(position), move || is_there));
        let (mut third, mut fourth) = (wait(3, false), wait(4, false));
        assert!(!is_woken(&mut third) && !is_woken(&mut fourth));
        reached.wake(Position::new(3));
        assert!(is_woken(&mut third) && !is_woken(&mut fourth));
        assert!(is_woken(&mut wait(9, true)));
        drop((third, fourth));
        assert!(reached.lock().places.is_empty(), "whoever gave up is forgotten");
    }
}
