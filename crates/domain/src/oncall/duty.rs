//! Who is on duty at one instant.

use jiff::Timestamp;

use super::{Override, Schedule, Source, Who};

/// A person on duty, and what put them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct On<'a> {
    pub(super) person: &'a str,
    pub(super) by: By<'a>,
}

/// [`Source`], borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By<'a> {
    Layer(&'a str),
    Temporary,
    Override,
}

impl By<'_> {
    pub(super) fn to_source(self) -> Source {
        match self {
            By::Layer(name) => Source::Layer(name.to_owned()),
            By::Temporary => Source::Temporary,
            By::Override => Source::Override,
        }
    }
}

/// Everybody on duty at `at`, each once.
pub(super) fn on_at<'a>(schedule: &'a Schedule, overrides: &'a [Override], at: Timestamp) -> Vec<On<'a>> {
    let mut places: Vec<Place<'a>> = planned(schedule, at).into_iter().map(Place::of).collect();
    for change in overrides.iter().filter(|change| change.holds(at)) {
        apply(change, &mut places);
    }
    let mut on: Vec<On<'a>> = Vec::with_capacity(places.len());
    for now in places.into_iter().filter_map(|place| place.now) {
        if on.iter().all(|other| other.person != now.person) {
            on.push(now);
        }
    }
    on
}

/// Everybody on duty but for overrides.
fn planned(schedule: &Schedule, at: Timestamp) -> Vec<On<'_>> {
    if let Some(temporary) = schedule.temporary.iter().rev().find(|temporary| temporary.holds(at)) {
        let shifts = temporary.shifts.iter().filter(|shift| shift.from <= at && at < shift.until);
        return shifts.map(|shift| On { person: &shift.person, by: By::Temporary }).collect();
    }
    let holding = schedule.layers.iter().rev().filter(|layer| layer.holds(&schedule.zone, at));
    let mut people = holding.map(|layer| {
        let by = By::Layer(&layer.name);
        match &layer.who {
            Who::Rotation(rotation) => vec![On { person: rotation.person_at(at), by }],
            Who::People(people) => people.iter().map(|person| On { person, by }).collect(),
        }
    });
    people.find(|people| !people.is_empty()).unwrap_or_default()
}

/// One place on duty: who has stood in it, and who stands in it now.
struct Place<'a> {
    stood: Vec<&'a str>,
    now: Option<On<'a>>,
}

impl<'a> Place<'a> {
    fn of(on: On<'a>) -> Self {
        Self { stood: vec![on.person], now: Some(on) }
    }
}

fn apply<'a>(change: &'a Override, places: &mut Vec<Place<'a>>) {
    match (change.removes.as_deref(), change.adds.as_deref()) {
        (None, None) => {}
        (None, Some(comes)) => places.push(Place::of(On { person: comes, by: By::Override })),
        (Some(goes), None) => {
            for place in places.iter_mut().filter(|place| place.now.is_some_and(|now| now.person == goes)) {
                place.now = None;
            }
        }
        // Whoever has stood in a place can still be replaced, so that the last replacement of a person wins.
        (Some(goes), Some(comes)) => {
            for place in places.iter_mut().filter(|place| place.stood.contains(&goes)) {
                place.stood.push(comes);
                place.now = Some(On { person: comes, by: By::Override });
            }
        }
    }
}
