//! Faults, with the real binary, while a tool publishes and somebody asks: NATS dies, the process dies, the disk lies or is full,
//! clients are no help. After each the store must be that of a fresh fold of the log; no answer in between may have been
//! wrong; memory stays bounded; SIGTERM ends it in time.
//!
//! `DAVY_FAULTS=long` repeats them for longer.

mod clients;
mod crashes;
mod damage;
mod disk;
mod life;
mod nats;
mod power;
mod probing;
mod publishing;
mod scene;
mod soak;
mod traffic;
mod truth;

pub(crate) use damage::files;
pub(crate) use scene::await_status;

/// So many events of departments at work.
pub(crate) fn traffic(count: usize) -> impl Iterator<Item = testkit::client::v1::EventMessage> {
    traffic::Traffic::new("kept", 60, 11).take(count).map(|message| message.event)
}
