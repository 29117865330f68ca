//! `davy timeline`.

use clap::{Args, ValueEnum};
use client::issue_name;
use proto::v1::{GetTimelineRequest, TimelineOrder};

use crate::{
    exit::Failure,
    list,
    read::{ReadArgs, customer},
    session::Session,
};

mod follow;

#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    /// Token such as crm:4711, customer id, or _ for what names no customer
    #[arg(value_name = "TOKEN|ID")]
    customer: String,
    /// Only what happened to this issue
    #[arg(long, value_name = "ID|SYSTEM:ID")]
    issue: Option<String>,
    /// Newest or oldest first
    #[arg(long, value_enum, default_value = "newest")]
    order: OrderWord,
    #[command(flatten)]
    read: ReadArgs,
    /// Begin with the newest, oldest first, and print what comes until Ctrl-C; ~ marks what looks different now
    #[arg(short, long, conflicts_with_all = ["order", "as_of", "known_at", "min_position"])]
    follow: bool,
    /// Follow on where that ended: the token that it printed
    #[arg(long, value_name = "TOKEN", requires = "follow")]
    resume: Option<String>,
    /// Stop after so many rows; with --follow, begin with so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderWord {
    Newest,
    Oldest,
}

pub(crate) async fn run(args: TimelineArgs, session: &mut Session) -> anyhow::Result<()> {
    let issue = args.issue.as_deref().map(issue_name).transpose();
    let issue = issue.map_err(|error| Failure::usage(error.to_string()))?;
    let customer = customer(&args.customer)?;
    if args.follow {
        return follow::follow(customer, issue, args.limit, args.resume.unwrap_or_default(), session).await;
    }
    let order = match args.order {
        OrderWord::Newest => TimelineOrder::NewestFirst,
        OrderWord::Oldest => TimelineOrder::OldestFirst,
    };
    let request = GetTimelineRequest {
        customer,
        issue,
        order_by: order.into(),
        read: Some(args.read.options(session).await?),
        ..GetTimelineRequest::default()
    };
    list::print(session, request, args.limit).await
}
