//! `davy merge`, `davy unmerge` and `davy alias`: which ids are one customer's.

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use client::{
    ApiError,
    json::{self, Canonical},
};
use proto::v1::{
    AliasConfidence, AssertAliasRequest, CommandOptions, CustomerCommandResult, LeafKind,
    MergeCustomersRequest, RetractAliasRequest, UnmergeCustomersRequest,
};
use uuid::Uuid;

use crate::{
    act::refused,
    cli::{Format, examples},
    exit::Failure,
    output::{clean, say},
    read::customer,
    session::Session,
};

/// What every command about customers can be told.
#[derive(Clone, Debug, Args)]
struct TermsArgs {
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Name the intent: sent again with the same id, a command does nothing twice
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

impl TermsArgs {
    fn options(&self) -> Option<CommandOptions> {
        Some(CommandOptions {
            request_id: self.request_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string()),
            expected_version: String::new(),
            validate_only: self.dry_run,
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Who is no customer of their own afterwards: a token such as sap:99, or an id
    #[arg(value_name = "FROM")]
    from: String,
    /// Whom they are then
    #[arg(value_name = "INTO")]
    into: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    terms: TermsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UnmergeArgs {
    /// The customer: a token such as crm:4711, or an id
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// The merge's event, as `davy customers get` prints it; the only one unless given
    #[arg(long, value_name = "ID", default_value = "")]
    event: String,
    /// The tool that published that event; Davy itself unless given
    #[arg(long, value_name = "SOURCE", requires = "event", default_value = "")]
    source: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    terms: TermsArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AliasCommand {
    /// An id in a system is a customer's
    #[command(after_help = examples("  davy alias assert crm:4711 sap:99 --evidence V-7"))]
    Assert(AssertArgs),
    /// It is not, after all
    #[command(after_help = examples("  davy alias retract crm:4711 --reason \"a namesake\""))]
    Retract(UnmergeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AssertArgs {
    /// Whose it is: a token such as crm:4711, or an id
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// The id, such as sap:99 or mail:ana@example.org
    #[arg(value_name = "SYSTEM:ID")]
    leaf: String,
    /// What sort of id it is
    #[arg(long, value_enum, default_value = "account")]
    kind: KindWord,
    /// Only suggest it
    #[arg(long)]
    weak: bool,
    /// How one can tell
    #[arg(long, value_name = "TEXT", default_value = "")]
    evidence: String,
    #[command(flatten)]
    terms: TermsArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindWord {
    Account,
    ContactEmail,
    Phone,
    Site,
    Asset,
    Billing,
}

impl From<KindWord> for LeafKind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Account => Self::Account,
            KindWord::ContactEmail => Self::ContactEmail,
            KindWord::Phone => Self::Phone,
            KindWord::Site => Self::Site,
            KindWord::Asset => Self::Asset,
            KindWord::Billing => Self::Billing,
        }
    }
}

pub(crate) async fn merge(args: MergeArgs, session: &mut Session) -> anyhow::Result<()> {
    let MergeArgs { from, into, reason, terms } = args;
    let request = MergeCustomersRequest {
        from: customer(&from)?,
        into: customer(&into)?,
        reason,
        options: terms.options(),
    };
    let answer = session.api.merge_customers(request).await;
    let done = format!("{from} is one customer with {into}");
    let undo = format!("davy unmerge {into}");
    print(
        answer,
        &format!("merge {from} into {into}"),
        |answer| answer.result.as_ref(),
        &done,
        &undo,
        session,
    )
}

pub(crate) async fn unmerge(args: UnmergeArgs, session: &mut Session) -> anyhow::Result<()> {
    let UnmergeArgs { customer: name, event, source, reason, terms } = args;
    let customer = customer(&name)?;
    let request =
        UnmergeCustomersRequest { customer, event_id: event, source, reason, options: terms.options() };
    let answer = session.api.unmerge_customers(request).await;
    let done = format!("the merge of {name} is undone; ids of both lead to what they led to before");
    let next = format!("davy customers get {name}");
    print(answer, &format!("unmerge {name}"), |answer| answer.result.as_ref(), &done, &next, session)
}

pub(crate) async fn alias(command: AliasCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        AliasCommand::Assert(args) => assert(args, session).await,
        AliasCommand::Retract(args) => retract(args, session).await,
    }
}

async fn assert(args: AssertArgs, session: &mut Session) -> anyhow::Result<()> {
    let AssertArgs { customer: name, leaf, kind, weak, evidence, terms } = args;
    let confidence = if weak { AliasConfidence::Weak } else { AliasConfidence::Strong };
    let known = client::reference(&leaf).map_err(|error| Failure::usage(error.to_string()))?;
    let request = AssertAliasRequest {
        customer: customer(&name)?,
        leaf: Some(known),
        kind: LeafKind::from(kind).into(),
        confidence: confidence.into(),
        evidence,
        options: terms.options(),
    };
    let answer = session.api.assert_alias(request).await;
    let done =
        if weak { format!("{leaf} is suggested to be {name}'s") } else { format!("{leaf} is {name}'s") };
    let next =
        if weak { "davy customers suggestions".to_owned() } else { format!("davy customers get {name}") };
    let doing = format!("assert that {leaf} is {name}'s");
    print(answer, &doing, |answer| answer.result.as_ref(), &done, &next, session)
}

async fn retract(args: UnmergeArgs, session: &mut Session) -> anyhow::Result<()> {
    let UnmergeArgs { customer: name, event, source, reason, terms } = args;
    let customer = customer(&name)?;
    let request = RetractAliasRequest { customer, event_id: event, source, reason, options: terms.options() };
    let answer = session.api.retract_alias(request).await;
    let done = format!("an id of {name} is not theirs any more");
    let next = format!("davy customers get {name}");
    let doing = format!("retract an id of {name}");
    print(answer, &doing, |answer| answer.result.as_ref(), &done, &next, session)
}

/// What a command led to: a sentence, who the customer is now, and what is useful next.
fn print<R: Canonical>(
    answer: Result<R, ApiError>,
    doing: &str,
    result: impl FnOnce(&R) -> Option<&CustomerCommandResult>,
    done: &str,
    next: &str,
    session: &mut Session,
) -> anyhow::Result<()> {
    let answer = answer.map_err(|error| refused(error, doing))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let result = result(&answer).cloned().unwrap_or_default();
            let prefix = if result.position.is_empty() { "would: " } else { "" };
            let again = if result.repeated { " (done before)" } else { "" };
            out.line(&clean(&format!("{prefix}{done}{again}")))?;
            let known = result.customer.unwrap_or_default();
            let leaves: Vec<_> = known.leaves.iter().map(client::shown_reference).collect();
            out.line(&clean(&format!("  {} is known as {}", known.token, leaves.join(", "))))?;
            if !result.event_id.is_empty() {
                out.line(&clean(&format!("  event {}", result.event_id)))?;
            }
            out.state(result.read_state.as_ref(), "")?;
            say(&format!("next: {next}"));
        }
        Format::Json | Format::Ndjson => {
            out.line(&json::to_string(&answer).context("print the answer")?)?;
        }
    }
    Ok(())
}
