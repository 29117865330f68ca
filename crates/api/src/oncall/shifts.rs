//! Who is on call, now and over a time, by the schedules in force.

use std::sync::Arc;

use domain::{Directory, Document, DocumentKey, Gap, OnDuty, Position, Source, limits, shifts};
use engine::query::Answer;
use jiff::{SignedDuration, Timestamp};
use proto::v1;
use tonic::Status;

use crate::{check::Check, shared::Shared, status};

/// Shifts and gaps that are told at most, each.
const MOST: usize = 1_000;
/// The same of one schedule, before only one person's are taken.
const MOST_READ: usize = 5_000;
/// How far is looked ahead where nothing is said.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Shared {
    pub(super) async fn who_is_on_call(
        self: &Arc<Self>,
        request: v1::WhoIsOnCallRequest,
    ) -> Result<v1::WhoIsOnCallResponse, Status> {
        let v1::WhoIsOnCallRequest { schedule, at } = request;
        let mut check = Check::default();
        let at = check.instant("at", at.as_ref()).unwrap_or_else(|| self.clock.now());
        check.done(Some(()))?;
        let Answer { value: directory, position } = self.ask(true, |reader| reader.directory()).await?;
        let schedules = schedules(&directory, &schedule, position)?;
        let told = self.ask(false, move |_| {
            let (mut told, mut nobody) = (Vec::new(), Vec::new());
            for id in schedules {
                let on_call = directory.on_call(&id, position, at);
                if on_call.is_empty() {
                    nobody.push(id.clone());
                }
                told.extend(on_call.iter().map(|duty| shift(&directory, &id, duty, position)));
            }
            Ok((told, nobody))
        });
        let (shifts, nobody) = told.await?;
        Ok(v1::WhoIsOnCallResponse { shifts, nobody, read_state: self.read_state(position) })
    }

    pub(super) async fn list_shifts(
        self: &Arc<Self>,
        request: v1::ListShiftsRequest,
    ) -> Result<v1::ListShiftsResponse, Status> {
        let v1::ListShiftsRequest { schedule, person, from, until } = request;
        let mut check = Check::default();
        let (from, until) = (check.instant("from", from.as_ref()), check.instant("until", until.as_ref()));
        let from = from.unwrap_or_else(|| self.clock.now());
        let until = until.unwrap_or_else(|| from.checked_add(AHEAD).unwrap_or(Timestamp::MAX));
        check.interval(from, until);
        check.done(Some(()))?;
        let Answer { value: directory, position } = self.ask(true, |reader| reader.directory()).await?;
        let schedules = schedules(&directory, &schedule, position)?;
        let wanted = Wanted { schedules, person, from, until };
        let answer = self.ask(false, move |_| Ok(wanted.list(&directory, position))).await?;
        Ok(v1::ListShiftsResponse { read_state: self.read_state(position), ..answer })
    }
}

impl Check {
    fn interval(&mut self, from: Timestamp, until: Timestamp) {
        if until <= from {
            self.refuse("until", "is not after `from`");
        }
        let longest = SignedDuration::from_hours(24 * limits::DUTY_DAYS);
        if until.duration_since(from) > longest {
            self.refuse("until", format!("is more than {} days after `from`", limits::DUTY_DAYS));
        }
    }
}

/// The one that is named, or all.
fn schedules(directory: &Directory, named: &str, at: Position) -> Result<Vec<String>, Status> {
    if !named.is_empty() {
        let known = directory.schedule_document(named, at).map(|document| vec![document.id.clone()]);
        return known.ok_or_else(|| status::unknown_document(&DocumentKey::Schedule(named.to_owned())));
    }
    let ids = directory.documents(at).filter_map(|document| match document {
        Document::Schedule(document) => Some(document.id.clone()),
        Document::Department(_)
        | Document::System(_)
        | Document::Person(_)
        | Document::Calendar(_)
        | Document::Rotation(_)
        | Document::Override(_)
        | Document::Policy(_) => None,
    });
    Ok(ids.collect())
}

struct Wanted {
    schedules: Vec<String>,
    person: String,
    from: Timestamp,
    until: Timestamp,
}

impl Wanted {
    fn list(&self, directory: &Directory, at: Position) -> v1::ListShiftsResponse {
        let mut answer = v1::ListShiftsResponse::default();
        for id in &self.schedules {
            let Some(schedule) = directory.schedule(id, at) else { continue };
            let most = if self.person.is_empty() { MOST } else { MOST_READ };
            let found = shifts(&schedule, &directory.overrides(id, at), self.from, self.until, most);
            answer.truncated |= found.truncated;
            let theirs =
                found.shifts.iter().filter(|duty| self.person.is_empty() || duty.person == self.person);
            answer.shifts.extend(theirs.map(|duty| shift(directory, id, duty, at)));
            if self.person.is_empty() {
                answer.gaps.extend(found.gaps.into_iter().map(|empty| gap(id, empty)));
            }
        }
        let began = |at: &Option<prost_types::Timestamp>| at.as_ref().map(|at| (at.seconds, at.nanos));
        answer.shifts.sort_by_key(|shift| began(&shift.from));
        answer.gaps.sort_by_key(|gap| began(&gap.from));
        answer.truncated |= answer.shifts.len() > MOST || answer.gaps.len() > MOST;
        answer.shifts.truncate(MOST);
        answer.gaps.truncate(MOST);
        answer
    }
}

fn shift(directory: &Directory, schedule: &str, duty: &OnDuty, at: Position) -> v1::Shift {
    let OnDuty { person, by, from, until } = duty;
    let known = directory.person_by_id(person, at);
    v1::Shift {
        schedule: schedule.to_owned(),
        person: person.clone(),
        name: known.and_then(|known| known.name.clone()).unwrap_or_default(),
        from: from.map(wire::proto::timestamp),
        until: until.map(wire::proto::timestamp),
        by: source(by),
    }
}

fn source(by: &Source) -> String {
    match by {
        Source::Layer(name) => format!("layer {name}"),
        Source::Temporary => "temporary".to_owned(),
        Source::Override => "override".to_owned(),
    }
}

fn gap(schedule: &str, gap: Gap) -> v1::ShiftGap {
    let Gap { from, until } = gap;
    let (from, until) = (Some(wire::proto::timestamp(from)), Some(wire::proto::timestamp(until)));
    v1::ShiftGap { schedule: schedule.to_owned(), from, until }
}
