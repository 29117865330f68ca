//! What an issue's clocks, policies and people make of it (`escalation.md` 2), under a clock of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails where its own words are not as it means them"
)]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod bundle;
mod cases;
mod claims;
mod commands;
mod digest;
mod documents;
mod engine;
mod explain;
mod forecast;
mod given;
mod hand_over;
mod hold;
mod late;
mod laws;
mod lease;
mod migrate;
mod orphan;
mod outage;
mod raise;
mod retract;
mod stories;
mod unseen;
mod wait;
mod world;
