//! Given events, then the clocks after each of them. Davy hears of an event when it happens, unless it is told otherwise.

use std::fmt::Write as _;

use domain::{
    Clock, ClockHistory, ClockKind, ClockName, ClockState, Department, Directory, DirectoryChange, Event,
    Issue, ItemId, Kinship, Mark, Origin, Payload, Position, explain_clocks, fold, replay_with,
};
use expect_test::Expect;
use jiff::Timestamp;

use crate::draft::{Deed, Draft, MIDNIGHT, clock, deed, directory, from, issue};

/// What the log holds; the first event stands at `0-11`, after the documents of the directory.
pub(crate) struct Story {
    pub(crate) directory: Directory,
    pub(crate) events: Vec<Event>,
}

const DOCUMENTS: u64 = 10;

pub(crate) fn given(drafts: impl IntoIterator<Item = Draft>) -> Story {
    let events = drafts.into_iter().zip(DOCUMENTS + 1..).map(|(draft, sequence)| {
        let heard = draft.0.stored_at;
        let mut event = draft.at(sequence);
        event.stored_at = if heard == MIDNIGHT { event.time } else { heard };
        event
    });
    Story { directory: Directory::default(), events: events.collect() }
}

impl Story {
    pub(crate) fn under(mut self, changes: impl IntoIterator<Item = DirectoryChange>) -> Self {
        self.directory = directory(changes);
        self
    }

    fn sorted(&self) -> Vec<Event> {
        let mut events = self.events.clone();
        events.sort_by(|one, other| one.order().cmp(&other.order()));
        events
    }

    pub(crate) fn issue(&self) -> Issue {
        fold(&self.sorted(), &self.directory).unwrap()
    }

    /// A line for every event in order: the clocks that run after it.
    pub(crate) fn then(&self, expected: &Expect) {
        let mut text = String::new();
        let apply = |issue: &mut Issue, event: &Event, directory: &Directory| {
            let applied = issue.apply(event, directory);
            let line = line(issue, directory);
            writeln!(text, "{} {}: {line}{}", hour(event.time), event.type_name, doubts(&applied)).unwrap();
            applied
        };
        replay_with(&self.sorted(), &self.directory, apply, |_, _| ());
        expected.assert_eq(&text);
    }

    /// When a clock of the issue as a whole runs out.
    pub(crate) fn deadline(&self, kind: ClockKind) -> Option<Timestamp> {
        let clocks = self.issue().running_clocks(&self.directory);
        clocks.into_iter().find(|clock| clock.name.kind == kind).and_then(|clock| clock.state.deadline())
    }

    pub(crate) fn histories(&self) -> Vec<ClockHistory> {
        explain_clocks(issue("55"), &Kinship::default(), &self.sorted(), &self.directory)
    }

    pub(crate) fn history(&self, kind: ClockKind, cycle: u32) -> ClockHistory {
        let name = |history: &ClockHistory| history.name.kind == kind && history.name.cycle == cycle;
        self.histories().into_iter().find(name).unwrap()
    }
}

fn doubts(applied: &domain::Applied) -> String {
    let mut text = String::new();
    applied.anomalies.iter().for_each(|anomaly| write!(text, " !{}", anomaly.code()).unwrap());
    if applied.effect == domain::Effect::NotApplied {
        text.push_str(" (not applied)");
    }
    text
}

/// Such as `own by 13:00, ack by 17:00`.
pub(crate) fn line(issue: &Issue, directory: &Directory) -> String {
    let clocks = issue.running_clocks(directory);
    let texts: Vec<_> = clocks.iter().map(|clock| of_clock(clock, issue)).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

fn of_clock(clock: &Clock, issue: &Issue) -> String {
    let mut text = clock.name.kind.as_str().to_owned();
    if clock.name.cycle > 1 {
        write!(text, "#{}", clock.name.cycle).unwrap();
    }
    if clock.department != issue.custody.owner.department {
        write!(text, " of {}", clock.department).unwrap();
    }
    match clock.state {
        ClockState::Running { deadline, .. } => write!(text, " by {}", hour(deadline)).unwrap(),
        ClockState::Paused { since } => write!(text, " rests since {}", hour(since)).unwrap(),
        ClockState::Endless => text.push_str(" for ever"),
    }
    if clock.breached.is_some() {
        text.push_str(" breached");
    } else if clock.warned.is_some() {
        text.push_str(" warned");
    }
    text
}

pub(crate) fn hour(time: Timestamp) -> String {
    let minutes = time.duration_since(MIDNIGHT).as_mins();
    let (days, minutes) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if days == 0 { clock } else { format!("{days}d {clock}") }
}

/// Davy's escalator says so.
pub(crate) fn escalator(slug: &str, time: &str, deed: Deed) -> Draft {
    let mut draft = from(slug, time, deed);
    let department: Department = draft.0.origin.department().clone();
    draft.0.origin = Origin::Escalator(department);
    draft.0.identity.source = "/davy/escalator".to_owned();
    draft
}

pub(crate) fn breached(kind: ClockKind, cycle: u32, deadline: &str) -> Deed {
    marked("clock.breached", ClockName { kind, item: None, cycle }, Mark::Breached, deadline)
}

pub(crate) fn warned(kind: ClockKind, cycle: u32, deadline: &str) -> Deed {
    marked("clock.warned", ClockName { kind, item: None, cycle }, Mark::Warned, deadline)
}

/// Of the item that the event of this id of a department's tool made.
pub(crate) fn breached_item(kind: ClockKind, source: &str, id: &str, cycle: u32, deadline: &str) -> Deed {
    let made = domain::Identity { source: format!("/{source}"), id: id.to_owned() };
    let item = Some(ItemId::of(issue("55"), &made));
    marked("clock.breached", ClockName { kind, item, cycle }, Mark::Breached, deadline)
}

fn marked(type_name: &'static str, name: ClockName, mark: Mark, deadline: &str) -> Deed {
    deed(type_name, Payload::ClockMarked { clock: name, mark, deadline: clock(deadline) })
}

/// Heard of only then.
pub(crate) fn heard(time: &str, mut draft: Draft) -> Draft {
    draft.0.stored_at = clock(time);
    draft
}

pub(crate) fn updated() -> Deed {
    deed("issue.update_sent", Payload::UpdateSent { next: None })
}

/// Before the first event.
pub(crate) fn at(sequence: u64) -> Position {
    Position::new(sequence)
}
