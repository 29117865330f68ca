//! `davy verify`: whether the store holds what the log says of a customer.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{GetStatusRequest, VerifyCustomerRequest, VerifyCustomerResponse};

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::{Column, Line, Out, Table},
    read,
    session::Session,
};

/// The log is read from its start: that may take longer than an answer otherwise.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Token such as crm:4711, customer id, or _ for what names no customer
    #[arg(value_name = "TOKEN|ID")]
    customer: String,
}

pub(crate) fn help() -> String {
    examples(
        "  davy verify crm:4711
  davy verify crm:4711 -o json | jq .differences

Its exit code is 4 where the store differs from the log; `davy rebuild` mends that.",
    )
}

/// `davy verify`
pub(crate) async fn run(args: VerifyArgs, session: &mut Session) -> anyhow::Result<()> {
    let customer = read::customer(&args.customer)?;
    // Only an answer may take long; to find out that nobody is there may not.
    session.api.get_status(GetStatusRequest::default()).await.context("get the status")?;
    let api = session.api.with_deadline(PATIENCE.max(session.timeout));
    let found = api.verify_customer(VerifyCustomerRequest { customer }).await;
    let found = found.with_context(|| format!("verify {}", args.customer))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&found, out)?,
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => {
            for difference in &found.differences {
                out.line(&json::to_string(difference)?)?;
            }
        }
    }
    let counts = format!("{} issues and {} events read; ", found.issues, found.events);
    out.state(found.read_state.as_ref(), &counts)?;
    if found.matches {
        return Ok(());
    }
    let message = format!("the store differs from the log for {}; `davy rebuild` mends that", args.customer);
    Err(Failure::new(Exit::Refused, message).into())
}

const COLUMNS: &[Column] =
    &[Column::new("WHAT", 12, 60), Column::new("STORED", 8, 80), Column::new("BY THE LOG", 10, 80)];

fn show(found: &VerifyCustomerResponse, out: &mut Out) -> anyhow::Result<()> {
    if found.matches {
        out.line("The store holds what the log says.")?;
    }
    let missing = |text: &str| if text.is_empty() { "(missing)".to_owned() } else { text.to_owned() };
    let rows: Vec<_> = found
        .differences
        .iter()
        .map(|it| Line::plain(vec![it.what.clone(), missing(&it.stored), missing(&it.folded)]))
        .collect();
    for line in Table::new(COLUMNS, out.width, out.color).page(&rows) {
        out.line(&line)?;
    }
    Ok(())
}
