//! `davy issues watch`: a line for every change.

use clap::Args;
use client::{Change, Rows, UnacknowledgedId, issue_name};
use jiff::Timestamp;
use proto::v1::{
    Issue, IssueDetail, QuarantinedEvent, Severity, UnacknowledgedEntry, WatchIssueRequest,
    WatchUnacknowledgedRequest, unacknowledged_entry::Entry,
};

use super::FilterArgs;
use crate::{
    cli::examples,
    exit::Failure,
    live,
    output::{Look, Out, clean, cut, paint, say},
    session::Session,
    words,
};

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Watch this issue: Davy id, or <system>:<percent-encoded id>; without it, all that are unacknowledged
    #[arg(
        value_name = "ID|SYSTEM:ID",
        conflicts_with_all = ["department", "team", "owner", "severity_at_least", "customer", "lifecycle"]
    )]
    issue: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Go on where a watch of the same ended: the token that it printed
    #[arg(long, value_name = "TOKEN")]
    resume: Option<String>,
}

pub(crate) fn help() -> String {
    examples(
        "  davy issues watch
  davy issues watch --department support --severity-at-least 2
  davy issues watch zendesk:55
  davy issues watch -o ndjson | jq -c .upsert.issue.title

A line is one change: + it is in the list, ~ it looks different, - it is not in the list any more. With -o ndjson it is
a frame of the API; with --resume only what changed since then is printed. Ctrl-C ends it, with exit code 0.",
    )
}

/// `davy issues watch`
pub(crate) async fn watch(args: WatchArgs, session: &mut Session) -> anyhow::Result<()> {
    let resume_token = args.resume.unwrap_or_default();
    match args.issue {
        Some(issue) => watch_one(&issue, resume_token, session).await,
        None => watch_list(&args.filter, resume_token, session).await,
    }
}

/// Everything unacknowledged, a line a change.
pub(crate) async fn watch_list(
    filter: &FilterArgs,
    resume_token: String,
    session: &mut Session,
) -> anyhow::Result<()> {
    let resumed = !resume_token.is_empty();
    let request = WatchUnacknowledgedRequest { filter: Some(filter.filter(None)?), resume_token };
    let watch = session.api.watch_unacknowledged(request);
    let mut rows = Rows::new();
    let mut began = false;
    let show = |frame, now, out: &mut Out| {
        let mut lines = Vec::new();
        rows.apply_with(frame, |change| lines.extend(list_line(change, resumed, now, out)));
        lines.iter().try_for_each(|line| out.line(line))?;
        if rows.is_complete() && !std::mem::replace(&mut began, true) {
            out.flush()?;
            say(&format!(
                "{} unacknowledged at position {}; waiting for changes",
                rows.len(),
                rows.position()
            ));
        }
        Ok(())
    };
    live::print(watch, session, "what is unacknowledged", show).await
}

fn list_line(
    change: Change<'_, UnacknowledgedId, UnacknowledgedEntry>,
    resumed: bool,
    now: Timestamp,
    out: &Out,
) -> Option<String> {
    let (mark, row) = match change {
        Change::Added(_, row) => ('+', row),
        Change::Changed { row, .. } => ('~', row),
        Change::Removed(_, Some(row)) => ('-', row),
        // What was never sent is only news to somebody who was here before.
        Change::Removed(UnacknowledgedId::Issue(id) | UnacknowledgedId::Quarantined(id), None) => {
            let line = format!("{} - {id}", stamp(now, out));
            return resumed.then(|| printed(&line, Look::Faint, out));
        }
    };
    let (text, grave) = match row.entry.as_ref()? {
        Entry::Issue(issue) => (issue_text(issue, out), issue.severity == i32::from(Severity::Severity1)),
        Entry::Quarantined(message) => (quarantined_text(message, out), true),
    };
    let look = match (mark, grave) {
        ('-', _) => Look::Faint,
        (_, true) => Look::Alarm,
        (_, false) => Look::Plain,
    };
    Some(printed(&format!("{} {mark} {text}", stamp(now, out)), look, out))
}

async fn watch_one(issue: &str, resume_token: String, session: &mut Session) -> anyhow::Result<()> {
    let name = issue_name(issue).map_err(|error| Failure::usage(error.to_string()))?;
    let request = WatchIssueRequest { issue: Some(name), resume_token };
    let watch = session.api.watch_issue(request);
    let mut rows = Rows::new();
    let show = |frame, now, out: &mut Out| {
        let mut lines = Vec::new();
        rows.apply_with(frame, |change| lines.push(issue_line(change, now, out)));
        lines.iter().try_for_each(|line| out.line(line))?;
        Ok(())
    };
    live::print(watch, session, issue, show).await
}

