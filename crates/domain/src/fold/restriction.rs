//! Who may read what a report restricts (`domain.md` 4.12): the departments that the restriction names, those that heard it,
//! and whom one of these gives the issue to or offers it to. Whoever makes itself owner by a fact of its own may not.

use super::strike::Strikes;
use crate::{Department, Event, Issue, Payload, Report, Restriction, limits::RESTRICTED_DEPARTMENTS};

impl Issue {
    /// The first report in order that restricts the body does, whichever is the report: another department's cannot open
    /// it by coming earlier.
    pub(super) fn restrict(&mut self, report: &Report, event: &Event) {
        if self.restricted.is_none() {
            // Of what was heard before, a report that only says that it is earlier stands later in the log.
            let is_last = self.position == event.position;
            let knew = (self.reported.is_some() && is_last).then_some(&self.heard_in);
            self.restricted = restriction(report, event, knew);
        }
    }

    /// Whom the issue is given or offered to may read it, if who gives it may: they have to know what they answer for.
    pub(super) fn entitle(&mut self, to: &Department, event: &Event) {
        let Some(Restriction { departments, .. }) = &mut self.restricted else { return };
        let may = departments.contains(event.origin.department());
        if may && !departments.contains(to) && departments.len() < RESTRICTED_DEPARTMENTS {
            departments.push(to.clone());
        }
    }
}

/// What stays restricted although its report was taken back, for its text stands in the timeline, struck out. A report that
/// stands and restricts goes before it.
pub(super) fn of_struck(events: &[&Event], strikes: &Strikes<'_>) -> Option<Restriction> {
    let reports = || events.iter().filter_map(|event| reported(event));
    let stands = |event: &Event| strikes.became(event).is_none();
    if reports().any(|(event, report)| stands(event) && report.restricted.is_some()) {
        return None;
    }
    let (event, report) = reports().find(|(_, report)| report.restricted.is_some())?;
    let first = reports().map(|(event, _)| event).find(|event| stands(event));
    let knew = first.filter(|first| first.position < event.position).map(|first| first.origin.department());
    restriction(report, event, knew)
}

fn reported<'a>(event: &&'a Event) -> Option<(&'a Event, &'a Report)> {
    if let Payload::Reported(report) = &event.payload { Some((*event, report)) } else { None }
}

/// Who restricts it, whom they name, and who knew it.
fn restriction(report: &Report, event: &Event, knew: Option<&Department>) -> Option<Restriction> {
    let Restriction { reason, departments: named } = report.restricted.as_ref()?;
    let mut departments = vec![event.origin.department().clone()];
    for department in named.iter().chain(knew) {
        if !departments.contains(department) {
            departments.push(department.clone());
        }
    }
    Some(Restriction { reason: reason.clone(), departments })
}
