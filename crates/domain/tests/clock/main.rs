//! Which clocks an issue has, when they run out, and what becomes of what was announced of them: stories for
//! `domain.md` 4.8, and laws that hold for any log.

#![expect(clippy::unwrap_used, reason = "a test fails where its own words are not as it means them")]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod customer;
#[path = "../fold/deeds.rs"]
#[expect(dead_code, reason = "its deeds are shared with the tests of the fold")]
mod deeds;
mod deferral;
mod department;
#[path = "../fold/draft.rs"]
#[expect(dead_code, reason = "its words are shared with the tests of the fold")]
mod draft;
mod history;
mod item;
mod laws;
#[path = "../fold/logs.rs"]
#[expect(dead_code, reason = "as above")]
mod logs;
mod mark;
mod pause;
mod severity;
mod story;
mod whole;
