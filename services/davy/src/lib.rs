//! The command line: what people type, what they read, and how a script learns what became of it.
//!
//! A user of the public API, through `client`. Deliberately absent: any rule of Davy's; what is shown is what was answered.

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, Parser as _};
use jiff::Timestamp;

mod accept_loss;
mod act;
mod apply;
mod board;
mod channel;
mod cli;
mod clock;
mod completions;
mod connection;
mod customers;
mod directory;
mod exit;
mod imports;
mod issues;
mod list;
mod live;
mod log;
mod nats;
mod oncall;
mod operator;
mod output;
mod owner;
mod pings;
mod policy;
mod publish;
mod quarantine;
mod read;
mod rebuild;
mod retract;
mod session;
mod spool;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod timeline;
mod token;
mod up;
mod verify;
mod whoami;
mod words;

use cli::{Cli, Command, CustomersCommand, IssuesCommand, QuarantineCommand};
use customers::Sought;
pub use exit::Exit;
use session::Session;

/// The command line as clap knows it, for completions and for the tests of documents.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Does what the arguments say. `now` is the clock that ages and relative times are counted from.
pub async fn run(args: impl IntoIterator<Item = OsString>, now: fn() -> Timestamp) -> ExitCode {
    let args: Vec<_> = args.into_iter().collect();
    let cli = match parse(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match Box::pin(dispatch(cli, now)).await {
        Ok(()) => Exit::Ok.into(),
        Err(error) => fail(&error),
    }
}

/// Prints an error with its causes, and gives the exit code that says what kind it is.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    let exit = exit::of(error);
    match exit {
        Exit::Ok => {}
        Exit::Kept => output::say(&exit::chain(error)),
        Exit::Other
        | Exit::Usage
        | Exit::NotFound
        | Exit::Refused
        | Exit::Denied
        | Exit::Unavailable
        | Exit::BadConfig
        | Exit::Interrupted => output::say(&format!("error: {}", exit::chain(error))),
    }
    exit.into()
}

/// Without a subcommand it is `up`.
fn parse(mut args: Vec<OsString>) -> Result<Cli, clap::Error> {
    let cli = Cli::try_parse_from(&args)?;
    if cli.command.is_some() {
        return Ok(cli);
    }
    args.push("up".into());
    Cli::try_parse_from(args)
}

/// Help and version are answers, on stdout; the rest is a mistake.
fn usage(error: &clap::Error) -> ExitCode {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
    // Nobody is left to be told that it cannot be printed.
    error.print().ok();
    exit.into()
}

async fn dispatch(cli: Cli, now: fn() -> Timestamp) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    let command = match command {
        None => return Ok(()),
        Some(Command::Up(args)) => return Box::pin(up::run(*args)).await,
        Some(Command::Completions(args)) => return completions::run(args),
        Some(command) => command,
    };
    let mut session = Session::new(global, now)?;
    let session = &mut session;
    match command {
        Command::Publish(args) => Box::pin(publish::run(*args, now, session)).await?,
        Command::Spool { command } => Box::pin(spool::run(*command, now, session)).await?,
        Command::Import(args) => Box::pin(imports::run(*args, session)).await?,
        Command::Issues { command: IssuesCommand::List(args) } => issues::list(*args, session).await?,
        Command::Issues { command: IssuesCommand::Get(args) } => issues::get(args, session).await?,
        Command::Issues { command: IssuesCommand::Watch(args) } => {
            Box::pin(issues::watch(*args, session)).await?
        }
        Command::Board(args) => Box::pin(board::run(*args, session)).await?,
        Command::Owner(args) => owner::run(args, session).await?,
        Command::Timeline(args) => Box::pin(timeline::run(*args, session)).await?,
        Command::Customers { command: CustomersCommand::List(args) } => {
            customers::list(args, session).await?
        }
        Command::Customers { command: CustomersCommand::Get(args) } => customers::get(args, session).await?,
        Command::Customers { command: CustomersCommand::Suggestions(args) } => {
            customers::findings(Sought::Suggestions, args, session).await?
        }
        Command::Customers { command: CustomersCommand::Conflicts(args) } => {
            customers::findings(Sought::Conflicts, args, session).await?
        }
        Command::Customers { command: CustomersCommand::NotCompared(args) } => {
            customers::not_compared(args, session).await?
        }
        Command::Customers { command: CustomersCommand::Silent(args) } => {
            customers::silent(args, session).await?
        }
        Command::Merge(args) => customers::merge(args, session).await?,
        Command::Unmerge(args) => customers::unmerge(args, session).await?,
        Command::Alias { command } => customers::alias(command, session).await?,
        Command::Quarantine { command: QuarantineCommand::List(args) } => {
            quarantine::list(args, session).await?
        }
        Command::Quarantine { command: QuarantineCommand::Redrive(args) } => {
            quarantine::redrive(*args, session).await?
        }
        Command::Quarantine { command: QuarantineCommand::Skip(args) } => {
            quarantine::skip(*args, session).await?
        }
        Command::Apply(args) => Box::pin(apply::run(args, session)).await?,
        Command::Directory { command } => Box::pin(directory::run(*command, session)).await?,
        Command::OnCall { command } => Box::pin(oncall::run(*command, session)).await?,
        Command::Policy { command } => Box::pin(policy::run(*command, session)).await?,
        Command::Pings { command } => Box::pin(pings::run(*command, session)).await?,
        Command::Channel { command } => Box::pin(channel::run(command, session)).await?,
        Command::Clock(args) => clock::run(args, session).await?,
        Command::Retract(args) => retract::run(*args, session).await?,
        Command::Verify(args) => verify::run(args, session).await?,
        Command::Rebuild(args) => rebuild::run(args, session).await?,
        Command::Log { command } => Box::pin(log::run(*command, session)).await?,
        Command::Nats { command } => nats::run(command, session)?,
        Command::Act(act) => Box::pin(act::run(act, session)).await?,
        Command::Whoami => whoami::run(session).await?,
        Command::Token { command } => token::run(command, session)?,
        Command::Status => status::run(session).await?,
        Command::Up(_) | Command::Completions(_) => {}
    }
    session.out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests;
