//! Commands: what a department does about a complaint. Each module types one noun; here is what they share.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::{
    ApiError, Code, issue_name,
    json::{self, Canonical},
};
use jiff::Timestamp;
use proto::v1::{CommandOptions, CommandResult, IssueName, Person};
use uuid::Uuid;

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::{clean, say},
    session::Session,
    time::{self, Edge},
};

mod assist;
mod batch;
mod contact;
mod defer;
mod hand_off;
mod lifecycle;
mod link;
mod mine;
mod note;
mod own;
mod promise;
mod report;
mod signal;
mod workaround;

pub(crate) use assist::AssistArgs;
pub(crate) use contact::ContactCommand;
pub(crate) use defer::DeferArgs;
pub(crate) use hand_off::{AcceptArgs, HandOffArgs};
pub(crate) use lifecycle::{CloseArgs, ReasonArgs, ReopenArgs, ResolveArgs, WithdrawArgs};
pub(crate) use link::{CorrectArgs, LinkArgs, ReferenceArgs};
pub(crate) use mine::MineArgs;
pub(crate) use note::{AskArgs, NoteArgs, SeverityArgs, UpdateArgs};
pub(crate) use own::{AckArgs, AssignArgs, DeclineArgs, TakeArgs};
pub(crate) use promise::PromiseArgs;
pub(crate) use report::ReportArgs;
pub(crate) use signal::SignalCommand;
pub(crate) use workaround::WorkaroundArgs;

/// What every command can be told.
#[derive(Clone, Debug, Args)]
pub(crate) struct ActArgs {
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Refuse if the issue changed since this position of it, as `davy issues get` prints it
    #[arg(long, value_name = "POSITION")]
    expect: Option<String>,
    /// Name the intent: sent again with the same id, a command does nothing twice
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

impl ActArgs {
    /// A request id of its own for each intent.
    pub(crate) fn options(&self) -> Option<CommandOptions> {
        Some(CommandOptions {
            request_id: self.request_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string()),
            expected_version: self.expect.clone().unwrap_or_default(),
            validate_only: self.dry_run,
        })
    }
}

