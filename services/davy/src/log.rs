//! `davy log`: the log to a file and back, over NATS alone, whether or not Davy runs.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    num::NonZeroU8,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use app::backup::{Backup, BackupError, Fault, Position, Range, Summary};
use clap::{Args, Subcommand};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::{
    accept_loss::{self, AcceptLossArgs},
    cli::{Format, examples},
    exit::{Exit, Failure},
    imports::progress::Progress,
    output::say,
    publish::nats::NatsArgs,
    session::Session,
};

const STDOUT: &str = "-";

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Write the log, or a part of it, to a file: a CloudEvent a line, and a seal
    #[command(after_help = export_help())]
    Export(ExportArgs),
    /// Put an export into an empty stream, each message at its position
    #[command(after_help = restore_help())]
    Restore(RestoreArgs),
    /// Give up messages that are missing from the log for good
    #[command(after_help = accept_loss::help())]
    AcceptLoss(Box<AcceptLossArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Where to: gzipped if the name ends in .gz; - for stdout
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// First message, such as 0-1
    #[arg(long, value_name = "POSITION")]
    from: Option<Position>,
    /// Last message, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    to: Option<Position>,
    #[command(flatten)]
    nats: NatsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// An export, gzipped or not
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Copies of each message that the stream is to keep, as nats.replicas says
    #[arg(long, value_name = "N", default_value = "1")]
    replicas: NonZeroU8,
    #[command(flatten)]
    nats: NatsArgs,
}

pub(crate) async fn run(command: LogCommand, session: &mut Session) -> anyhow::Result<()> {
    let work = async {
        match command {
            LogCommand::Export(args) => export(args, session).await,
            LogCommand::Restore(args) => restore(args, session).await,
            LogCommand::AcceptLoss(args) => accept_loss::run(*args, session).await,
        }
    };
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => Err(Failure::new(
            Exit::Interrupted,
            "interrupted; an export left no file, and a restore goes on when it is run again",
        ).into()),
    }
}

async fn export(args: ExportArgs, session: &mut Session) -> anyhow::Result<()> {
    let ExportArgs { file, from, to, nats } = args;
    let range = Range { from, to };
    let backup = Backup::connect(&nats.config(1), session.timeout).await.map_err(failed)?;
    let progress = Progress::messages("exporting", backup.count(range).await.map_err(failed)?);
    let mut add = |more| progress.add(more);
    let gzip = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let (summary, bytes) = if file == Path::new(STDOUT) {
        let to = Counted { to: io::stdout(), bytes: 0 };
        let (summary, written) = backup.export(range, false, to, &mut add).await.map_err(failed)?;
        (summary, written.bytes)
    } else {
        to_file(&backup, range, gzip, &file, &mut add).await?
    };
    progress.done();
    let name = file.display();
    let count = summary.messages;
    let line = format!("exported {count} messages{}, {bytes} bytes, to {name}", stretch(&summary));
    if file == Path::new(STDOUT) {
        say(&line);
    } else {
        print(session, &line, &summary, &file, bytes)?;
    }
    whole(&summary)
}

/// Writes to a file of another name, which takes the place of `file` when it is whole and on disk.
async fn to_file(
    backup: &Backup,
    range: Range,
    gzip: bool,
    file: &Path,
    progress: &mut dyn FnMut(u64),
) -> anyhow::Result<(Summary, u64)> {
    let directory =
        file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let made = NamedTempFile::new_in(directory);
    let temporary = made.with_context(|| format!("make a file in {}", directory.display()))?;
    let to = Counted { to: BufWriter::new(temporary), bytes: 0 };
    let (summary, Counted { to, bytes }) = backup.export(range, gzip, to, progress).await.map_err(failed)?;
    let write = || format!("write {}", file.display());
    let temporary = to.into_inner().map_err(io::IntoInnerError::into_error).with_context(write)?;
    temporary.as_file().sync_all().with_context(write)?;
    temporary.persist(file).map_err(|error| error.error).with_context(write)?;
    Ok((summary, bytes))
}

