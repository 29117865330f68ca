//! One customer out of many ids: stories for the rules of `domain.md` 4.3, and laws that hold for any log.

#![expect(clippy::unwrap_used, reason = "a test fails where its own words are not as it means them")]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod laws;
mod silence;
mod stories;
mod told;
