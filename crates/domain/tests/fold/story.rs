//! Given events in the order of the log, then the state after each of them.

use std::fmt::Write as _;

use domain::{
    Applied, Assist, Deferral, Directory, DirectoryChange, Effect, Event, Holding, Issue, Owner, Promise,
    Work, Workaround, fold, replay,
};
use expect_test::Expect;
use jiff::Timestamp;

use crate::draft::{Draft, MIDNIGHT, directory};

/// What the log holds; event n stands at `0-n`.
pub(crate) struct Story {
    directory: Directory,
    events: Vec<Event>,
}

pub(crate) fn given(drafts: impl IntoIterator<Item = Draft>) -> Story {
    let events = drafts.into_iter().zip(1..).map(|(draft, sequence)| draft.at(sequence)).collect();
    Story { directory: Directory::default(), events }
}

impl Story {
    /// With these versions, whose positions lie between those of the events.
    pub(crate) fn under(mut self, changes: impl IntoIterator<Item = DirectoryChange>) -> Self {
        self.directory = directory(changes);
        self
    }

    /// A line for every event: the state once it is in the log, and what became of it.
    pub(crate) fn then(&self, expected: &Expect) {
        let mut text = String::new();
        for end in 1..=self.events.len() {
            let seen = &self.events[..end];
            let last = &seen[end - 1];
            let (state, became) = folded(seen, last, &self.directory);
            let Event { time, origin, type_name, .. } = last;
            let department = origin.department();
            writeln!(text, "{} {department} {type_name}: {}{}", hour(*time), line(&state), doubts(became))
                .unwrap();
        }
        expected.assert_eq(&text);
    }

    /// The state after all of them, and a line for what became of each.
    pub(crate) fn then_all(&self, expected: &Expect) {
        let mut text = String::new();
        let events = sorted(&self.events);
        let state = replay(&events, &self.directory, |event, became| {
            let Event { position, type_name, .. } = event;
            writeln!(text, "{position} {type_name}:{}", doubts(became)).unwrap();
        });
        writeln!(text, "{}", state.as_ref().map_or_else(|| "no issue".to_owned(), line)).unwrap();
        expected.assert_eq(&text);
    }

    /// The state after all of them.
    pub(crate) fn issue(&self) -> Issue {
        fold(&sorted(&self.events), &self.directory).unwrap()
    }
}

/// The events in the order of the fold.
pub(crate) fn sorted(events: &[Event]) -> Vec<Event> {
    let mut events = events.to_vec();
    events.sort_by(|one, other| one.order().cmp(&other.order()));
    events
}

fn folded(events: &[Event], of: &Event, directory: &Directory) -> (Issue, Applied) {
    let mut became = None;
    let issue = replay(&sorted(events), directory, |event, applied| {
        if event.position == of.position {
            became = Some(applied);
        }
    });
    (issue.unwrap(), became.unwrap())
}

fn line(issue: &Issue) -> String {
    let custody = &issue.custody;
    let mut text =
        format!("{}, {}", format!("{:?}", issue.lifecycle()).to_lowercase(), owner(&custody.owner));
    if let Some(offer) = &custody.offer {
        let team = offer.team.as_deref().unwrap_or("-");
        write!(text, ", offered {}/{team}", offer.department).unwrap();
        if !offer.missing.is_empty() {
            write!(text, " without {}", offer.missing.join(" ")).unwrap();
        }
    }
    let counts = [
        ("changes", custody.owner_changes),
        ("hand-offs", custody.hand_offs),
        ("returns", u32::from(custody.returned)),
        ("reopens", issue.reopens),
        ("bounces", custody.bounces),
    ];
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        write!(text, ", {name} {count}").unwrap();
    }
    if let Some(acknowledged) = &issue.acknowledged {
        write!(text, ", acknowledged {}", hour(acknowledged.at)).unwrap();
    }
    if issue.severity() != issue.assessed {
        write!(text, ", severity {}", issue.severity().rank()).unwrap();
    }
    text.push_str(&items(&issue.work));
    text
}

/// What was asked, postponed, promised and patched, in short.
fn items(work: &Work) -> String {
    let Work { assists, deferrals, promises, workarounds } = work;
    let mut text = String::new();
    for Assist { terms, state, .. } in assists {
        write!(text, "; {} {}", terms.department, said(state)).unwrap();
    }
    for Deferral { terms, state, .. } in deferrals {
        write!(text, "; until {} {}", hour(terms.until), said(state)).unwrap();
    }
    for Promise { terms, state, .. } in promises {
        write!(text, "; {} by {} {}", terms.what.to_lowercase(), hour(terms.due), said(state)).unwrap();
    }
    for Workaround { from, verdict, .. } in workarounds {
        write!(text, "; patch of {from} {}", verdict.map_or("unreviewed".to_owned(), |it| said(&it)))
            .unwrap();
    }
    text
}

/// The name of a variant, and the cause in it.
fn said(state: &impl std::fmt::Debug) -> String {
    let whole = format!("{state:?}");
    let cause = whole.split_once("cause: ").and_then(|(_, rest)| rest.split(',').next());
    let name = whole.split([' ', '{']).next().unwrap_or_default();
    cause.unwrap_or(name).to_lowercase()
}

/// `department/team/person kind`.
pub(crate) fn owner(owner: &Owner) -> String {
    let Owner { department, holding, since: _ } = owner;
    let kind = match holding {
        Holding::Desk => "desk",
        Holding::Provisional(_) => "provisional",
        Holding::Accepted { .. } => "accepted",
    };
    let team = holding.team().unwrap_or("-");
    let person = holding.person().map_or("-", |person| person.account.id.as_str());
    format!("{department}/{team}/{person} {kind}")
}

pub(crate) fn doubts(Applied { effect, anomalies }: Applied) -> String {
    let mut text = String::new();
    anomalies.iter().for_each(|anomaly| write!(text, " !{}", anomaly.code()).unwrap());
    match effect {
        Effect::Applied => {}
        Effect::NotApplied => text.push_str(" (not applied)"),
        Effect::Retracted { by } => write!(text, " (retracted by {by})").unwrap(),
    }
    text
}

fn hour(time: Timestamp) -> String {
    let minutes = time.duration_since(MIDNIGHT).as_mins();
    let (days, minutes) = (minutes / (24 * 60), minutes % (24 * 60));
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if days > 0 { format!("{days}d {clock}") } else { clock }
}