/// Every subcommand that gives a command, and what is yours to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// What is yours to do: owned, offered, asked, promised
    #[command(after_help = examples("  davy mine\n  davy mine --all                     of your whole department\n  davy mine --orphaned                whose owner is gone\n  davy mine --kind offered,assist"))]
    Mine(MineArgs),
    /// Report a complaint
    #[command(after_help = examples("  davy report crm:4711 \"Pump resets every two hours since Friday\"\n  davy report crm:4711 \"Smoke from the cabinet\" --safety --channel phone\n  davy report _ \"Somebody called about a late delivery\""))]
    Report(Box<ReportArgs>),
    /// Take issues: you answer for them from now on
    #[command(after_help = examples("  davy take zendesk:55\n  davy take zendesk:55 zendesk:56"))]
    Take(TakeArgs),
    /// Record that you told the customer who owns the issue
    #[command(after_help = examples("  davy ack zendesk:55 --by phone --to \"Mr Chen\"\n  davy ack zendesk:55 --by mail --next 2d      and promise to write again"))]
    Ack(Box<AckArgs>),
    /// Give an issue to somebody, at once
    #[command(after_help = examples("  davy assign zendesk:55 --person zendesk:mia --reason \"knows the plant\"\n  davy assign zendesk:55 --department engineering --team Firmware --reason \"bounced twice\""))]
    Assign(Box<AssignArgs>),
    /// Offer an issue to another department; you answer for it until they accept
    #[command(after_help = examples("  davy hand-off zendesk:55 --to engineering --summary \"Pump resets under load\" \\\n      --done \"Replaced the sensor\" --next \"Read the log @ 2d\" --field asset=P-4711\n  davy hand-off zendesk:55 --withdraw \"solved on the phone\""))]
    HandOff(Box<HandOffArgs>),
    /// Accept an issue that is offered to your department, and say back what it is about
    #[command(after_help = examples("  davy accept zendesk:55 \"Resets under load; I read the log today and call by Friday\""))]
    Accept(AcceptArgs),
    /// Decline an issue that is offered to your department, or give back one that you were named for
    #[command(after_help = examples("  davy decline zendesk:55 --code missing-info --missing revision --reason \"which revision?\"\n  davy decline zendesk:55 --code wrong-department --instead billing --reason \"an invoice\""))]
    Decline(Box<DeclineArgs>),
    /// Ask another department for help while the owner stays, or answer
    #[command(after_help = examples("  davy assist zendesk:55 --of engineering \"Which firmware resets?\" --due 24h\n  davy assist zendesk:55 --take\n  davy assist zendesk:55 --answer \"4.2 does; 4.3 does not\""))]
    Assist(Box<AssistArgs>),
    /// Ask to postpone an issue, or decide on that
    #[command(after_help = examples("  davy defer zendesk:55 --until 14d --reason \"needs the spring release\" --told \"Mr Chen\"\n  davy defer zendesk:55 --approve\n  davy defer zendesk:55 --deny --reason \"the contract ends in May\""))]
    Defer(Box<DeferArgs>),
    /// Promise the customer something by a day, or keep it
    #[command(after_help = examples("  davy promise zendesk:55 \"Call back\" --due 16:00 --to \"Mr Chen\"\n  davy promise zendesk:55 --kept \"called at 15:40\"\n  davy promise zendesk:55 --move-to 2d --agreed"))]
    Promise(Box<PromiseArgs>),
    /// Tell of a quick fix, or review one
    #[command(after_help = examples("  davy workaround zendesk:55 --done \"Restart by timer each night\" --temporary\n  davy workaround --customer crm:4711 --problem \"Pump resets\" --done \"Bridged the relay\" --at 1d\n  davy workaround zendesk:55 --review needs-fix"))]
    Workaround(Box<WorkaroundArgs>),
    /// Note what was learnt
    #[command(after_help = examples("  davy note zendesk:55 \"Only with firmware 4.2\""))]
    Note(NoteArgs),
    /// Assess the harm anew
    #[command(after_help = examples("  davy severity zendesk:55 1\n  davy severity zendesk:55 3 --reason \"a way around was found\""))]
    Severity(SeverityArgs),
    /// Record what the customer was told
    #[command(after_help = examples("  davy update zendesk:55 \"A technician comes on Tuesday\" --by mail --next 2d"))]
    Update(UpdateArgs),
    /// Record what the customer was asked; the issue waits for the answer
    #[command(after_help = examples("  davy ask zendesk:55 \"Which revision is on the plate?\" --by mail --sent 5m"))]
    Ask(AskArgs),
    /// Log a contact with the customer, or one that was missed
    #[command(after_help = examples("  davy contact log --issue zendesk:55 --channel phone --two-way\n  davy contact missed --customer crm:4711 --mailbox sales-north"))]
    Contact {
        #[command(subcommand)]
        command: Box<ContactCommand>,
    },
    /// Record that the customer was given an answer
    #[command(after_help = examples("  davy resolve zendesk:55 --summary \"Firmware 4.3 installed\"\n  davy resolve zendesk:55 --kind wont-fix --customer-told --summary \"out of support\""))]
    Resolve(ResolveArgs),
    /// Close an issue on the customer's word
    #[command(after_help = examples("  davy close zendesk:55 --confirmed-by \"Mr Chen\"\n  davy close zendesk:55 --unanswered 3"))]
    Close(CloseArgs),
    /// Open an issue again
    #[command(after_help = examples("  davy reopen zendesk:55 --reason \"resets again\" --by-customer"))]
    Reopen(ReopenArgs),
    /// Take an issue back
    #[command(after_help = examples("  davy withdraw zendesk:55 --reason \"entered twice\"\n  davy withdraw zendesk:55 --reason \"the customer says it was their own relay\" --contact mail-4711"))]
    Withdraw(WithdrawArgs),
    /// Undo a withdrawal
    #[command(after_help = examples("  davy reinstate zendesk:55 --reason \"it was none\""))]
    Reinstate(ReasonArgs),
    /// Say how two issues belong together
    #[command(after_help = examples("  davy link zendesk:56 duplicate-of zendesk:55\n  davy link zendesk:56 distinct-from jira:10042 --note \"another pump\"\n  davy link zendesk:56 duplicate-of zendesk:55 --remove"))]
    Link(LinkArgs),
    /// Move an issue to the customer whose it is
    #[command(after_help = examples("  davy correct zendesk:55 --customer crm:4712 --reason \"the sister company\""))]
    Correct(CorrectArgs),
    /// Say what another tool calls the same issue, or that two issues are one
    #[command(after_help = examples("  davy reference zendesk:55 jira:10042"))]
    Reference(ReferenceArgs),
    /// Record what was noticed, or what became of it
    #[command(after_help = examples("  davy signal observe --customer crm:4711 \"They test another supplier's pump\""))]
    Signal {
        #[command(subcommand)]
        command: Box<SignalCommand>,
    },
}

pub(crate) async fn run(act: Act, session: &mut Session) -> anyhow::Result<()> {
    match act {
        Act::Report(args) => report::run(*args, session).await,
        Act::Take(args) => own::take(args, session).await,
        Act::Ack(args) => own::acknowledge(*args, session).await,
        Act::Assign(args) => own::assign(*args, session).await,
        Act::HandOff(args) => hand_off::run(*args, session).await,
        Act::Accept(args) => hand_off::accept(args, session).await,
        Act::Decline(args) => own::decline(*args, session).await,
        Act::Assist(args) => assist::run(*args, session).await,
        Act::Defer(args) => defer::run(*args, session).await,
        Act::Promise(args) => promise::run(*args, session).await,
        Act::Workaround(args) => workaround::run(*args, session).await,
        Act::Note(args) => note::note(args, session).await,
        Act::Severity(args) => note::severity(args, session).await,
        Act::Update(args) => note::update(args, session).await,
        Act::Ask(args) => note::ask(args, session).await,
        Act::Contact { command } => contact::run(*command, session).await,
        Act::Resolve(args) => lifecycle::resolve(args, session).await,
        Act::Close(args) => lifecycle::close(args, session).await,
        Act::Reopen(args) => lifecycle::reopen(args, session).await,
        Act::Withdraw(args) => lifecycle::withdraw(args, session).await,
        Act::Reinstate(args) => lifecycle::reinstate(args, session).await,
        Act::Link(args) => link::run(args, session).await,
        Act::Correct(args) => link::correct(args, session).await,
        Act::Reference(args) => link::reference_of(args, session).await,
        Act::Signal { command } => signal::run(*command, session).await,
        Act::Mine(args) => mine::run(args, session).await,
    }
}

