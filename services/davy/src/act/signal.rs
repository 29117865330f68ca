//! `davy signal`: what was noticed, and what became of it.

use clap::{Args, Subcommand};
use proto::v1::{DispositionSignalRequest, ObserveSignalRequest};

use super::{ActArgs, Told, contact::AboutArgs, done_at, print, words};
use crate::{cli::examples, session::Session};

#[derive(Debug, Subcommand)]
pub(crate) enum SignalCommand {
    /// Something was noticed that may matter
    #[command(after_help = examples("  davy signal observe --customer crm:4711 \"They test another supplier's pump\" --theme competition"))]
    Observe(ObserveArgs),
    /// Say what is done about it
    #[command(after_help = examples("  davy signal answer s-17 --customer crm:4711 --action planned --reason \"a visit in May\""))]
    Answer(AnswerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ObserveArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// What was noticed
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    /// -1, 0 or 1
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    polarity: i32,
    /// What about
    #[arg(long, default_value = "")]
    theme: String,
    /// Such as high
    #[arg(long, default_value = "")]
    urgency: String,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// The id of the event that observed it
    #[arg(value_name = "ID")]
    signal: String,
    /// issue_opened, planned, noted or rejected
    #[arg(long)]
    action: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When who noticed it was told, such as 5m (ago)
    #[arg(long, value_name = "TIME")]
    told: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(command: SignalCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        SignalCommand::Observe(args) => observe(args, session).await,
        SignalCommand::Answer(args) => answer(args, session).await,
    }
}

async fn observe(args: ObserveArgs, session: &mut Session) -> anyhow::Result<()> {
    let (issue, customer) = args.about.read()?;
    let request = ObserveSignalRequest {
        issue,
        customer,
        polarity: args.polarity,
        theme: args.theme,
        summary: words(&args.text)?,
        urgency: args.urgency,
        options: args.act.options(),
    };
    let done = session.api.observe_signal(request).await;
    print(
        done,
        "record the signal",
        |answer| {
            let result = answer.result.as_ref();
            let event = result.and_then(|result| result.events.first()).cloned().unwrap_or_default();
            (result, Told::new(format!("recorded as {event}")))
        },
        session,
    )
}

async fn answer(args: AnswerArgs, session: &mut Session) -> anyhow::Result<()> {
    let (issue, customer) = args.about.read()?;
    let request = DispositionSignalRequest {
        issue,
        customer,
        signal: args.signal,
        action: args.action,
        reason: args.reason,
        told_observer_at: done_at(args.told.as_deref(), session)?,
        options: args.act.options(),
    };
    let done = session.api.disposition_signal(request).await;
    print(
        done,
        "answer the signal",
        |answer| (answer.result.as_ref(), Told::new("the signal is dealt with")),
        session,
    )
}
