//! `davy contact`: somebody spoke with the customer, or nobody did.

use clap::{Args, Subcommand};
use proto::v1::{LogContactRequest, ReportMissedContactRequest};

use super::{ActArgs, Told, due, issue, print};
use crate::{cli::examples, read::customer, session::Session, words::issue_name};

#[derive(Debug, Subcommand)]
pub(crate) enum ContactCommand {
    /// Somebody spoke or wrote with the customer
    #[command(after_help = examples("  davy contact log --issue zendesk:55 --channel phone --two-way --with \"Mr Chen\"\n  davy contact log --customer crm:4711 --channel visit --purpose relationship"))]
    Log(LogArgs),
    /// Nobody answered the customer; without --issue it is a complaint
    #[command(after_help = examples("  davy contact missed --customer crm:4711 --mailbox sales-north --callback 2h"))]
    Missed(MissedArgs),
}

/// About what.
#[derive(Debug, Args)]
pub(crate) struct AboutArgs {
    /// The issue: Davy id, or <system>:<id>
    #[arg(long, value_name = "ISSUE")]
    issue: Option<String>,
    /// The customer, where there is no issue: a token such as crm:4711
    #[arg(long, value_name = "TOKEN", required_unless_present = "issue", conflicts_with = "issue")]
    customer: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// phone, mail, visit, ...
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
    /// The customer began it
    #[arg(long)]
    inbound: bool,
    /// Both sides spoke
    #[arg(long)]
    two_way: bool,
    /// service, relationship, project, renewal, upsell, collections, survey or marketing
    #[arg(long, default_value = "service")]
    purpose: String,
    /// With whom
    #[arg(long, value_name = "NAME", default_value = "")]
    with: String,
    /// What was said
    #[arg(long, value_name = "TEXT", default_value = "")]
    summary: String,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MissedArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// call, voicemail, mail or chat
    #[arg(long, value_name = "CHANNEL", default_value = "voicemail")]
    channel: String,
    /// Whose
    #[arg(long, value_name = "NAME", default_value = "")]
    mailbox: String,
    /// What was said
    #[arg(long, value_name = "TEXT", default_value = "")]
    transcript: String,
    /// When they are called back, such as 2h: becomes a promise
    #[arg(long, value_name = "TIME")]
    callback: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(command: ContactCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        ContactCommand::Log(args) => log(args, session).await,
        ContactCommand::Missed(args) => missed(args, session).await,
    }
}

async fn log(args: LogArgs, session: &mut Session) -> anyhow::Result<()> {
    let (named, of) = args.about.read()?;
    let request = LogContactRequest {
        issue: named,
        customer: of,
        direction: if args.inbound { "inbound" } else { "outbound" }.to_owned(),
        channel: args.channel,
        two_way: args.two_way,
        purpose: args.purpose,
        contact: args.with,
        summary: args.summary,
        options: args.act.options(),
    };
    let answer = session.api.log_contact(request).await;
    print(
        answer,
        "log the contact",
        |answer| (answer.result.as_ref(), Told::new("the contact is logged")),
        session,
    )
}

async fn missed(args: MissedArgs, session: &mut Session) -> anyhow::Result<()> {
    let (named, of) = args.about.read()?;
    let callback_due = match &args.callback {
        Some(text) => due(text, session)?,
        None => None,
    };
    let request = ReportMissedContactRequest {
        issue: named,
        customer: of,
        channel: args.channel,
        mailbox: args.mailbox,
        transcript: args.transcript,
        callback_due,
        options: args.act.options(),
    };
    let answer = session.api.report_missed_contact(request).await;
    print(
        answer,
        "report the missed contact",
        |answer| {
            let result = answer.result.as_ref();
            let name = result.and_then(|result| result.issue.as_ref()).map(issue_name).unwrap_or_default();
            (result, Told::new(format!("recorded on {name}")).next(format!("davy take {name}")))
        },
        session,
    )
}

impl AboutArgs {
    pub(super) fn read(&self) -> anyhow::Result<(Option<proto::v1::IssueName>, String)> {
        let named = self.issue.as_deref().map(issue).transpose()?.flatten();
        let of = self.customer.as_deref().map(customer).transpose()?.unwrap_or_default();
        Ok((named, of))
    }
}
