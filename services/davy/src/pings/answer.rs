//! `davy pings ack`, `resend`, `escalate` and `snooze`: what people say to a ping.

use anyhow::Context as _;
use clap::Args;
use client::{ApiError, Code};
use proto::v1::{
    AcknowledgePingRequest, AcknowledgePingResponse, EscalateNowRequest, ExplainPingRequest, IssueName, Ping,
    SnoozeRequest, acknowledge_ping_request, explain_ping_request, issue_name::Name,
};

use super::{
    short,
    which::{self, Which},
};
use crate::{
    act::{self, ActArgs, Told},
    cli::examples,
    exit::{Exit, Failure, chain},
    output::say,
    session::Session,
    time,
};

#[derive(Debug, Args)]
pub(crate) struct AckArgs {
    /// Pings by id or its first letters, or issues such as zendesk:55: then what they are pinged for now
    #[arg(value_name = "PING|ISSUE", required = true)]
    which: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResendArgs {
    /// A ping, by id or its first letters
    #[arg(value_name = "PING")]
    ping: String,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EscalateArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Whose run; that of the owner's department unless given
    #[arg(long, value_name = "SLUG")]
    department: Option<String>,
    /// Refuse if the run is in another cycle by now
    #[arg(long, value_name = "N", requires = "step", value_parser = clap::value_parser!(u32).range(1..))]
    cycle: Option<u32>,
    /// Refuse if another step fired last; from 0
    #[arg(long, value_name = "N", requires = "cycle")]
    step: Option<u32>,
    /// Refuse if the steps began again since; from 0
    #[arg(long, value_name = "N", requires = "cycle")]
    pass: Option<u32>,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Debug, Args)]
#[group(id = "how_long", required = true, args = ["until", "span"])]
pub(crate) struct SnoozeArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Until then, such as 09:00 or "2026-12-24 09:00"
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// For so long, such as 2h
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "until", value_parser = time::duration)]
    span: Option<std::time::Duration>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Whose run; that of the owner's department unless given
    #[arg(long, value_name = "SLUG")]
    department: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) fn resend_help() -> String {
    examples(
        "  davy pings list --issue zendesk:55
  davy pings resend 03ef809f

A ping is sent once; if it failed for good, or nobody heard it, the run of its issue goes on at once with its next step, as
`davy pings escalate` has it. What is over is not asked again.",
    )
}