/// An issue as arguments name it.
pub(crate) fn issue(text: &str) -> anyhow::Result<Option<IssueName>> {
    issue_name(text).map(Some).map_err(|error| Failure::usage(error.to_string()))
}

/// A person as `<system>:<id>`; for clap.
pub(crate) fn person(text: &str) -> Result<Person, String> {
    let named = client::reference(text).map_err(|_| format!("`{text}` names nobody; write <system>:<id>"))?;
    Ok(Person { system: named.system, id: named.id, name: String::new() })
}

/// The end of something to come: RFC 3339, a local date and time, a local date, a local time such as 16:00, or how long from now.
pub(crate) fn due(text: &str, session: &Session) -> anyhow::Result<Option<prost_types::Timestamp>> {
    time::to_come(text, Edge::Ends, session.now, &session.zone)
        .map(time::to_proto)
        .map(Some)
        .map_err(Failure::usage)
}

/// Prints what a command led to: a sentence, and what is useful next.
pub(crate) fn print<R: Canonical>(
    answer: Result<R, ApiError>,
    doing: &str,
    told: impl FnOnce(&R) -> (Option<&CommandResult>, Told),
    session: &mut Session,
) -> anyhow::Result<()> {
    let answer = answer.map_err(|error| refused(error, doing))?;
    let (result, told) = told(&answer);
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let result = result.cloned().unwrap_or_default();
            let prefix = if result.position.is_empty() && !result.repeated { "would: " } else { "" };
            let again = if result.repeated { " (done before)" } else { "" };
            out.line(&clean(&format!("{prefix}{}{again}", told.sentence)))?;
            for field in &result.defaulted {
                out.line(&clean(&format!("  {} was not given: {}", field.field, field.value)))?;
            }
            out.state(result.read_state.as_ref(), "")?;
            if let Some(next) = told.next {
                say(&format!("next: {next}"));
            }
        }
        Format::Json | Format::Ndjson => out.line(&json::to_string(&answer)?)?,
    }
    Ok(())
}

/// What is told of a command.
pub(crate) struct Told {
    /// What is so now.
    pub(crate) sentence: String,
    /// The next useful subcommand.
    pub(crate) next: Option<String>,
}

impl Told {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), next: None }
    }

    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

/// A refusal on lines of its own: what is so, who could, what to do next.
pub(crate) fn refused(error: ApiError, doing: &str) -> anyhow::Error {
    let is_refusal = error.reason.starts_with("E_");
    if !is_refusal {
        return anyhow::Error::new(error).context(doing.to_owned());
    }
    let exit = if error.code == Code::PermissionDenied { Exit::Denied } else { Exit::Refused };
    let mut text = format!("{doing}: {}", error.message);
    for (member, lead) in [("who_could", "who could"), ("next", "next"), ("fields", "about")] {
        let said =
            error.details.get(member).filter(|said| !said.is_empty() && !error.message.contains(*said));
        if let Some(said) = said {
            text.push_str(&format!("\n  {lead}: {said}"));
        }
    }
    anyhow::Error::new(Failure::new(exit, text))
}

/// Who owns the issue of a result, for a sentence.
pub(crate) fn owner(result: Option<&CommandResult>) -> String {
    let issue = result.and_then(|result| result.issue.as_ref());
    issue.map_or_else(|| "?".to_owned(), crate::words::owner)
}

/// The only item that a result made, shortened as items are typed.
pub(crate) fn item(result: Option<&CommandResult>) -> String {
    result.and_then(|result| result.items.last()).cloned().unwrap_or_default()
}

/// One text of several words, however it was quoted.
pub(crate) fn words(parts: &[String]) -> anyhow::Result<String> {
    let text = parts.join(" ");
    if text.trim().is_empty() {
        return Err(Failure::usage("the text is empty"));
    }
    Ok(text)
}

/// Past, for what was done a while ago.
pub(crate) fn done_at(
    text: Option<&str>,
    session: &Session,
) -> anyhow::Result<Option<prost_types::Timestamp>> {
    let instant =
        |text| time::instant(text, Edge::Begins, session.now, &session.zone).map_err(Failure::usage);
    text.map(instant)
        .transpose()
        .context("read when it was")
        .map(|at: Option<Timestamp>| at.map(time::to_proto))
}
