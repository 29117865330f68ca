//! `davy publish`: events over NATS, as a department's tool sends them; with `--check`, only what would become of them.

use std::io::BufRead;

use anyhow::Context as _;
use clap::Args;
use client::{json, parse_event};
use jiff::Timestamp;
use proto::v1::EventMessage;

use crate::{exit::Failure, session::Session, spool::SpoolDir};

mod check;
mod event;
mod keep;
pub(crate) mod nats;
mod send;

use check::Checker;
use event::EventArgs;
use keep::Keeper;
pub(crate) use nats::NatsArgs;
use send::Sender;

/// Longer lines than any event are not read into memory.
const LINE_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Publish the events of a file, one a line; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "department", "customer", "customer_id", "type_name", "data", "id", "source", "time", "sequence", "backfill"])]
    file: Option<String>,
    /// Publish nothing: ask Davy what would become of the events
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    spool: SpoolDir,
    /// Keep nothing: what NATS does not confirm within --timeout is an error
    #[arg(long, help_heading = "Spool")]
    no_spool: bool,
    #[command(flatten)]
    nats: NatsArgs,
}

/// What is done with each event.
enum Target {
    Log(Box<Sender>),
    Check(Box<Checker>),
}

pub(crate) async fn run(
    args: PublishArgs,
    clock: fn() -> Timestamp,
    session: &mut Session,
) -> anyhow::Result<()> {
    let PublishArgs { event, file, check, spool, no_spool, nats } = args;
    let one = match &file {
        None => Some(event.message(session.now, &session.zone)?),
        Some(_) => None,
    };
    let mut target = if check {
        Target::Check(Box::new(Checker::new(session.api.clone())))
    } else {
        let keeper = if no_spool { None } else { Keeper::open(&spool, &nats, clock)? };
        Target::Log(Box::new(Sender::start(&nats, keeper, session.timeout).await?))
    };
    match one {
        Some(message) => target.take(0, message, session).await?,
        None => from_file(&file.unwrap_or_default(), &mut target, session).await?,
    }
    target.finish(session).await
}

async fn from_file(path: &str, target: &mut Target, session: &mut Session) -> anyhow::Result<()> {
    let mut reader: Box<dyn BufRead> = if path == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("open {path}"))?;
        Box::new(std::io::BufReader::new(file))
    };
    let mut number = 0;
    loop {
        let mut line = String::new();
        let mut limited = std::io::Read::take(&mut reader, LINE_BYTES);
        let read =
            limited.read_line(&mut line).with_context(|| format!("read {path} after line {number}"))?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        if u64::try_from(read).is_ok_and(|read| read >= LINE_BYTES) && !line.ends_with('\n') {
            return Err(Failure::usage(format!("{path}:{number} is longer than any event may be")));
        }
        if line.trim().is_empty() {
            continue;
        }
        match parse_event(&line) {
            Ok(message) => target.take(number, message, session).await?,
            Err(error) => target.unreadable(number, &anyhow::Error::new(error)),
        }
    }
}

impl Target {
    /// Takes the event of a line; 0 for the one of the arguments.
    async fn take(&mut self, line: u64, message: EventMessage, session: &mut Session) -> anyhow::Result<()> {
        match self {
            Self::Log(sender) => sender.take(line, message, &mut session.out).await,
            Self::Check(checker) => checker.take(line, message, &mut session.out).await,
        }
    }

    fn unreadable(&mut self, line: u64, error: &anyhow::Error) {
        match self {
            Self::Log(sender) => sender.unreadable(line, error),
            Self::Check(checker) => checker.unreadable(line, error),
        }
    }

    async fn finish(self, session: &mut Session) -> anyhow::Result<()> {
        match self {
            Self::Log(sender) => sender.finish(&mut session.out).await,
            Self::Check(checker) => checker.finish(&mut session.out),
        }
    }
}

/// `line 7: `, or nothing for the event of the arguments.
fn place(line: u64) -> String {
    if line == 0 { String::new() } else { format!("line {line}: ") }
}

/// The canonical JSON of rows that come one by one, as one response.
#[derive(Debug, Default)]
struct Rows {
    written: u64,
}

impl Rows {
    fn json<M: json::Canonical>(&mut self, row: &M, opened: &str) -> Result<String, json::JsonError> {
        Ok(self.text(&json::to_string(row)?, opened))
    }

    /// The same with a row that is JSON already.
    fn text(&mut self, row: &str, opened: &str) -> String {
        let before = if self.written == 0 { opened } else { "," };
        self.written += 1;
        format!("{before}{row}")
    }
}
