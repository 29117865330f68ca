//! How long a caller waits, from the `grpc-timeout` header.

use std::time::Duration;

use tonic::metadata::MetadataMap;

/// At most this long is waited for a position.
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait for a position: less than the caller does, so that the answer still says how far it came.
pub(crate) fn patience(metadata: &MetadataMap) -> Duration {
    let sent = metadata.get("grpc-timeout").and_then(|value| value.to_str().ok()).and_then(parse);
    sent.map_or(LONGEST, |deadline| LONGEST.min(deadline - deadline / 10))
}

/// Up to 8 digits and a unit, as the gRPC protocol writes it.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_deadline_is_undercut_and_a_long_one_capped() {
        let waits = |text: &'static str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("grpc-timeout", text.parse().unwrap());
            patience(&metadata)
        };
        assert_eq!(waits("200m").as_millis(), 180);
        assert_eq!(waits("1H"), LONGEST);
        for odd in ["", "S", "1", "123456789S", "-1S", "ä"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
