//! How the escalator is doing, for outsiders: a heartbeat that stands still when it does (`escalation.md` rule 18).

use jiff::Timestamp;

use super::round::Round;

/// How the escalator is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When it last looked at everything that was due.
    pub beat: Option<Timestamp>,
    /// Why nothing is escalated; absent: it is.
    pub held: Option<String>,
    /// Issues that had something due since the start.
    pub fired: u64,
    /// How many seconds late the latest of the last round was.
    pub late_by: u64,
    /// Issues that are left alone for a while, since escalating them came to nothing again and again.
    pub tired: usize,
    /// Issues whose timer was found missing or wrong since the start; they were escalated all the same.
    pub repaired: u64,
    /// How often this machine's clock jumped, or the machine slept, since the start.
    pub jumps: u64,
}

impl Health {
    /// Whether that is news.
    pub(super) fn hold(&mut self, why: &str) -> bool {
        let news = self.held.as_deref() != Some(why);
        if news {
            tracing::error!(why, "nothing is escalated");
            self.held = Some(why.to_owned());
        }
        news
    }

    /// Whether that is news.
    pub(super) const fn jumped(&mut self, jumps: u64) -> bool {
        let news = self.jumps != jumps;
        self.jumps = jumps;
        news
    }

    pub(super) fn beat(&mut self, now: Timestamp, round: &Round, tired: usize) {
        if self.held.take().is_some() {
            tracing::info!("the escalator goes on");
        }
        self.beat = Some(now);
        self.fired = self.fired.saturating_add(u64::try_from(round.issues()).unwrap_or(u64::MAX));
        self.late_by = round.late_by.as_secs();
        self.repaired = self.repaired.saturating_add(u64::try_from(round.repaired).unwrap_or(u64::MAX));
        self.tired = tired;
    }
}
