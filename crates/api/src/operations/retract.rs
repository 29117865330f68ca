//! RetractEvents: each event is looked up first, so that nobody retracts what is not there or not theirs.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{Arrived, Event, EventKey, Identity, OperationKind, Payload, Position, Principal};
use engine::query::{Answer, Fate, QueryError, ReadAt, Reader, TimelineItem, Traced};
use proto::v1::{self, event_ref::Event as Named, retract_outcome::Outcome};
use tonic::Status;
use wire::operator::{self, Among, By, Composed};

use super::by::check_by;
use crate::{auth, check::Check, shared::Shared, status, trace::Sought};

/// Events of one request at most.
const EVENTS: usize = 100;

/// What is to become of a wish to retract an event.
enum Verdict {
    /// It is retracted by the event of this index among those that are appended.
    Append(usize),
    /// It was retracted before.
    By(Position),
    Rejected(&'static str, String),
}

/// An event by where it is kept, or why there is none.
enum Place {
    At(EventKey, Identity),
    Rejected(&'static str, String),
}

impl Shared {
    pub(super) async fn retract_events(
        self: &Arc<Self>,
        request: v1::RetractEventsRequest,
        principal: &Principal,
        patience: Duration,
    ) -> Result<v1::RetractEventsResponse, Status> {
        let mut check = Check::default();
        let sought = check.event_refs(&request.events);
        let by = check.by(request.by.as_ref(), &request.reason, principal);
        let (sought, by) = check.done(Some(sought).zip(by))?;
        check_by(principal, &by)?;
        if request.as_admin {
            auth::check_admin(principal)?;
        }
        let mut last = self.publishing.0.lock().await;
        let mut now = self.caught_up(*last, patience).await?;
        let mut places = Vec::with_capacity(sought.len());
        for sought in sought {
            places.push(self.place(sought).await?);
        }
        let as_admin = request.as_admin;
        let (verdicts, events) = self.ask(false, move |reader| judge(reader, places, &by, as_admin)).await?;
        let first = events.len();
        let end = if events.is_empty() {
            None
        } else {
            let end = self.write(&mut last, events, patience).await?;
            now = now.max(end);
            Some(end)
        };
        let position = |index: usize| {
            let back = u64::try_from(first - index - 1).unwrap_or_default();
            Position::new(end.unwrap_or_default().sequence().saturating_sub(back))
        };
        let outcomes = verdicts.into_iter().map(|verdict| match verdict {
            Verdict::Append(index) => Outcome::Position(position(index).to_string()),
            Verdict::By(by) => Outcome::AlreadyRetractedBy(by.to_string()),
            Verdict::Rejected(reason, detail) => {
                Outcome::Rejected(v1::Rejection { reason: reason.to_owned(), detail })
            }
        });
        Ok(v1::RetractEventsResponse {
            outcomes: outcomes.map(|outcome| v1::RetractOutcome { outcome: Some(outcome) }).collect(),
            position: end.map(|position| position.to_string()).unwrap_or_default(),
            read_state: self.read_state(now),
        })
    }

