//! `davy link`, `davy correct`, `davy reference`: what belongs together, and whose it is.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use proto::v1::{
    AddReferenceRequest, CorrectCustomerRequest, GetIssueRequest, IssueName, LinkIssuesRequest, LinkKind,
    Reference, UnlinkIssuesRequest, issue_name::Name,
};

use super::{ActArgs, Told, issue, print};
use crate::{exit::Failure, read::customer, session::Session};

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// How it belongs with the other
    #[arg(value_enum, value_name = "HOW")]
    kind: LinkWord,
    /// The other issue
    #[arg(value_name = "OTHER")]
    other: String,
    /// Take the link away
    #[arg(long)]
    remove: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinkWord {
    DuplicateOf,
    RecurrenceOf,
    RelatedTo,
    DistinctFrom,
    BlockedBy,
}

impl LinkWord {
    const fn kind(self) -> LinkKind {
        match self {
            Self::DuplicateOf => LinkKind::DuplicateOf,
            Self::RecurrenceOf => LinkKind::RecurrenceOf,
            Self::RelatedTo => LinkKind::Related,
            Self::DistinctFrom => LinkKind::Distinct,
            Self::BlockedBy => LinkKind::BlockedBy,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::DuplicateOf => "a duplicate of",
            Self::RecurrenceOf => "a recurrence of",
            Self::RelatedTo => "related to",
            Self::DistinctFrom => "distinct from",
            Self::BlockedBy => "blocked by",
        }
    }
}

pub(super) async fn run(args: LinkArgs, session: &mut Session) -> anyhow::Result<()> {
    let LinkArgs { issue: name, kind, other, remove, note, act } = args;
    let (how, kind) = (kind.words(), kind.kind().into());
    let (named, with, options) = (issue(&name)?, issue(&other)?, act.options());
    if remove {
        let request = UnlinkIssuesRequest { issue: named, kind, other: with, note, options };
        let answer = session.api.unlink_issues(request).await;
        let told = Told::new(format!("{name} is {how} {other} no longer"));
        return print(answer, &format!("unlink {name}"), |answer| (answer.result.as_ref(), told), session);
    }
    let request = LinkIssuesRequest { issue: named, kind, other: with, note, options };
    let answer = session.api.link_issues(request).await;
    let told = Told::new(format!("{name} is {how} {other}"));
    print(answer, &format!("link {name}"), |answer| (answer.result.as_ref(), told), session)
}

#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Whose it is: a token such as crm:4712
    #[arg(long, value_name = "TOKEN")]
    customer: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn correct(args: CorrectArgs, session: &mut Session) -> anyhow::Result<()> {
    let CorrectArgs { issue: name, customer: of, reason, act } = args;
    let request = CorrectCustomerRequest {
        issue: issue(&name)?,
        customer: customer(&of)?,
        customer_as_reported: None,
        reason,
        options: act.options(),
    };
    let answer = session.api.correct_customer(request).await;
    let told = Told::new(format!("{name} is an issue of {of}"));
    print(
        answer,
        &format!("correct the customer of {name}"),
        |answer| (answer.result.as_ref(), told),
        session,
    )
}

#[derive(Debug, Args)]
pub(crate) struct ReferenceArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What another tool calls it: <system>:<id>; or the Davy id of an issue that is the same matter
    #[arg(value_name = "SYSTEM:ID")]
    reference: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn reference_of(args: ReferenceArgs, session: &mut Session) -> anyhow::Result<()> {
    let ReferenceArgs { issue: name, reference: text, act } = args;
    let named = match issue(&text)?.and_then(|other| other.name) {
        Some(Name::Id(id)) => own_reference(&id, session).await?,
        Some(Name::Reference(named)) => named,
        None => return Err(Failure::usage(format!("`{text}` names nothing"))),
    };
    let request =
        AddReferenceRequest { issue: issue(&name)?, reference: Some(named), options: act.options() };
    let answer = session.api.add_reference(request).await;
    let told = Told::new(format!("{name} and {text} are one issue"));
    print(answer, &format!("add a reference to {name}"), |answer| (answer.result.as_ref(), told), session)
}

/// The reference that gave the issue its id, rather than that of an issue which is part of it.
async fn own_reference(id: &str, session: &Session) -> anyhow::Result<Reference> {
    let get = async |name| {
        let request = GetIssueRequest { issue: Some(IssueName { name: Some(name) }), read: None };
        session.api.get_issue(request).await.with_context(|| format!("find the references of {id}"))
    };
    let whole = get(Name::Id(id.to_owned())).await?.issue.unwrap_or_default();
    for reference in whole.references {
        if get(Name::Reference(reference.clone())).await?.redirected_from.is_empty() {
            return Ok(reference);
        }
    }
    Err(Failure::usage(format!("{id} has no reference; name the issues the other way round")))
}
