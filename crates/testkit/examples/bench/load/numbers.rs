//! Chance that is the same every time.

use super::message::Kind;

/// A generator of numbers, the same for the same seed (Knuth's MMIX constants).
#[derive(Debug)]
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The upper half of the state: the lower is hardly by chance.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 32
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("below a length")
    }

    /// One of them.
    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.index(all.len())]
    }

    /// What else happens to an issue.
    pub(super) fn kind(&mut self) -> Kind {
        match self.below(100) {
            0..50 => Kind::Noted,
            50..84 => Kind::HandedOver,
            84..99 => Kind::Assigned,
            _ => Kind::SeverityChanged,
        }
    }

    /// In the form of a UUID of version 5.
    pub(super) fn uuid(&mut self) -> String {
        let [a, b, c, d] = [self.next(), self.next(), self.next(), self.next()];
        let (version, variant) = (b & 0xfff | 0x5000, c & 0x3fff | 0x8000);
        format!("{a:08x}-{:04x}-{version:04x}-{variant:04x}-{:04x}{d:08x}", b >> 16, c >> 16)
    }
}
