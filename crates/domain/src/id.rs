//! The ids that Davy mints. All are UUIDv5: the same log gives the same ids everywhere (`contract.md` 2).

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Identity, Leaf, Position, Reference};

/// The namespace of issue and customer ids (`contract.md` 2).
const NAMESPACE: Uuid = Uuid::from_u128(0x83dd1905_2798_53e5_9e2b_dffb7bd32a69);
/// The namespace of ids of bare events (`contract.md` 1, form 3).
const BARE_NAMESPACE: Uuid = Uuid::NAMESPACE_URL;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as it stands in a record.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id as it stands in a record.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// Hyphenated or plain, in either case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// The id of an issue.
    IssueId
}
uuid_id! {
    /// The id of a customer's leaf, and of the customer while it has no other.
    CustomerId
}

uuid_id! {
    /// The id of something within an issue that is answered later: an offer, an assist, a deferral, a promise, a
    /// workaround.
    ItemId
}

uuid_id! {
    /// The id of a ping.
    PingId
}

/// UUIDv5 of `name` in the namespace of issue ids.
pub(crate) fn ping_id_of(name: &str) -> PingId {
    PingId(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

impl ItemId {
    /// UUIDv5 of `item/<issue id>/<source>/<id>` of the event that made it.
    pub fn of(issue: IssueId, event: &Identity) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, format!("item/{issue}/{event}").as_bytes()))
    }
}

uuid_id! {
    /// The id of an assertion or a merge, and of what takes it back.
    EdgeId
}

impl EdgeId {
    /// UUIDv5 of `edge/<customer id>/<source>/<id>`: the leaf that the event is about, and who the event is.
    pub fn of(about: CustomerId, event: &Identity) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, format!("edge/{about}/{event}").as_bytes()))
    }
}

impl IssueId {
    /// UUIDv5 of `<system>:<percent-encoded id>`.
    pub fn of(reference: &Reference) -> Self {
        let mut name = String::with_capacity(reference.system.len() + reference.id.len() + 8);
        name.push_str(&reference.system);
        name.push(':');
        crate::customer::percent_encode_into(&mut name, &reference.id);
        Self(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
    }
}

impl CustomerId {
    /// UUIDv5 of `customer/<system>:<encoded id>`.
    pub fn of(leaf: &Leaf) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, format!("customer/{leaf}").as_bytes()))
    }
}

/// The id of a bare message that carries none: UUIDv5 of subject, body and position.
pub fn bare_event_id(subject: &str, body: &[u8], position: Position) -> String {
    let position = position.to_string();
    let mut name = Vec::with_capacity(subject.len() + body.len() + position.len() + 2);
    name.extend_from_slice(subject.as_bytes());
    name.push(b'\n');
    name.extend_from_slice(body);
    name.push(b'\n');
    name.extend_from_slice(position.as_bytes());
    Uuid::new_v5(&BARE_NAMESPACE, &name).to_string()
}

/// The id of an event that Davy writes for an operator: UUIDv5 of what it says, so that saying it again is no other event.
pub fn operator_event_id(said: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("operator/{said}").as_bytes()).to_string()
}

/// The id of an event that sets a document of the directory: UUIDv5 of what it says and what it replaces.
pub fn directory_event_id(said: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("directory/{said}").as_bytes()).to_string()
}

/// The id of an event that the escalator appends: UUIDv5 of the issue, of the last own event of its home that it was decided
/// on, and of the number among those appended together, so that two escalators that see the same append the same.
pub fn escalator_event_id(issue: IssueId, after: Position, number: usize) -> String {
    Uuid::new_v5(&NAMESPACE, format!("escalator/{issue}/{after}/{number}").as_bytes()).to_string()
}

/// The id of what the escalator announces of a customer's clock: UUIDv5 of the leaf in whose timeline it stands, of when the
/// clock began, and of what is said, so that it is said once.
pub fn silence_event_id(leaf: CustomerId, since: Timestamp, mark: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("silence/{leaf}/{since}/{mark}").as_bytes()).to_string()
}

/// The id of an event that a pager causes: UUIDv5 of the ping, of the message that requested it (it may be requested
/// anew), what is said and the attempt.
pub fn pager_event_id(ping: PingId, requested: Position, said: &str, attempt: u32, by: &str) -> String {
    let name = format!("pager/{ping}/{requested}/{said}/{attempt}/{by}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

/// The id of the event of this number that a command makes: UUIDv5 of who gave it, its request id and the number, so that
/// a command sent again makes no other events (`design.md` 4).
pub fn command_event_id(principal: &str, request_id: &str, number: usize) -> String {
    let (name, request) = (principal.len(), request_id.len());
    Uuid::new_v5(&NAMESPACE, format!("command/{name}:{principal}/{request}:{request_id}/{number}").as_bytes())
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The ids that `contract.md` 1 and 2 state.
    #[test]
    fn ids_are_those_of_the_contract() {
        let zendesk = Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
        assert_eq!(IssueId::of(&zendesk).to_string(), "03ef809f-94b2-5eee-9bd2-9c2a8198024c");

        let subject = "davy.events.sales.crm:4711.issue.reported";
        let body = br#"{"text":"Wants her money back","reporter":"kim"}"#;
        let event = bare_event_id(subject, body, Position::new(11));
        assert_eq!(event, "9d63a944-0706-503b-8260-137149fed1e3");

        let own = Reference { system: "/sales".to_owned(), id: event };
        assert_eq!(IssueId::of(&own).to_string(), "d9006f3f-40bf-5434-9bfa-62766932408d");
    }
}
