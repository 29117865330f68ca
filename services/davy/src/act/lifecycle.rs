//! `davy resolve`, `davy close`, `davy reopen`, `davy withdraw`, `davy reinstate`.

use clap::{Args, ValueEnum};
use proto::v1::{
    CloseIssueRequest, ReinstateIssueRequest, ReopenIssueRequest, ResolveIssueRequest, WithdrawIssueRequest,
    close_issue_request::Basis, resolve_issue_request::Kind,
};

use super::{ActArgs, Told, issue, owner, print};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What was done
    #[arg(long, value_name = "TEXT")]
    summary: String,
    /// How
    #[arg(long = "kind", value_enum, default_value = "fixed")]
    kind: KindWord,
    /// What it was
    #[arg(long, value_name = "TEXT", default_value = "")]
    root_cause: String,
    /// The customer was told; needed for wont-fix
    #[arg(long)]
    customer_told: bool,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindWord {
    Fixed,
    Workaround,
    NoFaultFound,
    WontFix,
    NoResponse,
    Goodwill,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Fixed => Self::Fixed,
            KindWord::Workaround => Self::Workaround,
            KindWord::NoFaultFound => Self::NoFaultFound,
            KindWord::WontFix => Self::WontFix,
            KindWord::NoResponse => Self::NoResponse,
            KindWord::Goodwill => Self::Goodwill,
        }
    }
}

pub(super) async fn resolve(args: ResolveArgs, session: &mut Session) -> anyhow::Result<()> {
    let ResolveArgs { issue: name, summary, kind, root_cause, customer_told, act } = args;
    let request = ResolveIssueRequest {
        issue: issue(&name)?,
        kind: Kind::from(kind).into(),
        summary,
        root_cause,
        customer_told,
        options: act.options(),
    };
    let answer = session.api.resolve_issue(request).await;
    let told = Told::new(format!("{name} is resolved"));
    let next = format!("davy close {name} --confirmed-by NAME, once the customer agrees");
    print(answer, &format!("resolve {name}"), |answer| (answer.result.as_ref(), told.next(next)), session)
}

#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Who at the customer's said that it is done
    #[arg(long, value_name = "NAME")]
    confirmed_by: Option<String>,
    /// The customer did not answer, asked so often: at least twice
    #[arg(
        long,
        value_name = "TIMES",
        required_unless_present = "confirmed_by",
        conflicts_with = "confirmed_by"
    )]
    unanswered: Option<i32>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn close(args: CloseArgs, session: &mut Session) -> anyhow::Result<()> {
    let CloseArgs { issue: name, confirmed_by, unanswered, act } = args;
    let basis = if confirmed_by.is_some() { Basis::Confirmed } else { Basis::Unanswered };
    let request = CloseIssueRequest {
        issue: issue(&name)?,
        basis: basis.into(),
        contact: confirmed_by.unwrap_or_default(),
        attempts: unanswered.unwrap_or_default(),
        options: act.options(),
    };
    let answer = session.api.close_issue(request).await;
    let told = Told::new(format!("{name} is closed"));
    print(answer, &format!("close {name}"), |answer| (answer.result.as_ref(), told), session)
}

#[derive(Debug, Args)]
pub(crate) struct ReopenArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The customer said so
    #[arg(long)]
    by_customer: bool,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn reopen(args: ReopenArgs, session: &mut Session) -> anyhow::Result<()> {
    let ReopenArgs { issue: name, reason, by_customer, act } = args;
    let request = ReopenIssueRequest { issue: issue(&name)?, reason, by_customer, options: act.options() };
    let answer = session.api.reopen_issue(request).await;
    print(
        answer,
        &format!("reopen {name}"),
        |answer| {
            let result = answer.result.as_ref();
            (result, Told::new(format!("{name} is open again; {} owns it", owner(result))))
        },
        session,
    )
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The contact in which the customer said so; not for a mistake of the last hour
    #[arg(long, value_name = "ID", default_value = "")]
    contact: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn withdraw(args: WithdrawArgs, session: &mut Session) -> anyhow::Result<()> {
    let WithdrawArgs { issue: name, reason, contact, act } = args;
    let request =
        WithdrawIssueRequest { issue: issue(&name)?, reason, contact_ref: contact, options: act.options() };
    let answer = session.api.withdraw_issue(request).await;
    let told = Told::new(format!("{name} is withdrawn"))
        .next(format!("davy reinstate {name} --reason ... undoes it"));
    print(answer, &format!("withdraw {name}"), |answer| (answer.result.as_ref(), told), session)
}

/// An issue and a reason.
#[derive(Debug, Args)]
pub(crate) struct ReasonArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn reinstate(args: ReasonArgs, session: &mut Session) -> anyhow::Result<()> {
    let ReasonArgs { issue: name, reason, act } = args;
    let request = ReinstateIssueRequest { issue: issue(&name)?, reason, options: act.options() };
    let answer = session.api.reinstate_issue(request).await;
    let told = Told::new(format!("{name} stands where it stood"));
    print(answer, &format!("reinstate {name}"), |answer| (answer.result.as_ref(), told), session)
}
