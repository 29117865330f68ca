//! Calendars: stories for what local time does to working time, and laws that hold in any zone.

#![expect(clippy::unwrap_used, reason = "a test fails where its own words are not as it means them")]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod days;
mod laws;
mod local;
mod made;
mod pauses;
mod refused;
mod walk;
mod working;
