//! `davy apply`: departments, systems, people, and who is on call, out of files. Shows the difference, asks, and applies what was shown.
//!
//! A file with any mistake changes nothing, and every mistake is told with its line. What a file does not name stays as it is.

mod files;
mod node;
mod read;
mod show;
mod toml;
mod yaml;

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{ApplyRequest, ApplyResponse, CommandOptions, applied_document::Change};
use uuid::Uuid;

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::say,
    session::Session,
};
use files::Files;

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// A file of departments, systems, people, calendars, schedules and policies: YAML, JSON or TOML by its ending; `-` is YAML or JSON on stdin
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Show the difference and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

impl ApplyArgs {
    /// Of these files, to be shown and not applied.
    pub(crate) const fn for_show(files: Vec<String>) -> Self {
        Self { files, yes: false, dry_run: true }
    }
}

pub(crate) fn help() -> String {
    examples(
        "  davy apply -f org.yaml                  show the difference, ask, apply
  davy apply -f departments.yaml -f people.toml --yes
  davy apply -f org.yaml --dry-run -o json
  davy directory export > org.yaml        what is in force, to begin with

Nothing is deleted: a department is closed (`active: false`), a person has left (`status: left`).
A file with any mistake changes nothing; every mistake is told with its line (exit code 64).",
    )
}

/// `davy apply`
pub(crate) async fn run(args: ApplyArgs, session: &mut Session) -> anyhow::Result<()> {
    let mut files = Files::read(&args.files)?;
    let foreseen = judge(&mut files, session).await?;
    match session.out.format {
        Format::Table => show::difference(&foreseen, &mut session.out)?,
        Format::Json | Format::Ndjson if args.dry_run || is_nothing(&foreseen) => {
            return print(&foreseen, session);
        }
        Format::Json | Format::Ndjson => {}
    }
    if is_nothing(&foreseen) {
        session.out.flush()?;
        say("nothing to do");
        return Ok(());
    }
    if args.dry_run {
        session.out.flush()?;
        say("nothing was changed: this was a dry run");
        return Ok(());
    }
    if !args.yes {
        session.out.flush()?;
        ask(&args.files)?;
    }
    let options = CommandOptions {
        request_id: Uuid::new_v4().to_string(),
        // What was shown is what is applied.
        expected_version: foreseen.directory_position,
        validate_only: false,
    };
    let request = ApplyRequest { documents: files.documents(), options: Some(options) };
    let done = session.api.apply(request).await.context("apply")?;
    match session.out.format {
        Format::Table => {
            let count = changed(&done);
            say(&format!(
                "applied {count} document{} at {}",
                if count == 1 { "" } else { "s" },
                done.position
            ));
            Ok(())
        }
        Format::Json | Format::Ndjson => print(&done, session),
    }
}

/// What would become of the documents, if nothing is wrong with them.
async fn judge(files: &mut Files, session: &mut Session) -> anyhow::Result<ApplyResponse> {
    let documents = files.documents();
    let empty = documents.is_empty();
    let options = CommandOptions { validate_only: true, ..CommandOptions::default() };
    let request = ApplyRequest { documents, options: Some(options) };
    let answer = if empty { Ok(ApplyResponse::default()) } else { session.api.apply(request).await };
    if let Ok(answer) = &answer {
        files.told(&answer.mistakes);
    }
    let mistakes = files.mistakes();
    if !mistakes.is_empty() {
        if let Err(error) = &answer {
            say(&format!("warning: only the form of the files was looked at: {error}"));
        }
        return Err(mistaken(&mistakes, session)?);
    }
    if empty {
        return Err(Failure::usage("the files name no department, system, person or other document"));
    }
    answer.context("compare with the directory")
}

/// Tells every mistake.
fn mistaken(mistakes: &[files::Mistake], session: &mut Session) -> anyhow::Result<anyhow::Error> {
    match session.out.format {
        Format::Table => mistakes.iter().for_each(|mistake| say(&mistake.to_string())),
        Format::Json | Format::Ndjson => {
            let mistake = |it: &files::Mistake| serde_json::json!({"file": it.file, "line": it.line, "member": it.path, "description": it.what});
            let mistakes: Vec<_> = mistakes.iter().map(mistake).collect();
            session.out.line(&serde_json::json!({ "mistakes": mistakes }).to_string())?;
            session.out.flush()?;
        }
    }
    let count = mistakes.len();
    let what = format!("{count} mistake{}; nothing was changed", if count == 1 { "" } else { "s" });
    Ok(Failure::new(Exit::BadConfig, what).into())
}

fn print(answer: &ApplyResponse, session: &mut Session) -> anyhow::Result<()> {
    match session.out.format {
        Format::Ndjson => {
            for document in &answer.documents {
                session.out.line(&json::to_string(document)?)?;
            }
        }
        Format::Json | Format::Table => session.out.line(&json::to_string(answer)?)?,
    }
    Ok(())
}

fn changed(answer: &ApplyResponse) -> usize {
    answer.documents.iter().filter(|document| document.change() != Change::Unchanged).count()
}

fn is_nothing(answer: &ApplyResponse) -> bool {
    changed(answer) == 0
}

/// Goes on after a yes alone.
fn ask(files: &[String]) -> anyhow::Result<()> {
    let stdin = io::stdin();
    if files.iter().any(|file| file == "-") || !stdin.is_terminal() {
        return Err(Failure::usage(
            "nothing was changed: nobody can be asked here; --yes applies without asking",
        ));
    }
    say("Apply this? [y/N]");
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).context("read the answer")?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Other, "nothing was changed").into()),
    }
}

/// What a file says, and how many mistakes there are in its form.
#[cfg(test)]
pub(crate) fn documents_of(name: &str, text: &str) -> (Vec<proto::v1::Document>, usize) {
    let (documents, mistakes) = documents_or_mistakes(name, text);
    (documents, mistakes.len())
}

/// What a file says, and every mistake in its form as it is told.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn documents_or_mistakes(name: &str, text: &str) -> (Vec<proto::v1::Document>, Vec<String>) {
    let mut files = Files::default();
    files.add(name, text);
    (files.documents(), files.mistakes().iter().map(ToString::to_string).collect())
}
