//! `/calendar/schedule/<id>.ics` and `/calendar/person/<id>.ics`: who is on call, for programs that subscribe to a calendar.
//!
//! The RPC is named, although no other is: how its answer looks in a calendar is not in its description. It is asked in the
//! caller's name. Deliberately absent: who is on call when (`api`), and how a calendar is written (`wire::ical`).

mod basic;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::get,
};
use prost_reflect::prost_types::Timestamp;
use proto::v1::{ListShiftsRequest, ListShiftsResponse};
use sha2::{Digest as _, Sha256};
use wire::ical;

use crate::{
    fault::{Code, Fault},
    rpc::Rpcs,
    snapshot::Probe,
};

const RPC: (&str, &str) = ("davy.v1.OnCallService", "ListShifts");
const DAY: i64 = 86_400;
/// Days that are past, so that who looks back finds somebody; and those to come.
const DAYS: [i64; 2] = [7, 60];
/// Bytes of a tag, twice as many characters.
const TAG: usize = 16;

/// What feeds are made of.
#[derive(Clone)]
struct Feeds {
    rpcs: Rpcs,
    probe: Probe,
}

/// Whose shifts are told.
enum Whose {
    Schedule(String),
    Person(String),
}

pub(crate) fn routes(rpcs: Rpcs, probe: Probe) -> Router {
    let schedule = async |State(feeds): State<Feeds>, Path(file): Path<String>, request: Request| {
        feeds.answer(name(file).map(Whose::Schedule), request).await
    };
    let person = async |State(feeds): State<Feeds>, Path(file): Path<String>, request: Request| {
        feeds.answer(name(file).map(Whose::Person), request).await
    };
    Router::new()
        .route("/calendar/schedule/{file}", get(schedule))
        .route("/calendar/person/{file}", get(person))
        .with_state(Feeds { rpcs, probe })
}

/// Without the ending.
fn name(file: String) -> Result<String, Fault> {
    let message = "calendars are at /calendar/schedule/<id>.ics and /calendar/person/<id>.ics";
    let name = file.strip_suffix(".ics").filter(|name| !name.is_empty()).map(str::to_owned);
    name.ok_or_else(|| Fault::new(Code::NOT_FOUND, "UNKNOWN_PATH", message))
}

impl Feeds {
    async fn answer(self, whose: Result<Whose, Fault>, request: Request) -> Response {
        let (mut head, _) = request.into_parts();
        basic::to_bearer(&mut head.headers);
        let told = match whose {
            Ok(whose) => self.text(whose, &head).await,
            Err(fault) => Err(fault),
        };
        match told {
            Ok(text) => feed(text, &head.headers),
            Err(fault) if fault.code() == Code::UNAUTHENTICATED => {
                ([(header::WWW_AUTHENTICATE, basic::CHALLENGE)], fault).into_response()
            }
            Err(fault) => fault.into_response(),
        }
    }

    async fn text(self, whose: Whose, head: &Parts) -> Result<String, Fault> {
        // From midnight to midnight, so that the feed is the same for a day where the shifts are.
        let today = self.probe.take().now.div_euclid(DAY) * DAY;
        let [past, ahead] = DAYS;
        let covered = [today - past * DAY, today + (ahead + 1) * DAY];
        let [from, until] = covered.map(|seconds| Timestamp { seconds, nanos: 0 });
        let (schedule, person, called) = match whose {
            Whose::Schedule(id) => (id.clone(), String::new(), id),
            Whose::Person(id) => (String::new(), id.clone(), id),
        };
        let question = ListShiftsRequest { schedule, person, from: Some(from), until: Some(until) };
        let found: ListShiftsResponse = self.rpcs.ask_one(RPC, head, &question).await?;
        Ok(ical::feed(found, &called, from, until))
    }
}

/// The feed, or that the client has it.
fn feed(text: String, asked: &HeaderMap) -> Response {
    let digest = Sha256::digest(&text);
    let tag = digest.iter().take(TAG).fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    let known = is_known(&tag, asked);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(ical::MEDIA_TYPE)),
        // Whoever keeps it asks whether it still holds.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))),
    ];
    if known { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, text).into_response() }
}

fn is_known(tag: &str, asked: &HeaderMap) -> bool {
    let sent = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = sent.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|sent| sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag)
}