async fn restore(args: RestoreArgs, session: &mut Session) -> anyhow::Result<()> {
    let RestoreArgs { file, replicas, nats } = args;
    let bytes = File::open(&file).and_then(|file| file.metadata()).map(|about| about.len());
    let bytes = bytes.with_context(|| format!("open {}", file.display()))?;
    let name = file.display();
    say(&format!("checking {name}: nothing is written before the whole file is known to be right"));
    let checked = Backup::check(&file, &mut |_| {}).map_err(failed)?;
    let backup = Backup::connect(&nats.config(replicas.get()), session.timeout).await.map_err(failed)?;
    let progress = Progress::messages("restoring", checked.messages);
    let mut add = |more| progress.add(more);
    let restored = backup.restore(&file, &checked, session.now, &mut add).await.map_err(failed)?;
    progress.done();
    if restored.found > 0 {
        say(&format!("{} of them were there already", restored.found));
    }
    if let Some((first, _)) = restored.range.filter(|(first, _)| first.sequence() > 1) {
        say(&format!(
            "the log begins at {first}: Davy stops at what is missing before it until the loss is accepted: `davy log accept-loss 0-1 0-{} --reason ...`",
            first.sequence() - 1
        ));
    }
    let count = restored.messages;
    let line = format!("restored {count} messages{}, {bytes} bytes, from {name}", stretch(&restored));
    print(session, &line, &restored, &file, bytes)
}

/// `, 0-1 to 0-18446`, or nothing.
fn stretch(summary: &Summary) -> String {
    summary.range.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default()
}

fn print(
    session: &mut Session,
    line: &str,
    summary: &Summary,
    file: &Path,
    bytes: u64,
) -> anyhow::Result<()> {
    match session.out.format {
        Format::Table => session.out.line(line)?,
        Format::Json | Format::Ndjson => {
            let end = |position: Option<Position>| position.map(|position| position.to_string());
            let missing = summary.missing.iter().map(|(from, to)| [from.to_string(), to.to_string()]);
            let row = json!({
                "file": file,
                "first": end(summary.range.map(|(first, _)| first)),
                "last": end(summary.range.map(|(_, last)| last)),
                "messages": summary.messages.to_string(),
                "found": summary.found.to_string(),
                "missing": missing.collect::<Vec<_>>(),
                "bytes": bytes.to_string(),
            });
            session.out.line(&row.to_string())?;
        }
    }
    Ok(session.out.flush()?)
}

/// An export with holes is written, but is no backup of everything.
fn whole(summary: &Summary) -> anyhow::Result<()> {
    let Some((from, to)) = summary.missing.first() else { return Ok(()) };
    let message = format!(
        "messages are missing from the log in {} places, the first {from} to {to}; the export says so and cannot be restored \
         whole, only what --from and --to take before and after",
        summary.missing.len()
    );
    Err(Failure::new(Exit::Refused, message).into())
}

/// The exit code that an error of a backup gives.
fn failed(error: BackupError) -> anyhow::Error {
    let exit = match error.fault() {
        Fault::Unavailable => Exit::Unavailable,
        Fault::Denied => Exit::Denied,
        Fault::Options => Exit::Usage,
        Fault::Refused => Exit::Refused,
        Fault::Other => Exit::Other,
    };
    let message = error.to_string();
    anyhow::Error::new(error).context(Failure::new(exit, message))
}

/// Counts the bytes that are written.
struct Counted<W> {
    to: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn export_help() -> String {
    examples(
        "  davy log export davy.ndjson.gz
  davy log export --from 0-18446 --to 0-20000 part.ndjson
  davy log export - | jq -r 'select(.type == \"issue.reported\") | .data.text'

Every message can be made again byte for byte from its line. The last line is a seal: a file that was cut or changed
is not restored.",
    )
}

fn restore_help() -> String {
    examples(
        "  davy log restore davy.ndjson.gz
  davy log restore --nats-url nats://10.0.0.7:4222 --replicas 3 davy.ndjson.gz

The stream must be empty or missing, and nobody may publish to it meanwhile. An interrupted restore goes on when it is
run again.",
    )
}
