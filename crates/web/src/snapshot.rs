//! What the listener tells, as of one moment.

use std::{fmt, sync::Arc};

/// Takes a [`Snapshot`]. Called once a request; it must not wait.
#[derive(Clone)]
pub struct Probe(Arc<dyn Fn() -> Snapshot + Send + Sync>);

impl Probe {
    /// From what takes a snapshot.
    pub fn new(take: impl Fn() -> Snapshot + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    pub(crate) fn take(&self) -> Snapshot {
        (self.0)()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}

/// How Davy is, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The moment, in seconds of Unix time. Calendars begin some days before it.
    pub now: i64,
    /// What being ready takes; ready when none has a fault.
    pub checks: Vec<Check>,
    /// Whether the log can be reached.
    pub log_connected: bool,
    /// The sequence of the last message folded.
    pub position: u64,
    /// Messages of the log that are not folded yet; `None` while the log cannot be reached.
    pub lag: Option<u64>,
    /// Distinct events folded since the log began.
    pub events: u64,
    /// Messages that were the same event again.
    pub duplicates: u64,
    /// Messages in quarantine.
    pub quarantined: u64,
    /// Issues of every lifecycle.
    pub issues: u64,
    /// Customers, by their ids in the systems of the departments.
    pub customers: u64,
    /// Issues that await acknowledgement, by the owner's department and severity.
    pub unacknowledged: Vec<Unacknowledged>,
    /// How the escalator is doing; `None` where this node is none.
    pub escalation: Option<Escalation>,
    /// Of this program.
    pub version: &'static str,
}

/// One thing that being ready takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Such as `nats`.
    pub name: &'static str,
    /// What is wrong, and what to do; `None` if nothing is.
    pub fault: Option<String>,
}

/// Issues of one department and severity that await acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unacknowledged {
    /// The owner's department.
    pub department: String,
    /// `1` to `4`, or `unassessed`.
    pub severity: &'static str,
    /// How many.
    pub issues: u32,
}

/// How the escalator is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Escalation {
    /// When it last looked at everything that was due, in seconds of Unix time; `None` before the first time.
    pub beat: Option<i64>,
    /// It escalates nothing for now.
    pub held: bool,
    /// Issues that had something due since the start.
    pub fired: u64,
    /// How many seconds late the latest of the last round was.
    pub late_by: u64,
    /// Issues that are left alone for a while, since escalating them came to nothing again and again.
    pub tired: u64,
    /// Issues whose timer was found missing or wrong since the start.
    pub repaired: u64,
    /// How often this machine's clock jumped since the start.
    pub jumps: u64,
}
