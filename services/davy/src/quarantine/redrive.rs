//! `davy quarantine redrive`: a message is read again, as it stands or corrected.

use std::{collections::HashMap, io::Read as _};

use anyhow::Context as _;
use clap::{Args, builder::NonEmptyStringValueParser};
use client::json;
use proto::v1::{EventMessage, EventOutcome, RedriveRequest, RedriveResponse};

use crate::{
    cli::{Format, examples},
    exit::Failure,
    output::Out,
    session::Session,
    words,
};

/// More than a message can hold is not read.
const BODY_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct RedriveArgs {
    /// Of the quarantined message, such as 0-12
    position: String,
    /// The subject that it should have had
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    subject: Option<String>,
    /// The body that it should have had: JSON, @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// A header that it should have had; with any, those of the message do not count
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
    /// Append nothing: say what would become of it
    #[arg(long)]
    check: bool,
}

pub(crate) fn help() -> String {
    examples(
        "  davy quarantine redrive 0-12 --check
  davy quarantine redrive 0-12 --subject davy.events.support.crm:4711.issue.progress_noted
  davy quarantine redrive 0-11 --data '{\"text\": \"Pump dead\"}' --reason \"body was cut off\"
  davy quarantine redrive 0-11 --data @fixed.json --header ce-id=z-9 --as field-service

What is not given stays as it was. A message that would end in quarantine again is refused, and nothing is appended.",
    )
}

/// `davy quarantine redrive`
pub(crate) async fn redrive(args: RedriveArgs, session: &mut Session) -> anyhow::Result<()> {
    let corrected = args.corrected()?;
    let RedriveArgs { position, reason, check, .. } = args;
    let request = RedriveRequest {
        position: position.clone(),
        corrected,
        reason,
        by: session.by(),
        validate_only: check,
    };
    let done = session.api.redrive(request).await.with_context(|| format!("redrive {position}"))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&position, &done, out)?,
        Format::Json | Format::Ndjson => out.line(&json::to_string(&done)?)?,
    }
    Ok(out.state(done.read_state.as_ref(), "")?)
}

impl RedriveArgs {
    /// Absent where it is to be read as it stands.
    fn corrected(&self) -> anyhow::Result<Option<EventMessage>> {
        if self.subject.is_none() && self.data.is_none() && self.headers.is_empty() {
            return Ok(None);
        }
        let body = self.data.as_deref().map(body).transpose()?.unwrap_or_default();
        let headers: HashMap<_, _> = self.headers.iter().cloned().collect();
        Ok(Some(EventMessage {
            subject: self.subject.clone().unwrap_or_default(),
            body: body.into(),
            headers,
        }))
    }
}

/// Sent as it is written, if it is JSON at all: another slip helps nobody.
fn body(text: &str) -> anyhow::Result<String> {
    let read = |from: &mut dyn std::io::Read| {
        let mut text = String::new();
        from.take(BODY_BYTES).read_to_string(&mut text).map(|_| text)
    };
    let text = match text.strip_prefix('@') {
        Some(path) => std::fs::File::open(path)
            .and_then(|mut file| read(&mut file))
            .with_context(|| format!("read the data in {path}"))?,
        None if text == "-" => read(&mut std::io::stdin().lock()).context("read the data from stdin")?,
        None => text.to_owned(),
    };
    let checked: Result<serde_json::Value, _> = serde_json::from_str(&text);
    checked.map_err(|error| Failure::usage(format!("the data is not JSON: {error}")))?;
    Ok(text)
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err("write it as NAME=VALUE".to_owned()),
    }
}

fn show(position: &str, done: &RedriveResponse, out: &mut Out) -> anyhow::Result<()> {
    let RedriveResponse { position: by, outcome, duplicate_of, event, read_state: _ } = done;
    let event = event.clone().unwrap_or_default();
    let verb = if by.is_empty() { "would be" } else { "is" };
    let outcome = match EventOutcome::try_from(*outcome).unwrap_or_default() {
        EventOutcome::Applied => "applied".to_owned(),
        EventOutcome::Unspecified => "settled".to_owned(),
        EventOutcome::Duplicate => format!("a duplicate of {duplicate_of}"),
        EventOutcome::NotApplied
        | EventOutcome::Unfolded
        | EventOutcome::Quarantined
        | EventOutcome::Retracted => words::outcome(done.outcome).to_owned(),
    };
    let issue = event.issue_id.as_str();
    Ok(out.fields(&[
        ("message", format!("{position} {verb} {outcome}")),
        ("by event", by.clone()),
        ("type", event.r#type.clone()),
        ("event", if event.id.is_empty() { String::new() } else { format!("{}/{}", event.source, event.id) }),
        ("department", event.department.clone()),
        ("customer", event.customer.clone()),
        ("issue", issue.to_owned()),
        ("time", event.time.as_ref().map(|time| out.time(Some(time))).unwrap_or_default()),
        ("anomalies", event.anomalies.join(", ")),
    ])?)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command, QuarantineCommand};

    fn corrected(args: &[&str]) -> Option<EventMessage> {
        let args = ["davy", "quarantine", "redrive", "0-12"].iter().chain(args);
        let command = Cli::try_parse_from(args).unwrap().command;
        let Some(Command::Quarantine { command: QuarantineCommand::Redrive(args) }) = command else {
            panic!("not redrive")
        };
        args.corrected().unwrap()
    }

    #[test]
    fn what_is_not_given_stays_as_it_was() {
        assert_eq!(corrected(&["--reason", "again"]), None);
        let message = corrected(&["--data", "{\"text\": \"Pump\"}", "--header", "ce-id=z=9"]).unwrap();
        assert_eq!((message.subject.as_str(), &*message.body), ("", "{\"text\": \"Pump\"}".as_bytes()));
        assert_eq!(message.headers["ce-id"], "z=9");
    }

    #[test]
    fn a_body_that_is_no_json_goes_nowhere() {
        assert!(body("{\"text\": ").is_err());
        assert!(body("@/no/such/file").is_err());
        assert!(header("no value").is_err() && header("=x").is_err());
    }
}
