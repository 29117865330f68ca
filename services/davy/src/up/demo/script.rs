//! Events as the departments' tools would write them: ids, references, people and customers that fit together.

use client::{Event, EventError, v1::EventMessage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    random::Random,
    texts::{HOUSES, House},
};

const SEED: u64 = 4711;
/// Customers are `crm:4711` and the following.
const FIRST_CUSTOMER: u64 = 4711;
const CUSTOMERS: u64 = 18;
/// The first issue's number in its tool.
const FIRST_ISSUE: u64 = 1001;

/// An issue that the departments work on.
#[derive(Clone)]
pub(super) struct Matter {
    /// Of the department that heard it.
    pub(super) house: &'static House,
    pub(super) number: u64,
    pub(super) customer: String,
    pub(super) heard_by: &'static str,
}

/// Writes events.
pub(super) struct Script {
    pub(super) random: Random,
    /// When the demonstration began.
    pub(super) began: Timestamp,
    next_issue: u64,
    next_event: u64,
    /// Of what is past nobody is to be pinged.
    is_past: bool,
    forgotten: Matter,
}

impl Script {
    /// One that goes on in an older log takes numbers that are its own.
    pub(super) fn new(began: Timestamp, is_first: bool) -> Self {
        let second = u64::try_from(began.as_second()).unwrap_or(0);
        let first = if is_first { FIRST_ISSUE } else { second };
        let random = Random::new(if is_first { SEED } else { second });
        let forgotten = Matter {
            house: house("support"),
            number: first,
            customer: format!("crm:{FIRST_CUSTOMER}"),
            heard_by: "mia",
        };
        Self { random, began, next_issue: first + 1, next_event: first, is_past: is_first, forgotten }
    }

    /// A complaint of the present that nobody answers.
    pub(super) fn forgotten(&self) -> Matter {
        self.forgotten.clone()
    }

    /// What comes now is the present.
    pub(super) const fn end_history(&mut self) {
        self.is_past = false;
    }

    /// So many minutes before the beginning.
    pub(super) fn before(&self, minutes: i64) -> Timestamp {
        self.began - SignedDuration::from_mins(minutes)
    }

    /// A new issue in one of the departments.
    pub(super) fn matter(&mut self) -> Matter {
        let house = self.random.of(&HOUSES).unwrap_or(&HOUSES[0]);
        let heard_by = self.random.of(&house.people).unwrap_or(&house.people[0]);
        let customer = format!("crm:{}", FIRST_CUSTOMER + self.random.below(CUSTOMERS));
        let number = self.next_issue;
        self.next_issue += 1;
        Matter { house, number, customer, heard_by }
    }

    /// The first that is heard of it.
    pub(super) fn report(&mut self, matter: &Matter, at: Timestamp) -> Result<EventMessage, EventError> {
        let (text, severity) = self.random.of(&matter.house.complaints).copied().unwrap_or_default();
        let data = json!({
            "text": text, "severity": severity, "heard_by": person(matter.house, matter.heard_by),
            "channel": matter.house.channel,
        });
        self.event(matter, matter.house, "issue.reported", at, data)
    }

    /// An event of a department about an issue. Only the department that heard it knows the customer.
    pub(super) fn event(
        &mut self,
        matter: &Matter,
        by: &'static House,
        type_name: &str,
        at: Timestamp,
        mut data: Value,
    ) -> Result<EventMessage, EventError> {
        data["issue"] = json!({ "system": matter.house.system, "id": matter.number.to_string() });
        let customer = if by.department == matter.house.department { matter.customer.as_str() } else { "_" };
        let id = self.next_event;
        self.next_event += 1;
        Event::new(by.department, type_name, data)
            .customer_token(customer)
            .source(format!("/{}", by.system))
            .id(format!("e-{id}"))
            .time(at.to_string())
            .backfill(self.is_past)
            .build()
    }

    /// A human tells the customer who owns it.
    pub(super) fn acknowledge(
        &mut self,
        matter: &Matter,
        who: &str,
        at: Timestamp,
    ) -> Result<EventMessage, EventError> {
        let house = matter.house;
        let data =
            json!({ "actor": { "kind": "human", "person": person(house, who) }, "channel": house.channel });
        self.event(matter, house, "issue.acknowledged", at, data)
    }

    /// A document of the directory.
    pub(super) fn document(&self, kind: &str, id: &str, data: Value) -> Result<EventMessage, EventError> {
        Event::on_subject(format!("davy.directory.{kind}.{id}"), data)
            .id(format!("{kind}-{id}-{}", self.next_event))
            .time(self.began.to_string())
            .build()
    }
}

/// A person as the department's tool knows them.
pub(super) fn person(house: &House, who: &str) -> Value {
    json!({ "system": house.system, "id": who, "name": name(who) })
}

/// `mia` is Mia.
pub(super) fn name(who: &str) -> String {
    let mut letters = who.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The department of this name.
pub(super) fn house(department: &str) -> &'static House {
    HOUSES.iter().find(|house| house.department == department).unwrap_or(&HOUSES[0])
}
