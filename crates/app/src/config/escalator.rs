//! `[escalator]`: whether this node turns what is due into events.

use super::{nats::truth, reader::Reader};

/// The escalator's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalator {
    /// Several nodes may: each event is appended once, by whoever is first.
    pub enabled: bool,
}

impl Escalator {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { enabled: reader.or("escalator.enabled", true, truth) }
    }
}
