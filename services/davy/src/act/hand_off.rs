//! `davy hand-off` and `davy accept`: to another department, and taken there.

use clap::Args;
use proto::v1::{AcceptHandOffRequest, NextAction, OfferHandOffRequest, Person, WithdrawHandOffRequest};

use super::{ActArgs, Told, due, issue, owner, person, print, words};
use crate::{exit::Failure, session::Session};

#[derive(Debug, Args)]
pub(crate) struct HandOffArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// To which department, and maybe team of it
    #[arg(long, value_name = "DEPARTMENT[/TEAM]", required_unless_present = "withdraw")]
    to: Option<String>,
    /// To which of its people
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person)]
    person: Option<Person>,
    /// What it is about
    #[arg(long, value_name = "TEXT", default_value = "")]
    summary: String,
    /// What was done so far
    #[arg(long = "done", value_name = "TEXT", default_value = "")]
    done_so_far: String,
    /// What comes next, and maybe by when: "Check the log @ 2d"; may be given several times
    #[arg(long, value_name = "TEXT[ @ TIME]")]
    next: Vec<String>,
    /// What the customer was promised; may be given several times
    #[arg(long, value_name = "TEXT")]
    promised: Vec<String>,
    /// What may go wrong
    #[arg(long, value_name = "TEXT", default_value = "")]
    risks: String,
    /// What the department asks for; may be given several times
    #[arg(long = "field", value_name = "NAME=TEXT")]
    fields: Vec<String>,
    /// Take the open offer back, for this reason
    #[arg(long, value_name = "REASON", conflicts_with = "to")]
    withdraw: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(args: HandOffArgs, session: &mut Session) -> anyhow::Result<()> {
    if let Some(reason) = args.withdraw {
        return withdraw(args.issue, reason, &args.act, session).await;
    }
    let name = args.issue;
    let to = args.to.unwrap_or_default();
    let (department, team) = to.split_once('/').unwrap_or((&to, ""));
    let next_actions =
        args.next.iter().map(|text| next_action(text, session)).collect::<anyhow::Result<_>>()?;
    let field = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{text}` is no field; write it as name=text")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    let request = OfferHandOffRequest {
        issue: issue(&name)?,
        to_department: department.to_owned(),
        to_team: team.to_owned(),
        to_person: args.person,
        summary: args.summary,
        done_so_far: args.done_so_far,
        next_actions,
        promises: args.promised,
        risks: args.risks,
        fields: args.fields.iter().map(field).collect::<anyhow::Result<_>>()?,
        options: args.act.options(),
    };
    let answer = session.api.offer_hand_off(request).await;
    print(
        answer,
        &format!("hand {name} off"),
        |answer| {
            let result = answer.result.as_ref();
            let sentence = format!(
                "{name} is offered to {to}; {} stays accountable until it is accepted",
                owner(result)
            );
            (result, Told::new(sentence).next(format!("davy issues watch {name}")))
        },
        session,
    )
}

fn next_action(text: &str, session: &Session) -> anyhow::Result<NextAction> {
    let Some((what, when)) = text.rsplit_once(" @ ") else {
        return Ok(NextAction { what: text.to_owned(), due: None });
    };
    Ok(NextAction { what: what.to_owned(), due: due(when, session)? })
}

async fn withdraw(name: String, reason: String, act: &ActArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = WithdrawHandOffRequest { issue: issue(&name)?, reason, options: act.options() };
    let answer = session.api.withdraw_hand_off(request).await;
    print(
        answer,
        &format!("withdraw the hand-off of {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (result, Told::new(format!("{name} is offered no longer; {} owns it", owner(result))))
        },
        session,
    )
}

#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Say back what it is about and what you do next: for severity 1 and 2, and where the offer lacks something
    #[arg(value_name = "READ-BACK")]
    read_back: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn accept(args: AcceptArgs, session: &mut Session) -> anyhow::Result<()> {
    let AcceptArgs { issue: name, read_back, act } = args;
    let read_back = if read_back.is_empty() { String::new() } else { words(&read_back)? };
    let request = AcceptHandOffRequest { issue: issue(&name)?, read_back, options: act.options() };
    let answer = session.api.accept_hand_off(request).await;
    print(
        answer,
        &format!("accept {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (
                result,
                Told::new(format!("you own {name} now: {}", owner(result)))
                    .next(format!("davy issues get {name}")),
            )
        },
        session,
    )
}