    /// Where the event is kept that a request names.
    async fn place(self: &Arc<Self>, sought: Sought) -> Result<Place, Status> {
        let at = match sought {
            Sought::Of(key, identity) => return Ok(Place::At(key, identity)),
            Sought::At(position) => position,
        };
        let message = self.log.message(at).await.map_err(|error| status::log(&error))?;
        let Some(message) = message else {
            return Ok(Place::Rejected("not_found", format!("the log holds no message at {at}")));
        };
        let quarantined = self.ask(true, move |reader| reader.quarantined(at)).await?.value;
        if let Some(message) = quarantined {
            let detail = format!("it could not be read or placed ({}); skip it", message.reason.code());
            return Ok(Place::Rejected("quarantined", detail));
        }
        Ok(placed(self.decode(&message).content, at))
    }
}

fn placed(content: Arrived, at: Position) -> Place {
    let none = |what: &str| Place::Rejected("not_found", format!("the message at {at} is {what}"));
    match content {
        Arrived::Event(event) => Place::At(event.key(), event.identity),
        Arrived::Operation(operation) => match operation.kind {
            OperationKind::Redriven { of: _, arrived } => placed(*arrived, at),
            OperationKind::Skipped { .. } | OperationKind::LossAccepted(_) => {
                none("what an operator did; it cannot be taken back")
            }
        },
        Arrived::Directory(_) | Arrived::UnknownDocument { .. } => {
            none("a document of the directory; publish a newer version of it")
        }
        Arrived::Quarantined(_) => none("no event"),
    }
}

/// What is to become of each, and the events to append.
fn judge(
    reader: &Reader,
    places: Vec<Place>,
    by: &By,
    as_admin: bool,
) -> Result<(Vec<Verdict>, Vec<Composed>), QueryError> {
    let mut events = Vec::new();
    let mut seen = HashMap::new();
    let mut verdicts = Vec::with_capacity(places.len());
    for place in places {
        let verdict = match place {
            Place::Rejected(reason, detail) => Verdict::Rejected(reason, detail),
            Place::At(key, identity) => match seen.get(&(key, identity.clone())) {
                Some(index) => Verdict::Append(*index),
                None => match verdict(reader, key, &identity, by, as_admin)? {
                    Ok(event) => {
                        seen.insert((key, identity), events.len());
                        events.push(event);
                        Verdict::Append(events.len() - 1)
                    }
                    Err(verdict) => verdict,
                },
            },
        };
        verdicts.push(verdict);
    }
    Ok((verdicts, events))
}

/// The event that retracts it, or why there is none.
fn verdict(
    reader: &Reader,
    key: EventKey,
    identity: &Identity,
    by: &By,
    as_admin: bool,
) -> Result<Result<Composed, Verdict>, QueryError> {
    let item = match reader.trace_identity(key, identity) {
        Ok(Answer { value: Traced::Event(item), .. }) => item,
        Ok(_) | Err(QueryError::UnknownEvent) => {
            let detail = format!("no event `{identity}` stands there");
            return Ok(Err(Verdict::Rejected("not_found", detail)));
        }
        Err(error) => return Err(error),
    };
    let TimelineItem { event, fate, anomalies: _ } = &*item;
    let owner = event.origin.department();
    Ok(if let Fate::Retracted { by } = fate {
        Err(Verdict::By(*by))
    } else if matches!(event.payload, Payload::Retracted(_)) {
        let detail = "it is a retraction, which nothing takes back; publish the event anew under another id";
        Err(Verdict::Rejected("is_retraction", detail.to_owned()))
    } else if !as_admin && *owner != by.department {
        let detail =
            format!("it is an event of {owner}, not of {}; as_admin retracts anybody's", by.department);
        Err(Verdict::Rejected("not_own_event", detail))
    } else {
        Ok(operator::retracted(by, &among(reader, event)?, &event.identity))
    })
}

fn among(reader: &Reader, event: &Event) -> Result<Among, QueryError> {
    Ok(match (&event.issue, &event.customer) {
        (Some(name), _) => {
            let home = match reader.issue(name.id, ReadAt::default()) {
                Ok(Answer { value: shown, .. }) => shown.issue.home.to_string(),
                Err(QueryError::UnknownIssue(id)) => domain::Home::Issue(id).to_string(),
                Err(error) => return Err(error),
            };
            Among::Issue(name.id, home)
        }
        (None, Some(customer)) => Among::Customer(customer.leaf.clone()),
        (None, None) => Among::Nobody,
    })
}

impl Check {
    fn event_refs(&mut self, sent: &[v1::EventRef]) -> Vec<Sought> {
        if sent.is_empty() || sent.len() > EVENTS {
            self.refuse("events", format!("name 1 to {EVENTS} events; these are {}", sent.len()));
            return Vec::new();
        }
        let mut sought = Vec::with_capacity(sent.len());
        for (index, sent) in sent.iter().enumerate() {
            let field = format!("events[{index}]");
            sought.extend(match &sent.event {
                None => {
                    self.refuse(&field, "name an event, by `position` or by `identity`");
                    None
                }
                Some(Named::Position(position)) => {
                    self.required_position(&format!("{field}.position"), position).map(Sought::At)
                }
                Some(Named::Identity(identity)) => self.identity(&format!("{field}.identity"), identity),
            });
        }
        sought
    }
}
