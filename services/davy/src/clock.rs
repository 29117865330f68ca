//! `davy clock`: the clocks of an issue, or that of a customer: when each began, what moved its deadline, and how it ended.

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{Clock, ExplainClockRequest, ExplainedClock};

use crate::{
    act,
    cli::{Format, examples},
    output::{Out, clean, say},
    read,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ClockArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE", required_unless_present = "customer", conflicts_with = "customer")]
    issue: Option<String>,
    /// The clock of a customer instead: token such as crm:4711, or customer id
    #[arg(long, value_name = "TOKEN|ID")]
    customer: Option<String>,
    /// Only this clock
    #[arg(long, value_parser = ["own", "ack", "update", "resolve", "handoff_accept", "assist_answer", "promise", "deferral", "orphan", "silence"])]
    kind: Option<String>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

pub(crate) fn help() -> String {
    examples(
        "  davy clock zendesk:55\n  davy clock zendesk:55 --kind ack -o json\n  davy clock --customer crm:4711",
    )
}

/// `davy clock`
pub(crate) async fn run(args: ClockArgs, session: &mut Session) -> anyhow::Result<()> {
    let ClockArgs { issue, customer, kind, min_position } = args;
    let about = issue.clone().or_else(|| customer.clone()).unwrap_or_default();
    let request = ExplainClockRequest {
        issue: match &issue {
            Some(issue) => act::issue(issue)?,
            None => None,
        },
        customer: customer.map(|customer| read::customer(&customer)).transpose()?.unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        min_position: min_position.unwrap_or_default(),
    };
    let found = session.api.explain_clock(request).await;
    let found = found.with_context(|| format!("explain the clocks of {about}"))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let lines: Vec<_> = found.clocks.iter().flat_map(|clock| explained(clock, out)).collect();
            for line in lines {
                out.line(&clean(&line))?;
            }
            if found.clocks.is_empty() {
                out.flush()?;
                say("no clock runs, and none did");
            }
        }
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => {
            for clock in &found.clocks {
                out.line(&json::to_string(clock)?)?;
            }
        }
    }
    Ok(out.state(found.read_state.as_ref(), "")?)
}

/// A clock on a line, and why it is so on lines below it.
fn explained(explained: &ExplainedClock, out: &Out) -> Vec<String> {
    let ExplainedClock { clock, outcome, ended_at, because, calendar } = explained;
    let clock = clock.clone().unwrap_or_default();
    let ended = ended_at.as_ref().map(|at| format!(" at {}", out.time(Some(at)))).unwrap_or_default();
    let calendar = if calendar.is_empty() { String::new() } else { format!(", by the calendar {calendar}") };
    let outcome = outcome.replace('_', " ");
    let mut lines = vec![format!("{} [{outcome}{ended}{calendar}]", sentence(&clock, out))];
    lines.extend(because.iter().map(|why| format!("  {why}")));
    lines
}

/// Which clock, who owes the act, and by when.
pub(crate) fn sentence(clock: &Clock, out: &Out) -> String {
    let Clock {
        kind, item, department, started_at, limit, policy, deadline, paused_since, breached_at, ..
    } = clock;
    let item = if item.is_empty() { String::new() } else { format!(" {item}") };
    let limit = match (limit.as_str(), policy.as_str()) {
        ("", _) => String::new(),
        (limit, "") => format!(" ({limit})"),
        (limit, policy) => format!(" ({limit} by the policy {policy})"),
    };
    let stands = match (deadline, paused_since, breached_at) {
        (_, _, Some(at)) => format!("overdue since {}", out.time(Some(at))),
        (_, Some(since), None) => format!("paused since {}", out.time(Some(since))),
        (Some(deadline), None, None) => format!("due {}", out.time(Some(deadline))),
        (None, None, None) => "without a deadline".to_owned(),
    };
    format!("{kind}{item} of {department}, since {}: {stands}{limit}", out.time(started_at.as_ref()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_clock_says_what_is_owed_by_when_and_why() {
        let at = |seconds: i64| Some(prost_types::Timestamp { seconds: 1_772_445_600 + seconds, nanos: 0 });
        let clock = Clock {
            kind: "ack".into(),
            department: "support".into(),
            started_at: at(0),
            limit: "1h".into(),
            policy: "default".into(),
            deadline: at(3_600),
            breached_at: at(3_600),
            ..Clock::default()
        };
        let it = ExplainedClock {
            clock: Some(clock),
            outcome: "met_late".into(),
            ended_at: at(4_000),
            because: vec!["began with the report /zendesk/z-1".into()],
            calendar: "office".into(),
        };
        let out = Out::to(std::io::sink(), Format::Table, None);
        expect![[r#"
            ack of support, since 2026-03-02 10:00:00+00:00: overdue since 2026-03-02 11:00:00+00:00 (1h by the policy default) [met late at 2026-03-02 11:06:40+00:00, by the calendar office]
              began with the report /zendesk/z-1
        "#]]
        .assert_eq(&format!("{}\n", explained(&it, &out).join("\n")));
    }
}
