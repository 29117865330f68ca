//! Folding all events of an issue, or of a customer, from the first on.

use super::{
    Applied, Effect,
    strike::{Strikes, retracted},
};
use crate::{AsReported, Directory, Event, Issue};

/// The state after `events`, which are distinct, about one issue and sorted by [`Event::order`]. `None` if there are none,
/// or none that is not retracted.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>, directory: &Directory) -> Option<Issue> {
    replay(events, directory, |_, _| ())
}

/// As [`fold`], and tells `watch` what became of each event, in order.
pub fn replay<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    directory: &Directory,
    watch: impl FnMut(&'a Event, Applied),
) -> Option<Issue> {
    replay_with(events, directory, Issue::apply, watch)
}

/// As [`replay`], with another function in the place of [`Issue::apply`].
pub fn replay_with<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    directory: &Directory,
    mut apply: impl FnMut(&mut Issue, &Event, &Directory) -> Applied,
    mut watch: impl FnMut(&'a Event, Applied),
) -> Option<Issue> {
    let events: Vec<_> = events.into_iter().filter(|event| event.issue.is_some()).collect();
    let strikes = Strikes::among(&events);
    let mut state: Option<Issue> = None;
    let mut passed_over = Vec::new();
    for event in events {
        let Some(name) = &event.issue else { continue };
        let applied = strikes.became(event).inspect(|applied| passed_over.push((event, *applied)));
        let applied = applied.unwrap_or_else(|| {
            apply(state.get_or_insert_with(|| Issue::named_by(name.id, event)), event, directory)
        });
        watch(event, applied);
    }
    let mut issue = state?;
    passed_over.into_iter().for_each(|(event, applied)| issue.pass_over(event, applied));
    Some(issue)
}

/// What became of the events of a customer, or of nobody, that name no issue: those that are not retracted stand in the
/// timeline as they should.
pub fn replay_own<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    mut watch: impl FnMut(&'a Event, Applied),
) {
    let events: Vec<_> = events.into_iter().collect();
    let strikes = Strikes::among(&events);
    for event in events {
        let stands = Applied { effect: Effect::Applied, anomalies: event.anomalies };
        watch(event, strikes.became(event).unwrap_or(stands));
    }
}

/// The customer in whose timeline the events of an issue stand: the issue's. While everything about it is retracted, it is
/// the one that its events would make out if nothing were; `state` is what [`fold`] made of the same `events`.
pub fn listed_under<'a>(
    state: Option<&Issue>,
    events: impl IntoIterator<Item = &'a Event>,
) -> Option<AsReported> {
    if let Some(issue) = state {
        return issue.customer.clone();
    }
    let (mut gone, nothing): (Option<Issue>, _) = (None, Directory::default());
    for event in events {
        if let Some(name) = &event.issue {
            // Whose an issue is hangs on no document.
            gone.get_or_insert_with(|| Issue::named_by(name.id, event)).apply(event, &nothing);
        }
    }
    gone.and_then(|issue| issue.customer)
}

impl Issue {
    /// What an event leaves behind that is struck out, or that strikes one out. A retraction names no issue into existence,
    /// so it is no issue's first message.
    fn pass_over(&mut self, event: &Event, applied: Applied) {
        if retracted(event).is_some() {
            self.anomalies.extend(applied.anomalies);
        } else {
            self.come_from(event);
        }
        self.count(event);
    }
}
