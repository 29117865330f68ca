//! Messages on their way to a receiver, as many at once as the port allows.

use engine::RawMessage;

/// Messages in a chunk, at most.
const MESSAGES: usize = 1_000;
/// Bytes of bodies after which a chunk ends.
const BYTES: usize = 4 * 1024 * 1024;

/// Messages to deliver at once.
#[derive(Default)]
pub(crate) struct Chunk {
    messages: Vec<RawMessage>,
    bytes: usize,
}

impl Chunk {
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.messages.len() >= MESSAGES || self.bytes >= BYTES
    }

    pub(crate) fn push(&mut self, message: RawMessage) {
        self.bytes += message.body.len();
        self.messages.push(message);
    }

    /// What was pushed; begins anew.
    pub(crate) fn take(&mut self) -> Vec<RawMessage> {
        std::mem::take(self).messages
    }
}
