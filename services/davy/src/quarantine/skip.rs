//! `davy quarantine skip`: a message is of no use, and somebody says so.

use anyhow::Context as _;
use clap::{Args, builder::NonEmptyStringValueParser};
use client::json;
use proto::v1::SkipRequest;

use crate::{
    cli::{Format, examples},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct SkipArgs {
    /// Of the quarantined message, such as 0-12
    position: String,
    /// Why
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
}

pub(crate) fn help() -> String {
    examples(
        "  davy quarantine skip 0-12 --reason \"test of the webhook\"
  davy quarantine skip 0-12 --reason test --as support/zendesk:mia

The message stays in the log, and in `davy quarantine list --settled`.",
    )
}

/// `davy quarantine skip`
pub(crate) async fn skip(args: SkipArgs, session: &mut Session) -> anyhow::Result<()> {
    let SkipArgs { position, reason } = args;
    let request = SkipRequest { position: position.clone(), reason, by: session.by() };
    let done = session.api.skip(request).await.with_context(|| format!("skip {position}"))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => out.line(&format!("{position} is settled, by the event at {}", done.position))?,
        Format::Json | Format::Ndjson => out.line(&json::to_string(&done)?)?,
    }
    Ok(out.state(done.read_state.as_ref(), "")?)
}
