//! A version of a customer's own calendar.

use domain::{CustomerCalendar, CustomerId, Position};
use engine::StoreError;
use serde::{Deserialize, Serialize};

use super::{append, begin, read};

const CALENDAR: &str = "customer's calendar";

#[derive(Serialize, Deserialize)]
struct CalendarParts<'a> {
    customer: [u8; 16],
    position: u64,
    calendar: Option<&'a str>,
}

impl From<CalendarParts<'_>> for CustomerCalendar {
    fn from(CalendarParts { customer, position, calendar }: CalendarParts<'_>) -> Self {
        Self {
            customer: CustomerId::from_bytes(customer),
            position: Position::new(position),
            calendar: calendar.map(str::to_owned),
        }
    }
}

pub(crate) fn encode(change: &CustomerCalendar, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let CustomerCalendar { customer, position, calendar } = change;
    begin(out);
    append(
        out,
        &CalendarParts {
            customer: customer.to_bytes(),
            position: position.sequence(),
            calendar: calendar.as_deref(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<CustomerCalendar, StoreError> {
    read::<CalendarParts<'_>, _>(CALENDAR, bytes)
}
