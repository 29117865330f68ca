//! What the fold makes of an issue's events: stories for the rules of `contract.md` 3-5, and laws that hold for any log.

#![expect(clippy::unwrap_used, reason = "a test fails where its own words are not as it means them")]

// By the name that the other crates know it by.
extern crate davy_domain as domain;

mod assist;
mod deeds;
mod deferral;
mod draft;
mod hand_off;
mod hold;
mod laws;
mod lifecycle;
mod logs;
mod overtaken;
mod owner;
mod promise;
mod record;
mod report;
mod retraction;
mod shown;
mod story;
mod work_laws;
mod workaround;
