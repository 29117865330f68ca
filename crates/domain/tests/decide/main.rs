//! What commands are refused, and what they lead to: a case for every refusal code, stories, and laws for any command.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where its own words are not as it means them"
)]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod codes;
mod custody;
mod laws;
mod life;
mod order;
mod people;
mod work;
mod world;
