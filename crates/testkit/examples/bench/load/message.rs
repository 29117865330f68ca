//! An event of the load as a NATS message.

use engine::NewMessage;
use jiff::{SignedDuration, Timestamp};

use super::{Due, numbers::Numbers};

const DEPARTMENTS: [&str; 4] = ["sales", "support", "engineering", "field-service"];
/// A Monday. Ten million events of this pace end before today, so that none is of the future.
const START: &str = "2012-01-02T08:00:00Z";
/// Of a working day, of which a week has five.
const MINUTES: u64 = 600;
/// People and teams.
const PEOPLE: u64 = 227;
const TEAMS: u64 = 72;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Reported,
    /// To somebody of a team.
    Assigned,
    /// To a team.
    HandedOver,
    Acknowledged,
    Noted,
    SeverityChanged,
    Resolved,
    Closed,
}

impl Kind {
    const fn type_name(self) -> &'static str {
        match self {
            Self::Reported => "issue.reported",
            Self::Assigned | Self::HandedOver => "owner.assigned",
            Self::Acknowledged => "issue.acknowledged",
            Self::Noted => "issue.progress_noted",
            Self::SeverityChanged => "issue.severity_changed",
            Self::Resolved => "issue.resolved",
            Self::Closed => "issue.closed",
        }
    }

    /// The members that only this kind has.
    fn data(self, issue: &str, department: &str, numbers: &mut Numbers) -> String {
        match self {
            Self::Reported => {
                let (digit, words) = severity(numbers);
                format!(r#","severity":"{digit}","source_severity":"{words}","title":"Incident {issue}""#)
            }
            Self::Assigned => {
                let (person, team) = (numbers.below(PEOPLE), numbers.below(TEAMS));
                format!(
                    r#","department":"{department}","person":{{"id":"Resolver {person}","system":"servicenow"}},"team":"Group {team}""#
                )
            }
            Self::HandedOver => {
                format!(r#","department":"{department}","team":"Group {}""#, numbers.below(TEAMS))
            }
            Self::Acknowledged => r#","actor":{"kind":"human"}"#.to_owned(),
            Self::Noted => r#","summary":"Awaiting User Info""#.to_owned(),
            Self::SeverityChanged => r#","source_severity":"2 - High","to":"2""#.to_owned(),
            Self::Resolved => String::new(),
            Self::Closed => r#","basis":"source""#.to_owned(),
        }
    }
}

/// As often as in the real log.
fn severity(numbers: &mut Numbers) -> (u8, &'static str) {
    match numbers.below(1_000) {
        0..7 => (1, "1 - Critical"),
        7..20 => (2, "2 - High"),
        20..50 => (4, "4 - Low"),
        _ => (3, "3 - Moderate"),
    }
}

pub(super) fn of(due: &Due, prefix: &str, numbers: &mut Numbers) -> NewMessage {
    let Due { minute, issue, row: (row, at), kind, customer } = due;
    let department = DEPARTMENTS[usize::try_from(issue % 4).expect("below four")];
    let (name, time, id) = (kind.type_name(), time(*minute), numbers.uuid());
    let sequence = row * 16 + at;
    let issue = format!("{prefix}{issue:07}");
    let data = kind.data(&issue, department, numbers);
    let body = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/import/servicenow","type":"{name}","time":"{time}","sequence":"{sequence}","data":{{"customer":{{"id":"Caller {customer}","system":"servicenow"}},"issue":{{"id":"{issue}","system":"servicenow"}}{data}}}}}"#,
    );
    NewMessage {
        subject: format!("davy.events.{department}.servicenow:Caller%20{customer}.{name}"),
        headers: vec![("Content-Type".to_owned(), "application/cloudevents+json".to_owned())],
        body: body.into_bytes(),
    }
}

/// Of a working minute.
fn time(minute: u64) -> Timestamp {
    let (day, minute) = (minute / MINUTES, minute % MINUTES);
    let day = day / 5 * 7 + day % 5;
    let start: Timestamp = START.parse().expect("a time");
    start + SignedDuration::from_mins(i64::try_from(day * 24 * 60 + minute).expect("some years"))
}
