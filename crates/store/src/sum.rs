//! One number over every row of a store, kept batch by batch and compared with a scan.
//!
//! A damaged sled may open with pages as they were some batches ago: every row can be read, none is missing, and some are
//! old. Counts do not notice that; this does, as whatever a batch wrote over is taken out of the sum and what it wrote is
//! put in. The order of rows does not matter, and a wrong row stays noticed however much is written after it.

/// The sum over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum(u64);

impl Sum {
    pub(crate) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_add(of_row(key, value));
    }

    /// A row becomes another one; `None`: it is not there.
    pub(crate) fn replace(&mut self, key: &[u8], old: Option<&[u8]>, new: Option<&[u8]>) {
        let part = |value: Option<&[u8]>| value.map_or(0, |value| of_row(key, value));
        self.0 = self.0.wrapping_sub(part(old)).wrapping_add(part(new));
    }

    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
}

/// Odd, with bits evenly spread: the golden ratio's.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The same in every build, as the standard library's hash is not; eight bytes a step, as whole files pass through here
/// with each batch. It has to notice accidents, and no more.
fn of_row(key: &[u8], value: &[u8]) -> u64 {
    let length = u64::try_from(key.len()).unwrap_or(u64::MAX);
    spread(mixed(mixed(length, key), value))
}

fn mixed(start: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    words.chain([length]).fold(start, |state, word| (state.rotate_left(23) ^ word).wrapping_mul(FACTOR))
}

/// Every bit of the outcome depends on every bit before.
const fn spread(state: u64) -> u64 {
    let state = (state ^ (state >> 32)).wrapping_mul(FACTOR);
    state ^ (state >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[(&str, &str)]) -> Sum {
        let mut sum = Sum::default();
        rows.iter().for_each(|(key, value)| sum.add(key.as_bytes(), value.as_bytes()));
        sum
    }

    #[test]
    fn rows_that_differ_in_anything_have_another_sum() {
        let rows = [("a", "1"), ("b", "2")];
        let others: [&[(&str, &str)]; 7] = [
            &[("a", "1")],
            &[("a", "2"), ("b", "1")],
            &[("a", "1"), ("b", "2"), ("c", "")],
            &[("a", "1"), ("b", "3")],
            &[("a", "1"), ("b", "2\0")],
            &[("a1", ""), ("b", "2")],
            &[("a", "12345678"), ("b", "2")],
        ];
        assert!(others.iter().all(|other| sum(other) != sum(&rows)));
        assert_eq!(sum(&[("b", "2"), ("a", "1")]), sum(&rows));
    }

    #[test]
    fn what_is_written_over_is_as_if_it_had_never_been() {
        let mut kept = sum(&[("a", "1"), ("b", "2")]);
        kept.replace(b"a", Some(b"1"), Some(b"a longer value"));
        kept.replace(b"b", Some(b"2"), None);
        kept.replace(b"c", None, Some(b"3"));
        assert_eq!(kept, sum(&[("a", "a longer value"), ("c", "3")]));
    }
}
