//! Which clocks of an issue tick now, before anything is looked up about them.
//!
//! While an issue is withdrawn or a duplicate its clocks are kept and do not tick: when that is taken back, they go on as if
//! it had never been, since the customer waited all the time. Of a resolved or closed issue only promises tick: what the
//! customer was told is owed to them all the same.

use jiff::Timestamp;

use super::{ClockKind, ClockName, ItemClock, Running, Started};
use crate::{Department, Issue, Lifecycle, Pause};

/// A clock that ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticking<'a> {
    pub(crate) name: ClockName,
    /// Who owes the act now.
    pub(crate) department: &'a Department,
    pub(crate) since: &'a Started,
    pub(crate) due: Option<Timestamp>,
    pub(crate) halved: bool,
    pub(crate) pauses: &'a [Pause],
}

impl Issue {
    /// Those that tick, in the order of [`ClockKind::ALL`] but for the items, which come last.
    pub(crate) fn ticking(&self) -> impl Iterator<Item = Ticking<'_>> {
        let lifecycle = self.lifecycle();
        self.kept_clocks().filter(move |clock| ticks(clock.name.kind, lifecycle))
    }

    /// All that are kept, also those that do not tick now.
    pub(crate) fn kept_clocks(&self) -> impl Iterator<Item = Ticking<'_>> {
        let whole = self.clocks.whole().into_iter();
        let whole = whole.filter_map(|(kind, running)| running.map(|running| self.of_whole(kind, running)));
        whole.chain(self.clocks.items.iter().map(|clock| self.of_item(clock)))
    }

    fn of_whole<'a>(&'a self, kind: ClockKind, running: &'a Running) -> Ticking<'a> {
        Ticking {
            name: ClockName { kind, item: None, cycle: running.cycle },
            department: &self.custody.owner.department,
            since: &running.since,
            due: None,
            halved: running.halved,
            pauses: if kind.pauses() { &self.clocks.pauses } else { &[] },
        }
    }

    fn of_item<'a>(&'a self, clock: &'a ItemClock) -> Ticking<'a> {
        let department =
            if asks_another(clock.kind) { &clock.since.department } else { &self.custody.owner.department };
        Ticking {
            name: clock.name(),
            department,
            since: &clock.since,
            due: clock.due,
            halved: false,
            pauses: if self.is_blocking(clock) { &self.clocks.pauses } else { &[] },
        }
    }

    /// Whether it is that of an assist without which the issue cannot go on: while the customer is asked, so is the assist
    /// (`domain.md` 4.8).
    fn is_blocking(&self, clock: &ItemClock) -> bool {
        let mut assists = self.work.assists.iter();
        clock.kind == ClockKind::AssistAnswer
            && assists.any(|assist| assist.id == clock.item && assist.terms.blocking)
    }
}

/// Whether the department that was asked owes the act, and not the owner's.
const fn asks_another(kind: ClockKind) -> bool {
    match kind {
        ClockKind::HandOffAccept | ClockKind::AssistAnswer => true,
        ClockKind::Own
        | ClockKind::Ack
        | ClockKind::Update
        | ClockKind::Resolve
        | ClockKind::Promise
        | ClockKind::Deferral
        | ClockKind::Orphan => false,
    }
}

fn ticks(kind: ClockKind, lifecycle: Lifecycle) -> bool {
    match lifecycle {
        Lifecycle::Unreported
        | Lifecycle::Open
        | Lifecycle::WaitingCustomer
        | Lifecycle::WaitingExternal
        | Lifecycle::Deferred => true,
        Lifecycle::Resolved | Lifecycle::Closed => kind == ClockKind::Promise,
        Lifecycle::Withdrawn | Lifecycle::Duplicate => false,
    }
}
