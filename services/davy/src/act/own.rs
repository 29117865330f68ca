//! `davy take`, `davy ack`, `davy assign`, `davy decline`: who answers for it, and who told the customer so.

use clap::{Args, ValueEnum};
use proto::v1::{
    AcceptIssueRequest, AcknowledgeIssueRequest, AssignIssueRequest, BatchAcceptIssuesRequest,
    BatchAcknowledgeIssuesRequest, DeclineHandOffRequest, DeclineIssueRequest, GetIssueRequest, Person,
    decline_hand_off_request::ReasonCode,
};

use super::{ActArgs, Told, batch, due, issue, owner, person, print, refused};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct TakeArgs {
    /// Davy id, or <system>:<id> such as zendesk:55; several are taken at once
    #[arg(value_name = "ISSUE", required = true)]
    issues: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn take(args: TakeArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = |name: &String| Ok(AcceptIssueRequest { issue: issue(name)?, options: args.act.options() });
    if let [name] = args.issues.as_slice() {
        let answer = session.api.accept_issue(request(name)?).await;
        let told = |who: String| Told::new(format!("you own {name} now: {who}"));
        return print(
            answer,
            &format!("take {name}"),
            |answer| {
                let result = answer.result.as_ref();
                let told = told(owner(result));
                let acknowledged = result
                    .and_then(|result| result.issue.as_ref())
                    .is_some_and(|issue| issue.acknowledged.is_some());
                (
                    result,
                    if acknowledged {
                        told
                    } else {
                        told.next(format!("tell the customer, then davy ack {name} --by mail"))
                    },
                )
            },
            session,
        );
    }
    let requests = args.issues.iter().map(request).collect::<anyhow::Result<_>>()?;
    let done = session.api.batch_accept_issues(BatchAcceptIssuesRequest { requests }).await;
    let done = done.map_err(|error| refused(error, "take"))?;
    batch::print(&args.issues, &done, &done.outcomes, "taken", session)
}

#[derive(Debug, Args)]
pub(crate) struct AckArgs {
    /// Davy id, or <system>:<id> such as zendesk:55; several are acknowledged at once
    #[arg(value_name = "ISSUE", required = true)]
    issues: Vec<String>,
    /// How the customer was told: mail, phone, visit, ...
    #[arg(long = "by", value_name = "CHANNEL")]
    channel: Option<String>,
    /// Who was told
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// What was said
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// When they hear of it again, such as 2d or 16:00: becomes a promise
    #[arg(long, value_name = "TIME")]
    next: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn acknowledge(args: AckArgs, session: &mut Session) -> anyhow::Result<()> {
    let next_update_due = match &args.next {
        Some(text) => due(text, session)?,
        None => None,
    };
    let request = |name: &String| {
        Ok(AcknowledgeIssueRequest {
            issue: issue(name)?,
            channel: args.channel.clone().unwrap_or_default(),
            to: args.to.clone().unwrap_or_default(),
            summary: args.summary.clone().unwrap_or_default(),
            next_update_due,
            options: args.act.options(),
        })
    };
    if let [name] = args.issues.as_slice() {
        let answer = session.api.acknowledge_issue(request(name)?).await;
        return print(
            answer,
            &format!("acknowledge {name}"),
            |answer| {
                let result = answer.result.as_ref();
                let sentence = format!("{name} is acknowledged; {} owns it", owner(result));
                (
                    result,
                    Told::new(sentence).next(format!(
                        "davy promise {name} \"...\" --due 2d, or davy hand-off {name} --to ..."
                    )),
                )
            },
            session,
        );
    }
    let requests = args.issues.iter().map(request).collect::<anyhow::Result<_>>()?;
    let done = session.api.batch_acknowledge_issues(BatchAcknowledgeIssuesRequest { requests }).await;
    let done = done.map_err(|error| refused(error, "acknowledge"))?;
    batch::print(&args.issues, &done, &done.outcomes, "acknowledged", session)
}

#[derive(Debug, Args)]
pub(crate) struct AssignArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// To this department; unchanged unless given
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// To this team
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// To this person
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person, required_unless_present_any = ["department", "team"])]
    person: Option<Person>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn assign(args: AssignArgs, session: &mut Session) -> anyhow::Result<()> {
    let AssignArgs { issue: name, department, team, person, reason, act } = args;
    let request = AssignIssueRequest {
        issue: issue(&name)?,
        department: department.unwrap_or_default(),
        team: team.unwrap_or_default(),
        person,
        reason,
        options: act.options(),
    };
    let answer = session.api.assign_issue(request).await;
    print(
        answer,
        &format!("assign {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (result, Told::new(format!("{} owns {name} now", owner(result))))
        },
        session,
    )
}

#[derive(Debug, Args)]
pub(crate) struct DeclineArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Why, in a word, for a hand-off
    #[arg(long, value_enum, default_value = "no-capacity")]
    code: CodeWord,
    /// What is missing, for missing-info
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    missing: Vec<String>,
    /// Who should be asked instead, for wrong-department
    #[arg(long, value_name = "DEPARTMENT")]
    instead: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CodeWord {
    WrongDepartment,
    MissingInfo,
    NoCapacity,
    NotIssue,
}

impl From<CodeWord> for ReasonCode {
    fn from(word: CodeWord) -> Self {
        match word {
            CodeWord::WrongDepartment => Self::WrongDepartment,
            CodeWord::MissingInfo => Self::MissingInfo,
            CodeWord::NoCapacity => Self::NoCapacity,
            CodeWord::NotIssue => Self::NotIssue,
        }
    }
}

/// An offer is answered if one is open; else the issue goes back to its desk.
pub(super) async fn decline(args: DeclineArgs, session: &mut Session) -> anyhow::Result<()> {
    let name = args.issue.clone();
    let found = session.api.get_issue(GetIssueRequest { issue: issue(&name)?, read: None }).await;
    let found = found.map_err(|error| refused(error, &format!("decline {name}")))?;
    if found.issue.is_some_and(|issue| issue.offered_to.is_some()) {
        return decline_offer(args, session).await;
    }
    let request =
        DeclineIssueRequest { issue: issue(&name)?, reason: args.reason, options: args.act.options() };
    let answer = session.api.decline_issue(request).await;
    print(
        answer,
        &format!("decline {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (result, Told::new(format!("{name} is back: {} owns it", owner(result))))
        },
        session,
    )
}

async fn decline_offer(args: DeclineArgs, session: &mut Session) -> anyhow::Result<()> {
    let DeclineArgs { issue: name, reason, code, missing, instead, act } = args;
    let request = DeclineHandOffRequest {
        issue: issue(&name)?,
        reason_code: ReasonCode::from(code).into(),
        missing,
        suggested_department: instead.unwrap_or_default(),
        reason,
        options: act.options(),
    };
    let answer = session.api.decline_hand_off(request).await;
    print(
        answer,
        &format!("decline {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (
                result,
                Told::new(format!("the hand-off of {name} is declined; {} owns it still", owner(result))),
            )
        },
        session,
    )
}
