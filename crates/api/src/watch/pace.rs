//! How often a watch looks, and how often it says where it stands.

use std::time::Duration;

use engine::query::ResumePoint;
use tokio::time::Instant;

/// From one look to the next, at least: what changes in between is sent together.
const BETWEEN_LOOKS: Duration = Duration::from_millis(3);
/// The same, with very many watches.
const BETWEEN_LOOKS_OF_MANY: Duration = Duration::from_millis(50);
/// So many watches make it a millisecond.
const WATCHES_PER_MILLISECOND: usize = 20;
/// Before a snapshot is sent again: a directory is often written in many batches, each of which would begin it anew.
pub(super) const BEFORE_ANEW: Duration = Duration::from_millis(100);
/// From one position told to the next, while it moves.
const TELL_MOVED: Duration = Duration::from_secs(1);
/// The same, while nothing happens.
const TELL_IDLE: Duration = Duration::from_secs(5);

/// When what was done last.
#[derive(Debug, Default)]
pub(super) struct Pace {
    told: Option<(ResumePoint, Instant)>,
}

impl Pace {
    /// The earliest time of the next look, if the last one began at `looked` and so many watches are open.
    pub(super) fn next_look(&self, looked: Instant, watches: usize) -> Instant {
        let by_number = u64::try_from(watches / WATCHES_PER_MILLISECOND).unwrap_or(u64::MAX);
        looked + Duration::from_millis(by_number).clamp(BETWEEN_LOOKS, BETWEEN_LOOKS_OF_MANY)
    }

    /// Where the watcher knows to stand.
    pub(super) fn tell(&mut self, point: ResumePoint, now: Instant) {
        self.told = Some((point, now));
    }

    /// When to say that the watch stands at `point`.
    pub(super) fn next_tell(&self, point: ResumePoint, now: Instant) -> Instant {
        match self.told {
            None => now,
            Some((told, at)) if told == point => at + TELL_IDLE,
            Some((_, at)) => at + TELL_MOVED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_position_is_told_at_once_soon_after_it_moved_and_now_and_then() {
        let now = Instant::now();
        let [one, two] = ["0-1.00000000", "0-2.00000000"].map(|token| token.parse::<ResumePoint>().unwrap());
        let mut pace = Pace::default();
        assert_eq!(pace.next_tell(one, now), now);
        pace.tell(one, now);
        assert_eq!(pace.next_tell(one, now), now + TELL_IDLE);
        assert_eq!(pace.next_tell(two, now), now + TELL_MOVED);
    }

    #[tokio::test]
    async fn the_more_watch_the_more_is_sent_together() {
        let now = Instant::now();
        let after = |watches| Pace::default().next_look(now, watches).duration_since(now).as_millis();
        assert_eq!([1, 100, 400, 1_000, 4_000].map(after), [3, 5, 20, 50, 50]);
    }
}