fn issue_line(change: Change<'_, String, IssueDetail>, now: Timestamp, out: &Out) -> String {
    let text = match change {
        Change::Added(_, detail) => {
            let issue = detail.issue.clone().unwrap_or_default();
            format!("+ {}  {}", issue_text(&issue, out), news(None, detail).join("; "))
        }
        Change::Changed { before, row, .. } => {
            let issue = row.issue.clone().unwrap_or_default();
            let mut news = news(Some(before), row);
            if news.is_empty() {
                news.push(format!("{} events", issue.event_count));
            }
            format!("~ {}  {}", words::issue_name(&issue), news.join("; "))
        }
        Change::Removed(id, _) => format!("- {id}  every event of it was retracted"),
    };
    printed(&format!("{} {text}", stamp(now, out)), Look::Plain, out)
}

/// What of an issue is different; of a new one, what stands in no line of a list.
fn news(before: Option<&IssueDetail>, now: &IssueDetail) -> Vec<String> {
    let old = before.map(parts);
    let differs = |place: usize, value: &str| match &old {
        Some(old) => old.get(place).is_none_or(|(_, was)| was != value),
        None => place < NEW && !value.is_empty(),
    };
    let shown = |(place, (name, value)): (usize, &(&str, String))| {
        let value = if value.is_empty() { "-" } else { value };
        differs(place, if value == "-" { "" } else { value }).then(|| format!("{name}: {value}"))
    };
    parts(now).iter().enumerate().filter_map(shown).collect()
}

/// How many of the parts a new issue is shown with beside its line.
const NEW: usize = 4;

fn parts(detail: &IssueDetail) -> [(&'static str, String); 9] {
    let issue = detail.issue.clone().unwrap_or_default();
    let acknowledged = issue.acknowledged.as_ref().map(|it| {
        let by = it.by.as_ref().map_or("somebody", words::person);
        if it.channel.is_empty() { format!("by {by}") } else { format!("by {by} ({})", it.channel) }
    });
    let offer = issue.offered_to.as_ref();
    let offer = offer.map(|offer| words::place(&offer.department, &offer.team, offer.person.as_ref()));
    [
        ("lifecycle", words::lifecycle(issue.lifecycle).to_owned()),
        ("acknowledged", acknowledged.unwrap_or_default()),
        ("offered to", offer.unwrap_or_default()),
        ("duplicate of", detail.duplicate_of.clone()),
        ("owner", words::owner(&issue)),
        ("severity", words::severity(issue.severity).to_owned()),
        ("customer", words::customer(&issue).unwrap_or_default()),
        ("title", issue.title.clone()),
        ("anomalies", issue.anomalies.join(", ")),
    ]
}

/// Issue, severity, owner, customer and title; what is short stands in columns.
fn issue_text(issue: &Issue, out: &Out) -> String {
    let owner = issue.owner.as_ref();
    let owner = owner.map(|owner| words::place(&owner.department, &owner.team, owner.person.as_ref()));
    let customer = words::customer(issue).unwrap_or_else(|| "_".to_owned());
    let cells = [&words::issue_name(issue), &owner.unwrap_or_default(), &customer];
    text(cells, words::severity(issue.severity), &issue.title, out)
}

fn quarantined_text(message: &QuarantinedEvent, out: &Out) -> String {
    let dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let cells = [&message.position, &dash(&message.department), &dash(&message.customer)];
    text(cells, "!", &format!("{}: {}", message.reason, message.excerpt), out)
}

fn text([name, owner, customer]: [&String; 3], severity: &str, title: &str, out: &Out) -> String {
    // A terminal has no room to show them whole, and a title too.
    let cell = |text: &str, width| if out.width.is_some() { cut(text, width) } else { text.to_owned() };
    let (name, owner, customer) = (cell(name, 14), cell(owner, 20), cell(customer, 14));
    format!("{name:<12}  {severity}  {owner:<16}  {customer:<10}  {title}")
}

/// The time of day, for those who sit there; with the day for files.
fn stamp(now: Timestamp, out: &Out) -> String {
    let format = if out.width.is_some() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%:z" };
    now.to_zoned(out.zone.clone()).strftime(format).to_string()
}

/// On one line, and on a terminal no longer than that.
fn printed(line: &str, look: Look, out: &Out) -> String {
    let line = clean(line);
    let line = out.width.map_or_else(|| line.clone(), |width| cut(&line, width));
    paint(&line, Some(look), out.color)
}

#[cfg(test)]
mod tests;
