//! How long to wait before another try: doubling, bounded, and spread so that many clients do not come at once.
//!
//! The spread comes from a name and the number of the try, not from chance.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(4);

/// The wait before try number `attempt` (0 is the first repetition): between half of and the whole of 50 ms, 100 ms,
/// ... 4 s, where in between depends on `salt`.
pub(crate) fn pause(attempt: u32, salt: u64) -> Duration {
    let whole = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    let share = u32::try_from(mixed(salt ^ u64::from(attempt)) >> 48).unwrap_or(0);
    whole / 2 + whole.saturating_mul(share) / (2 << 16)
}

/// A salt for a name: FNV-1a.
pub(crate) fn salt(name: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The finalizer of splitmix64: neighbouring inputs come out far apart.
fn mixed(input: u64) -> u64 {
    let input = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let input = (input ^ (input >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let input = (input ^ (input >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    input ^ (input >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        for attempt in 0..40 {
            let whole = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
            let wait = pause(attempt, salt("aggregator"));
            assert!(wait >= whole / 2 && wait <= whole, "{attempt}: {wait:?}");
        }
        assert_ne!(pause(3, salt("one")), pause(3, salt("two")));
    }
}