/// Answers each; those that can be answered are, whatever becomes of the others.
pub(super) async fn acknowledge(args: AckArgs, session: &mut Session) -> anyhow::Result<()> {
    let AckArgs { which, act } = args;
    let mut failed: Option<anyhow::Error> = None;
    for text in &which {
        let Err(error) = acknowledge_one(text, &act, session).await else { continue };
        if let Some(before) = failed.replace(error) {
            session.out.flush()?;
            say(&format!("error: {}", chain(&before)));
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn acknowledge_one(text: &str, act: &ActArgs, session: &mut Session) -> anyhow::Result<()> {
    let pings = match Which::read(text)? {
        Which::Beginning(beginning) => vec![which::begins(&beginning, &session.api).await?],
        Which::Issue(issue) => which::unanswered(issue, text, &session.api).await?,
        Which::Id(id) => match answer(&id, act, session).await {
            // Not a ping's, then an issue's.
            Err(error) if error.code == Code::NotFound => {
                let issue = IssueName { name: Some(Name::Id(id)) };
                which::unanswered(issue, text, &session.api).await?
            }
            answered => return print(answered, text, session),
        },
    };
    for ping in pings {
        let answered = answer(&ping, act, session).await;
        print(answered, text, session)?;
    }
    Ok(())
}

async fn answer(ping: &str, act: &ActArgs, session: &Session) -> Result<AcknowledgePingResponse, ApiError> {
    let which = Some(acknowledge_ping_request::Which::Ping(ping.to_owned()));
    session.api.acknowledge_ping(AcknowledgePingRequest { which, options: act.options() }).await
}

/// Says until when it is quiet, or why the answer changed nothing.
fn print(
    answered: Result<AcknowledgePingResponse, ApiError>,
    text: &str,
    session: &mut Session,
) -> anyhow::Result<()> {
    let shown = which::shown(text);
    act::print(
        answered,
        &format!("answer {shown}"),
        |answered| {
            let now = if answered.now.is_empty() { "answered" } else { &answered.now };
            (answered.result.as_ref(), Told::new(format!("{shown}: {now}")))
        },
        session,
    )
}

/// A ping is never sent twice: its run goes on instead.
pub(super) async fn resend(args: ResendArgs, session: &mut Session) -> anyhow::Result<()> {
    let ResendArgs { ping, act } = args;
    let id = match Which::read(&ping)? {
        Which::Id(id) => id,
        Which::Beginning(beginning) => which::begins(&beginning, &session.api).await?,
        Which::Issue(_) => {
            let text =
                format!("`{ping}` is an issue; `davy pings escalate {ping}` goes on with its next step");
            return Err(Failure::usage(text));
        }
    };
    let Ping { issue, department, cycle, .. } = told_of(&id, session).await?;
    if cycle == 0 {
        let text = format!(
            "the ping {} is of no run that could go on: it was a warning or a notice; nothing was sent",
            short(&id)
        );
        return Err(Failure::new(Exit::Refused, text).into());
    }
    let request = EscalateNowRequest {
        issue: Some(IssueName { name: Some(Name::Id(issue.clone())) }),
        department,
        options: act.options(),
        ..EscalateNowRequest::default()
    };
    let answer = session.api.escalate_now(request).await;
    let sentence = format!("asked again for what the ping {} asked: the next step fires now", short(&id));
    let told = Told::new(sentence).next(format!("davy pings list --issue {issue}"));
    act::print(answer, "ask again", |answer| (answer.result.as_ref(), told), session)
}

async fn told_of(id: &str, session: &Session) -> anyhow::Result<Ping> {
    let about = Some(explain_ping_request::About::Ping(id.to_owned()));
    let told = session.api.explain_ping(ExplainPingRequest { about }).await;
    let told = told.with_context(|| format!("find the ping {}", short(id)))?;
    let ping =
        told.explanations.into_iter().filter_map(|explained| explained.ping).find(|ping| ping.ping == id);
    ping.ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no ping {}", short(id))).into())
}

pub(super) async fn escalate(args: EscalateArgs, session: &mut Session) -> anyhow::Result<()> {
    let EscalateArgs { issue, department, cycle, step, pass, act } = args;
    let request = EscalateNowRequest {
        issue: act::issue(&issue)?,
        department: department.unwrap_or_default(),
        cycle: cycle.unwrap_or_default(),
        step: step.unwrap_or_default(),
        pass: pass.unwrap_or_default(),
        options: act.options(),
    };
    let answer = session.api.escalate_now(request).await;
    let told = Told::new(format!("the next step of {issue} fires now"));
    let told = told.next(format!("davy pings list --issue {issue}"));
    act::print(answer, &format!("escalate {issue}"), |answer| (answer.result.as_ref(), told), session)
}

pub(super) async fn snooze(args: SnoozeArgs, session: &mut Session) -> anyhow::Result<()> {
    let SnoozeArgs { issue, until, span, reason, department, act } = args;
    let until = match (until, span) {
        (Some(text), _) => act::due(&text, session)?,
        (None, span) => {
            let later = session.now.checked_add(span.unwrap_or_default());
            Some(time::to_proto(later.map_err(|_| Failure::usage("that is too long"))?))
        }
    };
    let request = SnoozeRequest {
        issue: act::issue(&issue)?,
        department: department.unwrap_or_default(),
        until,
        reason,
        options: act.options(),
    };
    let answer = session.api.snooze(request).await;
    let told = Told::new(format!("nobody is pinged for {issue} until {}", session.out.time(until.as_ref())));
    act::print(answer, &format!("snooze {issue}"), |answer| (answer.result.as_ref(), told), session)
}
