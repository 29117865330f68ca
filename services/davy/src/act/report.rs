//! `davy report`: a complaint in one line.

use clap::Args;
use client::reference;
use proto::v1::{Person, Reference, ReportIssueRequest};

use super::{ActArgs, Told, owner, person, print, words};
use crate::{exit::Failure, read::customer, session::Session, words::issue_name};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Whose: a token such as crm:4711, or _ where it is not known
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// In the customer's words; the first line is the title
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    #[command(flatten)]
    details: ReportDetails,
    #[command(flatten)]
    act: ActArgs,
}

/// What may be known beside.
#[derive(Debug, Args)]
pub(crate) struct ReportDetails {
    /// 1 is the worst; unassessed unless given
    #[arg(long, value_name = "1..4", value_parser = clap::value_parser!(i32).range(1..=4))]
    severity: Option<i32>,
    /// Such as phone
    #[arg(long)]
    channel: Option<String>,
    /// Who heard it; by default you
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person)]
    heard_by: Option<Person>,
    /// What a tool calls it: <system>:<id>
    #[arg(long = "ref", value_name = "SYSTEM:ID")]
    reference: Option<String>,
    /// What the customer wants
    #[arg(long, value_name = "TEXT")]
    remedy: Option<String>,
    /// Somebody may be hurt
    #[arg(long)]
    safety: bool,
}

impl ReportDetails {
    /// The request for a report about this customer.
    pub(super) fn request(self, of: &str, text: String) -> anyhow::Result<ReportIssueRequest> {
        let Self { severity, channel, heard_by, reference, remedy, safety } = self;
        Ok(ReportIssueRequest {
            customer: customer(of)?,
            text,
            severity: severity.unwrap_or_default(),
            heard_by,
            channel: channel.unwrap_or_default(),
            remedy_sought: remedy.unwrap_or_default(),
            safety,
            reference: reference.as_deref().map(named).transpose()?,
            ..ReportIssueRequest::default()
        })
    }
}

fn named(text: &str) -> anyhow::Result<Reference> {
    reference(text).map_err(|error| Failure::usage(error.to_string()))
}

pub(super) async fn run(args: ReportArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = args.details.request(&args.customer, words(&args.text)?)?;
    let request = ReportIssueRequest { options: args.act.options(), ..request };
    let answer = session.api.report_issue(request).await;
    print(
        answer,
        "report",
        |answer| {
            let result = answer.result.as_ref();
            let name = result.and_then(|result| result.issue.as_ref()).map(issue_name).unwrap_or_default();
            (
                result,
                Told::new(format!("reported as {name}; {} owns it", owner(result)))
                    .next(format!("davy take {name}")),
            )
        },
        session,
    )
}
