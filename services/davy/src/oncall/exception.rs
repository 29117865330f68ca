//! `davy oncall override`: an override is a document of the directory; its id follows from what it says, so that the same one
//! typed twice is one.

use anyhow::Context as _;
use clap::Args;
use client::json;
use jiff::Timestamp;
use proto::v1::{
    ApplyRequest, ApplyResponse, CommandOptions, Document, DocumentKind, DocumentName, GetDocumentRequest,
    OverrideDocument, applied_document::Change, document::Document as Kind,
};
use uuid::Uuid;

use super::to_come;
use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::{clean, say},
    session::Session,
    time::{self, Edge},
};

#[derive(Debug, Args)]
pub(crate) struct OverrideArgs {
    /// Of this schedule
    #[arg(value_name = "SCHEDULE", required_unless_present = "cancel")]
    schedule: Option<String>,
    /// From when on, such as 18:00 or 2026-12-24T18:00:00Z; now unless given
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when, such as 2d or "2026-12-27 09:00"
    #[arg(long, value_name = "TIME", required_unless_present = "cancel")]
    until: Option<String>,
    /// Who is on call: an id of the directory
    #[arg(long, value_name = "ID", required_unless_present_any = ["instead_of", "cancel"])]
    by: Option<String>,
    /// Who is not: an id of the directory
    #[arg(long, value_name = "ID")]
    instead_of: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Call this override off, by its id
    #[arg(long, value_name = "OVERRIDE", conflicts_with_all = ["schedule", "from", "until", "by", "instead_of"])]
    cancel: Option<String>,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn help() -> String {
    examples(
        "  davy oncall override support --instead-of mia --by noa --until 2d --reason \"Mia is ill\"
  davy oncall override support --by ivo --from 18:00 --until 22:00     one more
  davy oncall override support --instead-of mia --until 4h             one less
  davy oncall override --cancel support-20261224t180000z-noa",
    )
}

pub(super) async fn run(args: OverrideArgs, session: &mut Session) -> anyhow::Result<()> {
    let dry_run = args.dry_run;
    let document = match &args.cancel {
        Some(id) => called_off(id, args.reason.as_deref(), session).await?,
        None => document(args, session)?,
    };
    let sentence = sentence(&document, session);
    let options = CommandOptions {
        request_id: Uuid::new_v4().to_string(),
        expected_version: String::new(),
        validate_only: dry_run,
    };
    let id = document.id.clone();
    let documents = vec![Document { document: Some(Kind::Override(document)) }];
    let request = ApplyRequest { documents, options: Some(options) };
    let done = session.api.apply(request).await.context("apply the override")?;
    if !done.mistakes.is_empty() {
        return Err(refused(&done));
    }
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let prefix = if dry_run { "would: " } else { "" };
            let unchanged = done.documents.iter().all(|document| document.change() == Change::Unchanged);
            let again = if unchanged { " (so already)" } else { "" };
            out.line(&clean(&format!("{prefix}{sentence}{again}")))?;
            out.flush()?;
            say(&format!("override {id}; `davy oncall override --cancel {id}` calls it off"));
        }
        Format::Json | Format::Ndjson => out.line(&json::to_string(&done)?)?,
    }
    Ok(())
}

fn document(args: OverrideArgs, session: &Session) -> anyhow::Result<OverrideDocument> {
    let OverrideArgs { schedule, from, until, by, instead_of, reason, cancel: _, dry_run: _ } = args;
    let instant =
        |text: &str, edge| time::to_come(text, edge, session.now, &session.zone).map_err(Failure::usage);
    let schedule = schedule.unwrap_or_default();
    let from = from.as_deref().map_or(Ok(session.now), |from| instant(from, Edge::Begins))?;
    let until = until.as_deref().map_or(Ok(from), |until| instant(until, Edge::Ends))?;
    if until <= from {
        return Err(Failure::usage("the override ends before it begins"));
    }
    let (adds, removes) = (by.unwrap_or_default(), instead_of.unwrap_or_default());
    Ok(OverrideDocument {
        id: id(&schedule, from, if adds.is_empty() { &removes } else { &adds }),
        schedule,
        from: whole(from).to_string(),
        until: whole(until).to_string(),
        removes,
        adds,
        reason: reason.unwrap_or_default(),
        active: Some(true),
    })
}

/// The same document, no longer active.
async fn called_off(id: &str, reason: Option<&str>, session: &Session) -> anyhow::Result<OverrideDocument> {
    let name = Some(DocumentName { kind: DocumentKind::Override.into(), id: id.to_owned() });
    let found = session.api.get_document(GetDocumentRequest { name, read: None }).await;
    let found = found.with_context(|| format!("find the override {id}"))?;
    let Some(Kind::Override(mut document)) = found.document.and_then(|document| document.document) else {
        return Err(Failure::new(Exit::NotFound, format!("there is no override {id}")).into());
    };
    document.active = Some(false);
    if let Some(reason) = reason {
        document.reason = reason.to_owned();
    }
    Ok(document)
}

/// What it is called: what cannot stand in an id becomes a hyphen.
fn id(schedule: &str, from: Timestamp, person: &str) -> String {
    let at: String = whole(from).to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let said = format!("{schedule}-{at}-{person}").to_ascii_lowercase();
    let id: String = said
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(64)
        .collect();
    id.trim_end_matches('-').to_owned()
}

/// Without parts of a second.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn sentence(document: &OverrideDocument, session: &Session) -> String {
    let OverrideDocument { id: _, schedule, from, until, removes, adds, reason: _, active } = document;
    let shown = |text: &str| {
        let at = to_come(text, Edge::Begins, session).ok();
        at.map_or_else(|| text.to_owned(), |at| session.out.time(Some(&at)))
    };
    let (from, until) = (shown(from), shown(until));
    let what = match (adds.is_empty(), removes.is_empty()) {
        (false, false) => format!("{adds} is on call instead of {removes}"),
        (false, true) => format!("{adds} is on call too"),
        (true, _) => format!("{removes} is not on call"),
    };
    let off = if *active == Some(false) { "called off: " } else { "" };
    format!("{off}by {schedule}, {what} from {from} until {until}")
}

/// What Davy finds wrong with it, in one report.
fn refused(answer: &ApplyResponse) -> anyhow::Error {
    let mistakes =
        answer.mistakes.iter().map(|mistake| format!("{}: {}", mistake.member, mistake.description));
    let mistakes = mistakes.collect::<Vec<_>>().join("\n  ");
    Failure::new(Exit::Refused, format!("apply the override: nothing was changed\n  {mistakes}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_from_what_it_says_and_is_one() {
        let from: Timestamp = "2026-12-24T18:00:00.25Z".parse().unwrap();
        assert_eq!(id("support", from, "noa"), "support-20261224t180000z-noa");
        let long = id("support", from, &"Ä.".repeat(60));
        assert!(
            long.len() <= 64 && long.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{long}"
        );
    }
}
