//! `davy policy simulate`: who would be pinged when, by which contact, and which targets would name nobody.

use anyhow::Context as _;
use clap::Args;
use client::json;
use jiff::Timestamp;
use proto::v1::{PingRecipient, Severity, SimulatePolicyRequest, SimulatePolicyResponse, SimulatedStep};

use super::show;
use crate::{
    act,
    cli::Format,
    exit::Failure,
    output::{Column, Line, Look, Out, Table, clean},
    pings,
    session::Session,
    time::{self, Edge},
    words,
};

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Whose policy
    #[arg(long, value_name = "SLUG", required_unless_present = "policy")]
    department: Option<String>,
    /// Or this policy, by its id
    #[arg(long, value_name = "ID", conflicts_with = "department")]
    policy: Option<String>,
    /// Of an issue of this severity
    #[arg(long, value_name = "1-4", value_parser = clap::value_parser!(i32).range(1..=4))]
    severity: i32,
    /// When the clock runs out: RFC 3339, local "2026-12-25 03:00", 03:00 (today) or 2d (from now); now unless given
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Take the owner, who heard it and the account owner from this issue
    #[arg(long, value_name = "ISSUE")]
    issue: Option<String>,
}

const COLUMNS: &[Column] = &[
    Column::new("WHEN", 25, 25),
    Column::new("AFTER", 5, 8),
    Column::new("STEP", 6, 24),
    Column::new("WHO", 6, 40),
    Column::new("BY", 6, 40),
];

pub(super) async fn run(args: SimulateArgs, session: &mut Session) -> anyhow::Result<()> {
    let SimulateArgs { department, policy, severity, at, issue } = args;
    let instant =
        |text: &str| time::to_come(text, Edge::Begins, session.now, &session.zone).map_err(Failure::usage);
    let begin = at.as_deref().map_or(Ok(session.now), instant)?;
    let request = SimulatePolicyRequest {
        department: department.unwrap_or_default(),
        policy: policy.unwrap_or_default(),
        severity,
        at: Some(time::to_proto(begin)),
        issue: issue.as_deref().map(act::issue).transpose()?.flatten(),
    };
    let found = session.api.simulate_policy(request).await.context("simulate the policy")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&found, begin, out)?,
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => {
            for step in &found.steps {
                out.line(&json::to_string(step)?)?;
            }
        }
    }
    Ok(out.state(found.read_state.as_ref(), &format!("by the policy {}; ", found.policy))?)
}

/// What the policy of a department would do now, for each severity.
pub(super) async fn every_severity(department: &str, session: &mut Session) -> anyhow::Result<()> {
    for severity in [Severity::Severity1, Severity::Severity2, Severity::Severity3, Severity::Severity4] {
        let request = SimulatePolicyRequest {
            department: department.to_owned(),
            severity: severity.into(),
            ..SimulatePolicyRequest::default()
        };
        let found = session.api.simulate_policy(request).await.context("simulate the policy")?;
        let now = session.now;
        let out = &mut session.out;
        match out.format {
            Format::Table => {
                out.line(&format!("severity {}", words::severity(severity.into())))?;
                show(&found, now, out)?;
            }
            Format::Json | Format::Ndjson => out.line(&json::to_string(&found)?)?,
        }
    }
    Ok(session.out.flush()?)
}

fn show(found: &SimulatePolicyResponse, begin: Timestamp, out: &mut Out) -> anyhow::Result<()> {
    let lines: Vec<_> = found.steps.iter().flat_map(|step| rows(step, begin, out)).collect();
    for line in Table::new(COLUMNS, out.width, out.color).page(&lines) {
        out.line(&line)?;
    }
    if let Some(text) = show::lease_text(&found.lease) {
        out.line(&clean(&text))?;
    }
    Ok(())
}

/// A row for each one who is pinged, and for each target that names nobody.
fn rows(step: &SimulatedStep, begin: Timestamp, out: &Out) -> Vec<Line> {
    let SimulatedStep { at, name, to, nobody } = step;
    let when = [out.time(at.as_ref()), pings::ahead(at.as_ref(), begin), name.clone()];
    let row =
        |who: String, by: String, look| Line { cells: when.iter().cloned().chain([who, by]).collect(), look };
    let pinged = to.iter().map(|PingRecipient { person, contact, channel }| {
        if channel.is_empty() {
            row(person.clone(), contact.clone(), Look::Plain)
        } else {
            row(format!("channel:{channel}"), "the pager".to_owned(), Look::Plain)
        }
    });
    let missed = nobody.iter().map(|target| row("NOBODY".to_owned(), target.clone(), Look::Alarm));
    let mut rows: Vec<_> = pinged.chain(missed).collect();
    if rows.is_empty() {
        rows.push(row("NOBODY".to_owned(), String::new(), Look::Alarm));
    }
    rows
}
