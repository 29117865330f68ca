//! Documents of the directory that somebody applies over the API, as messages: what [`crate::decode`] reads.
//!
//! They carry no time, so theirs is the stored time. Their id follows from what they say and which version they replace:
//! the same document after the same version is the same event, and a document that returns to an earlier content is not.

use domain::{Document, Identity, Person, Position, Principal, directory_event_id};
use serde_json::{Map, Value, json};

use crate::{
    DIRECTORY_PREFIX,
    data::{
        directory::{DepartmentSet, PersonSet, SystemSet},
        duty::{CalendarSet, OverrideSet, PolicySet, RotationSet, ScheduleSet},
    },
    operator::Composed,
    token,
};

/// What such an event says it comes from (`contract.md` 1).
pub const SOURCE: &str = "/directory";

/// Who applies documents, and the request that does.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// As the caller gave it; may be empty.
    pub request_id: &'a str,
}

/// A document's members, as the `data` of its event has them.
pub fn members(document: &Document) -> Map<String, Value> {
    let written = match document {
        Document::Department(document) => serde_json::to_value(DepartmentSet::from(document)),
        Document::System(document) => serde_json::to_value(SystemSet::from(document)),
        Document::Person(document) => serde_json::to_value(PersonSet::from(document)),
        Document::Calendar(document) => serde_json::to_value(CalendarSet::from(document)),
        Document::Rotation(document) => serde_json::to_value(RotationSet::from(document)),
        Document::Schedule(document) => serde_json::to_value(ScheduleSet::from(document)),
        Document::Override(document) => serde_json::to_value(OverrideSet::from(document)),
        Document::Policy(document) => serde_json::to_value(PolicySet::from(document)),
    };
    match written {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// The event that sets a document after the version that stands at `replaces`.
pub fn set(by: By<'_>, document: &Document, replaces: Option<Position>) -> Composed {
    let key = document.key();
    let subject = format!("{DIRECTORY_PREFIX}{}.{}", key.kind(), token::document_id(key.id()));
    let mut data = members(document);
    data.insert("actor".to_owned(), actor(by.principal));
    let data = Value::Object(data);
    let replaces = replaces.map(|position| position.to_string()).unwrap_or_default();
    let id = directory_event_id(&format!("{subject}\n{data}\n{replaces}\n{}", by.request_id));
    let type_name = format!("{}.set", key.kind());
    let event = json!({"specversion": "1.0", "id": id, "source": SOURCE, "type": type_name, "data": data});
    let identity = Identity { source: SOURCE.to_owned(), id };
    Composed { subject, body: event.to_string().into_bytes(), identity }
}

fn actor(principal: &Principal) -> Value {
    let Principal { name, department, person, roles: _ } = principal;
    let mut actor = json!({"kind": "human", "department": department.as_str(), "principal": name});
    if let (Some(Person { account, name }), Some(actor)) = (person, actor.as_object_mut()) {
        let mut person = json!({"system": account.system, "id": account.id});
        if let (Some(name), Some(person)) = (name, person.as_object_mut()) {
            person.insert("name".to_owned(), name.clone().into());
        }
        actor.insert("person".to_owned(), person);
    }
    actor
}
