//! `davy issues`.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use client::{issue_name, json};
use proto::v1::{
    GetIssueRequest, GetIssueResponse, IssueOrder, ListIssuesRequest, ListUnacknowledgedRequest,
};

use crate::{
    cli::{Format, IssueArgs},
    exit::Failure,
    list,
    output::Out,
    pings::standing,
    read::ReadArgs,
    session::Session,
    time, words,
};

mod filter;
mod watch;
mod work;

pub(crate) use filter::FilterArgs;
pub(crate) use watch::{WatchArgs, help as watch_help, watch, watch_list};

#[derive(Debug, Args)]
pub(crate) struct IssuesListArgs {
    /// Only what no human has acknowledged and is not done, with quarantined messages that may be complaints
    #[arg(long)]
    unacknowledged: bool,
    #[command(flatten)]
    filter: FilterArgs,
    /// Only older than this, such as 4h
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    older_than: Option<std::time::Duration>,
    /// Oldest first, or worst first
    #[arg(long, value_enum, default_value = "age")]
    order: OrderWord,
    #[command(flatten)]
    read: ReadArgs,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderWord {
    Age,
    Severity,
}

/// `davy issues list`
pub(crate) async fn list(args: IssuesListArgs, session: &mut Session) -> anyhow::Result<()> {
    let filter = Some(args.filter.filter(args.older_than)?);
    let read = args.read.options(session).await?;
    if let Some(as_of) = read.as_of.as_ref().and_then(time::from_proto) {
        // Ages are those of that day.
        session.out.now = as_of;
    }
    let read = Some(read);
    let order = match args.order {
        OrderWord::Age => IssueOrder::OldestFirst,
        OrderWord::Severity => IssueOrder::WorstFirst,
    };
    let order_by = order.into();
    if args.unacknowledged {
        let request =
            ListUnacknowledgedRequest { filter, order_by, read, ..ListUnacknowledgedRequest::default() };
        list::print(session, request, args.limit).await
    } else {
        let request = ListIssuesRequest { filter, order_by, read, ..ListIssuesRequest::default() };
        list::print(session, request, args.limit).await
    }
}

/// `davy issues get`
pub(crate) async fn get(args: IssueArgs, session: &mut Session) -> anyhow::Result<()> {
    let name = issue_name(&args.issue).map_err(|error| Failure::usage(error.to_string()))?;
    let read = args.read.options(session).await?;
    let request = GetIssueRequest { issue: Some(name), read: Some(read) };
    let found = session.api.get_issue(request).await.with_context(|| format!("get issue {}", args.issue))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&found, out)?,
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => out.line(&json::to_string(&found.issue.clone().unwrap_or_default())?)?,
    }
    Ok(out.state(found.read_state.as_ref(), "")?)
}

fn show(found: &GetIssueResponse, out: &mut Out) -> anyhow::Result<()> {
    let GetIssueResponse { issue, body, heard_by, duplicate_of, work, redirected_from, clocks, runs, .. } =
        found;
    let issue = issue.clone().unwrap_or_default();
    let customer = words::customer(&issue);
    let acknowledged = issue.acknowledged.as_ref().map_or_else(
        || "not acknowledged".to_owned(),
        |acknowledged| {
            let by =
                acknowledged.by.as_ref().map(|by| format!(" by {}", words::person(by))).unwrap_or_default();
            format!("{}{by}", out.time(acknowledged.at.as_ref()))
        },
    );
    let since = issue.owner.as_ref().and_then(|owner| owner.since.as_ref());
    let offer = issue.offered_to.as_ref();
    let references: Vec<_> = issue.references.iter().map(client::shown_reference).collect();
    let counts = format!(
        "{} changes of owner, {} hand-offs, {} returns, {} reopens",
        issue.owner_changes, issue.hand_offs, issue.returns, issue.reopens
    );
    let fields = [
        ("title", issue.title.clone()),
        ("id", issue.id.clone()),
        ("known as", references.join(", ")),
        ("customer", customer.unwrap_or_else(|| "unknown".to_owned())),
        ("lifecycle", words::lifecycle(issue.lifecycle).to_owned()),
        ("severity", severity(issue.severity, &issue.source_severity)),
        ("owner", format!("{}, since {}", words::owner(&issue), out.time(since))),
        (
            "offered to",
            offer
                .map(|offer| words::place(&offer.department, &offer.team, offer.person.as_ref()))
                .unwrap_or_default(),
        ),
        ("acknowledged", acknowledged),
        ("reported", out.time(issue.reported_at.as_ref())),
        ("heard by", heard_by.as_ref().map(|person| words::person(person).to_owned()).unwrap_or_default()),
        ("last event", out.time(issue.last_event_at.as_ref())),
        ("so far", counts),
        ("duplicate of", duplicate_of.clone()),
        ("asked for as", redirected_from.clone()),
        ("anomalies", issue.anomalies.join(", ")),
        ("position", format!("{} ({} events)", issue.position, issue.event_count)),
    ];
    out.fields(&fields)?;
    if let Some(work) = work {
        work::show(work, out)?;
    }
    standing::show(runs, clocks, out)?;
    if !body.is_empty() {
        out.line("")?;
        for line in body.lines() {
            out.line(&format!("    {}", crate::output::clean(line)))?;
        }
    }
    Ok(())
}

fn severity(number: i32, source: &str) -> String {
    let word = words::severity(number);
    let digit = if word == "-" { "not assessed" } else { word };
    if source.is_empty() { digit.to_owned() } else { format!("{digit} (\"{source}\")") }
}
