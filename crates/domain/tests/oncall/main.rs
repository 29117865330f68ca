//! Who is on duty: the tables of hand-offs over clock changes, stories of schedules, and laws for every zone.

#![expect(clippy::unwrap_used, reason = "a test fails where its own words are not as it means them")]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod laws;
mod overrides;
mod rotation;
mod schedule;
mod shifts;
mod tables;
mod walk;
mod words;
