//! `davy log accept-loss`: messages are missing from the log for good, and somebody says to go on.

use anyhow::Context as _;
use clap::{Args, builder::NonEmptyStringValueParser};
use client::json;
use proto::v1::AcceptLossRequest;

use crate::{
    cli::{Format, examples},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct AcceptLossArgs {
    /// The first missing message, such as 0-17
    from: String,
    /// The last missing message; all between are missing too
    to: String,
    /// Why they are given up
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
}

pub(crate) fn help() -> String {
    examples(
        "  davy log accept-loss 0-17 0-19 --reason \"disk of the log failed, no backup\"
  davy status                    says which messages are missing, and lists the losses that were accepted

Restore what a backup holds first. What is still missing is given up for good: folding goes on behind it.",
    )
}

/// `davy log accept-loss`
pub(crate) async fn run(args: AcceptLossArgs, session: &mut Session) -> anyhow::Result<()> {
    let AcceptLossArgs { from, to, reason } = args;
    let request = AcceptLossRequest { from: from.clone(), to: to.clone(), reason, by: session.by() };
    let done = session
        .api
        .accept_loss(request)
        .await
        .with_context(|| format!("accept the loss of {from} to {to}"))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            out.line(&format!("the loss of {from} to {to} is accepted, by the event at {}", done.position))?;
        }
        Format::Json | Format::Ndjson => out.line(&json::to_string(&done)?)?,
    }
    Ok(())
}
