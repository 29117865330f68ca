//! How long a caller waits, from `connect-timeout-ms` or `grpc-timeout`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::fault::{Code, Fault};

pub(super) const GRPC: HeaderName = HeaderName::from_static("grpc-timeout");
const CONNECT: HeaderName = HeaderName::from_static("connect-timeout-ms");

/// A request is given up after this long, or after its own deadline; a stream when it has not begun by then.
const LONGEST: Duration = Duration::from_secs(30);

/// What the caller said about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deadline {
    Unsaid,
    After { time: Duration, grpc: HeaderValue },
}

impl Deadline {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let (name, text, read) = match (text(&CONNECT), text(&GRPC)) {
            (Some(sent), _) => (CONNECT, sent, milliseconds(sent)),
            (None, Some(sent)) => (GRPC, sent, grpc(sent).map(|time| (time, sent.to_owned()))),
            (None, None) => return Ok(Self::Unsaid),
        };
        let deadline = read.and_then(|(time, grpc)| Some(Self::After { time, grpc: grpc.try_into().ok()? }));
        deadline.ok_or_else(|| {
            let wanted = "1500 in connect-timeout-ms, or 1500m in grpc-timeout, is one and a half seconds";
            let message = format!("{name}: `{text}` is no time; {wanted}");
            Fault::new(Code::INVALID_ARGUMENT, "INVALID_TIMEOUT", message).at(name.as_str(), wanted)
        })
    }

    /// For what must end by itself.
    pub(super) fn limit(&self) -> Duration {
        match self {
            Self::Unsaid => LONGEST,
            Self::After { time, grpc: _ } => LONGEST.min(*time),
        }
    }
}

/// Up to 10 digits, as the Connect protocol writes it; and the same for gRPC.
fn milliseconds(text: &str) -> Option<(Duration, String)> {
    let number = digits(text, 10)?;
    let grpc = if number < 100_000_000 { format!("{number}m") } else { format!("{}S", number / 1_000) };
    Some((Duration::from_millis(number), grpc))
}

/// Up to 8 digits and a unit, as the gRPC protocol writes it.
fn grpc(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = digits(number, 8)?;
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

fn digits(text: &str, most: usize) -> Option<u64> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all && text.len() <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: HeaderName, value: &'static str) -> Option<(u128, String)> {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        match Deadline::of(&headers) {
            Ok(Deadline::After { time, grpc }) => Some((time.as_millis(), grpc.to_str().unwrap().to_owned())),
            Ok(Deadline::Unsaid) | Err(_) => None,
        }
    }

    #[test]
    fn both_ways_to_say_it_are_read_and_nothing_else() {
        assert_eq!(of(CONNECT, "1500"), Some((1_500, "1500m".to_owned())));
        assert_eq!(of(CONNECT, "9999999999"), Some((9_999_999_999, "9999999S".to_owned())));
        assert_eq!(of(GRPC, "2S"), Some((2_000, "2S".to_owned())));
        for odd in ["", "-1", "+1", "1.5", "10000000000", "5s"] {
            assert_eq!(of(CONNECT, odd), None, "{odd}");
        }
        for odd in ["", "S", "1", "123456789S", "+1S"] {
            assert_eq!(of(GRPC, odd), None, "{odd}");
        }
        assert_eq!(Deadline::of(&HeaderMap::new()).unwrap(), Deadline::Unsaid);
    }
}
