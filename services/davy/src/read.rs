//! From which point of time and of the log a query is answered, as flags.

use anyhow::Context as _;
use clap::Args;
use client::customer_token;
use proto::v1::{GetStatusRequest, ReadOptions};

use crate::{
    exit::Failure,
    session::Session,
    time::{self, Edge},
};

/// `--as-of`, `--known-at`, `--min-position`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReadArgs {
    /// What had happened by then: RFC 3339, local "2026-03-02 10:04", or 4h (ago)
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// What Davy knew then: a position such as 0-18446, or a time
    #[arg(long, value_name = "POSITION|TIME")]
    pub(crate) known_at: Option<String>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    pub(crate) min_position: Option<String>,
}

impl ReadArgs {
    /// A time in `--known-at` becomes the position that was the last one then; Davy is asked for it.
    pub(crate) async fn options(&self, session: &mut Session) -> anyhow::Result<ReadOptions> {
        session.out.in_the_past = self.known_at.is_some();
        let session = &*session;
        let instant = |text: &String| {
            time::instant(text, Edge::Ends, session.now, &session.zone).map_err(Failure::usage)
        };
        let as_of = self.as_of.as_ref().map(instant).transpose()?.map(time::to_proto);
        let known_at = match &self.known_at {
            None => String::new(),
            Some(position) if is_position(position) => position.clone(),
            Some(text) => position_at(instant(text)?, session).await?,
        };
        Ok(ReadOptions { as_of, known_at, min_position: self.min_position.clone().unwrap_or_default() })
    }
}

/// Only the position to wait for.
pub(crate) fn at_least(min_position: Option<String>) -> Option<ReadOptions> {
    min_position.map(|min_position| ReadOptions { min_position, ..ReadOptions::default() })
}

async fn position_at(instant: jiff::Timestamp, session: &Session) -> anyhow::Result<String> {
    let request = GetStatusRequest { position_at: Some(time::to_proto(instant)) };
    let status = session.api.get_status(request).await.context("find the position of that time")?;
    // Nothing was stored by then: before the first position.
    Ok(if status.position_at.is_empty() { "0-0".to_owned() } else { status.position_at })
}

/// A customer as arguments name it: a token as it is; where the id after the colon is a raw one, as tables show it, its
/// token.
pub(crate) fn customer(text: &str) -> anyhow::Result<String> {
    match text.split_once(':') {
        Some((system, id)) if !is_encoded(id) => {
            customer_token(system, id).map_err(|error| Failure::usage(error.to_string()))
        }
        Some(_) | None => Ok(text.to_owned()),
    }
}

/// Whether an id can stand in a subject as it is.
fn is_encoded(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'%' | b'~'))
}

fn is_position(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(partition, sequence)| number(partition) && number(sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_named_by_token_or_by_raw_id() {
        for token in ["_", "crm:4711", "crm:Acme%2C%20Inc%2E", "7d1e2d2c-0000-5000-8000-000000000000"] {
            assert_eq!(customer(token).unwrap(), token);
        }
        assert_eq!(customer("crm:Acme, Inc.").unwrap(), "crm:Acme%2C%20Inc%2E");
        assert_eq!(customer("crm:ana@example.org").unwrap(), "crm:~q24smcqrltvmrguxhcxsg2lm4os5obcj");
        assert!(customer("Big Co:a b").is_err());
    }

    #[test]
    fn positions_are_told_from_times() {
        assert!(is_position("0-18446"));
        for text in ["2026-03-02", "4h", "0-", "-1", "0-1x"] {
            assert!(!is_position(text), "{text}");
        }
    }
}
