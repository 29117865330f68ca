//! `davy retract`: events that should never have been are struck out.

use anyhow::Context as _;
use clap::{Args, builder::NonEmptyStringValueParser};
use client::{issue_name, json};
use proto::v1::{
    EventIdentity, EventRef, RetractEventsRequest, RetractEventsResponse, RetractOutcome,
    event_identity::Scope, event_ref, retract_outcome::Outcome,
};

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::{Column, Line, Look, Out, Table},
    read::customer,
    session::Session,
};

/// As many as one call takes.
const MOST: usize = 100;

#[derive(Debug, Args)]
pub(crate) struct RetractArgs {
    /// Where the events stand, as `davy timeline` prints it, such as 0-18446; at most 100
    #[arg(value_name = "POSITION", required_unless_present = "source", conflicts_with_all = ["source", "id", "scope"])]
    positions: Vec<String>,
    /// Retract the event with --id of this source
    #[arg(long, value_name = "URI", requires = "id")]
    source: Option<String>,
    /// Its id in --source
    #[arg(long, requires = "source", requires = "scope")]
    id: Option<String>,
    /// The issue that the event names: Davy id, or <system>:<percent-encoded id>
    #[arg(long, group = "scope", value_name = "ID|SYSTEM:ID", requires = "id")]
    issue: Option<String>,
    /// The customer of an event that names no issue
    #[arg(long, group = "scope", value_name = "TOKEN|ID", requires = "id")]
    customer: Option<String>,
    /// Why
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
    /// Also the events of other departments
    #[arg(long)]
    admin: bool,
}

pub(crate) fn help() -> String {
    examples(
        "  davy retract 0-18446 --as support --reason \"wrong customer\"
  davy retract 0-17 0-18 0-19 --as sales/crm:ana --reason duplicate
  davy retract --source /zendesk --id z-4 --issue zendesk:55 --as support --reason test
  davy retract 0-17 --as operations --admin --reason test

A retracted event is shown struck out, and folded as if it had never been. DAVY_AS stands in for --as.",
    )
}

/// `davy retract`
pub(crate) async fn run(args: RetractArgs, session: &mut Session) -> anyhow::Result<()> {
    let events = args.events()?;
    let RetractArgs { reason, admin, .. } = args;
    let names: Vec<_> = events.iter().map(name).collect();
    let request = RetractEventsRequest { events, reason, by: session.by(), as_admin: admin };
    let done = session.api.retract_events(request).await.context("retract")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&names, &done, out)?,
        Format::Json => out.line(&json::to_string(&done)?)?,
        Format::Ndjson => {
            for outcome in &done.outcomes {
                out.line(&json::to_string(outcome)?)?;
            }
        }
    }
    out.state(done.read_state.as_ref(), "")?;
    let rejected = |outcome: &&RetractOutcome| matches!(outcome.outcome, Some(Outcome::Rejected(_)) | None);
    match done.outcomes.iter().filter(rejected).count() {
        0 => Ok(()),
        some => Err(Failure::new(Exit::Refused, format!("{some} of {} not retracted", names.len())).into()),
    }
}

impl RetractArgs {
    fn events(&self) -> anyhow::Result<Vec<EventRef>> {
        if self.positions.len() > MOST {
            return Err(Failure::usage(format!("retract at most {MOST} events at once")));
        }
        let by = |event| EventRef { event: Some(event) };
        let (Some(source), Some(id)) = (&self.source, &self.id) else {
            let positions = self.positions.iter().cloned();
            return Ok(positions.map(event_ref::Event::Position).map(by).collect());
        };
        let scope = match (&self.issue, &self.customer) {
            (Some(issue), _) => {
                Scope::Issue(issue_name(issue).map_err(|error| Failure::usage(error.to_string()))?)
            }
            (None, named) => Scope::Customer(customer(named.as_deref().unwrap_or("_"))?),
        };
        let identity = EventIdentity { source: source.clone(), id: id.clone(), scope: Some(scope) };
        Ok(vec![by(event_ref::Event::Identity(identity))])
    }
}

fn name(event: &EventRef) -> String {
    match &event.event {
        Some(event_ref::Event::Position(position)) => position.clone(),
        Some(event_ref::Event::Identity(identity)) => format!("{}/{}", identity.source, identity.id),
        None => String::new(),
    }
}

const COLUMNS: &[Column] = &[Column::new("EVENT", 8, 60), Column::new("OUTCOME", 10, 200)];

fn show(names: &[String], done: &RetractEventsResponse, out: &mut Out) -> anyhow::Result<()> {
    let rows: Vec<_> = names.iter().zip(&done.outcomes).map(|(name, outcome)| row(name, outcome)).collect();
    for line in Table::new(COLUMNS, out.width, out.color).page(&rows) {
        out.line(&line)?;
    }
    Ok(())
}

fn row(name: &str, outcome: &RetractOutcome) -> Line {
    let (text, look) = match &outcome.outcome {
        Some(Outcome::Position(position)) => (format!("retracted, by the event at {position}"), Look::Plain),
        Some(Outcome::AlreadyRetractedBy(position)) => {
            (format!("was retracted already, by the event at {position}"), Look::Faint)
        }
        Some(Outcome::Rejected(why)) => {
            (format!("NOT retracted: {}: {}", why.reason, why.detail), Look::Alarm)
        }
        None => ("NOT retracted: no answer".to_owned(), Look::Alarm),
    };
    Line { cells: vec![name.to_owned(), text], look }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn events(line: &str) -> Result<Vec<String>, clap::error::ErrorKind> {
        let cli = Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind())?;
        let Some(Command::Retract(args)) = cli.command else { panic!("not retract") };
        Ok(args.events().unwrap().iter().map(name).collect())
    }

    #[test]
    fn events_are_named_by_where_they_stand_or_by_what_they_are_called() {
        let ok = |line: &str| events(line).unwrap();
        assert_eq!(ok("davy retract 0-17 0-18 --as sales --reason x"), ["0-17", "0-18"]);
        for scope in ["--issue zendesk:55", "--customer crm:4711"] {
            let line = format!("davy retract --source /z --id z-4 {scope} --as sales --reason x");
            assert_eq!(ok(&line), ["/z/z-4"]);
        }
        for line in [
            "davy retract --as sales --reason x",
            "davy retract 0-17 --as sales",
            "davy retract 0-17 --source /z --id z-4 --issue zendesk:55 --as sales --reason x",
            "davy retract --source /z --id z-4 --as sales --reason x",
            "davy retract 0-17 --issue zendesk:55 --as sales --reason x",
        ] {
            assert!(events(line).is_err(), "{line}");
        }
    }
}
