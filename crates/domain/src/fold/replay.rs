//! Folding all events of an issue, or of a customer, from the first on.

use super::{
    Applied, Effect, restriction,
    strike::{Strikes, retracted},
};
use crate::{Anomaly, AsReported, Directory, Event, Home, Issue, IssueId, Kinship, Link, Payload, identity};

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
    apply: impl FnMut(&mut Issue, &Event, &Directory) -> Applied,
    watch: impl FnMut(&'a Event, Applied),
) -> Option<Issue> {
    let events: Vec<_> = events.into_iter().collect();
    let id = events.iter().find_map(|event| event.issue.as_ref())?.id;
    let kinship = Kinship::alone(events.iter().copied());
    replay_joined(id, &kinship, events, directory, apply, watch)
}

/// As [`replay_with`], of all events of the issue `id` and of those that are part of it, sorted together.
pub fn replay_joined<'a>(
    id: IssueId,
    kinship: &Kinship,
    events: impl IntoIterator<Item = &'a Event>,
    directory: &Directory,
    mut apply: impl FnMut(&mut Issue, &Event, &Directory) -> Applied,
    mut watch: impl FnMut(&'a Event, Applied),
) -> Option<Issue> {
    let events: Vec<_> = events.into_iter().filter(|event| event.issue.is_some()).collect();
    let strikes = Strikes::among(&events);
    let mut state: Option<Issue> = None;
    let mut passed_over = Vec::new();
    for event in &events {
        let applied = strikes.became(event).inspect(|applied| passed_over.push((*event, *applied)));
        let applied = applied.unwrap_or_else(|| {
            let issue = state.get_or_insert_with(|| {
                let restricted = restriction::of_struck(&events, &strikes);
                Issue { restricted, ..Issue::named_by(id, event) }
            });
            match idle(id, kinship, event) {
                Some(doubt) => issue.set_aside(event, doubt, directory),
                None => apply(issue, event, directory),
            }
        });
        watch(event, applied);
    }
    let mut issue = state?;
    passed_over.into_iter().for_each(|(event, applied)| issue.pass_over(event, applied));
    if let Some(home) = home(id, &events) {
        issue.home = home;
    }
    Some(issue)
}

/// Why an event changes nothing for reasons that lie in which issues are one: a saying that joins nothing, a link of an
/// issue with itself.
fn idle(id: IssueId, kinship: &Kinship, event: &Event) -> Option<Anomaly> {
    let of_itself = |link: &Link| link.other != id && kinship.root(link.other) == id;
    if let Payload::LinkAdded(link) = &event.payload {
        return of_itself(link).then_some(Anomaly::SelfLink);
    }
    if let Payload::LinkRemoved(link) = &event.payload {
        return of_itself(link).then_some(Anomaly::Already);
    }
    kinship.idle(event.position)
}

/// Where Davy's own events about several issues that are one go: to the home of the one that they are part of. `None`
/// where no event names another issue, so that the fold found it.
fn home(id: IssueId, events: &[&Event]) -> Option<Home> {
    let names = |event: &Event| event.issue.as_ref().is_some_and(|name| name.id == id);
    if events.iter().all(|event| names(event)) {
        return None;
    }
    let own = events.iter().filter(|event| names(event) && retracted(event).is_none());
    own.min_by_key(|event| event.position).map(|event| super::open::home(id, event))
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
        watch(event, strikes.became(event).unwrap_or_else(|| stands(event)));
    }
}

/// What becomes of an event that names no issue and is not struck out: it stands in the timeline as it should, unless what
/// it says about its customer cannot be applied.
pub fn stands(event: &Event) -> Applied {
    let mut anomalies = event.anomalies;
    let doubts = identity::doubts(event);
    anomalies.extend(doubts);
    let effect = if doubts.is_empty() { Effect::Applied } else { Effect::NotApplied };
    Applied { effect, anomalies }
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
