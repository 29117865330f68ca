//! `davy directory`: what the directory holds, one document, many, or all of them as a file for `davy apply`.

mod duty;
mod export;
mod list;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use client::json;
use proto::v1::{
    Document, DocumentKind, DocumentName, GetDocumentRequest, ListDocumentsRequest,
    document::Document as Kind,
};

use crate::{
    cli::{Format, examples},
    list as lists,
    output::Out,
    read::at_least,
    session::Session,
};
#[cfg(feature = "testing")]
pub(crate) use export::file;

#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Show one document
    #[command(after_help = examples("  davy directory get person mia\n  davy directory get department support -o json"))]
    Get(GetArgs),
    /// List documents of a kind, or of all, on all pages
    #[command(after_help = examples("  davy directory list people --active\n  davy directory list systems --department support -o ndjson"))]
    List(ListArgs),
    /// Print all of it as YAML, as `davy apply` takes it
    #[command(after_help = examples("  davy directory export > org.yaml\n  davy directory export -o json"))]
    Export(ExportArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum One {
    Department,
    System,
    Person,
    Calendar,
    Rotation,
    Schedule,
    Override,
    Policy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Many {
    Departments,
    Systems,
    People,
    Calendars,
    Rotations,
    Schedules,
    Overrides,
    Policies,
    All,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// Of which kind
    #[arg(value_enum)]
    kind: One,
    /// Slug of a department, name of a system, or id of any other
    id: String,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Of which kind
    #[arg(value_enum, default_value = "all")]
    kind: Many,
    /// Leave out closed departments and people who left
    #[arg(long)]
    active: bool,
    /// Only people and systems of this department
    #[arg(long, value_name = "SLUG")]
    department: Option<String>,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Leave out closed departments and people who left
    #[arg(long)]
    active: bool,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

/// `davy directory`
pub(crate) async fn run(command: DirectoryCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        DirectoryCommand::Get(args) => get(args, session).await,
        DirectoryCommand::List(args) => {
            let ListArgs { kind, active, department, limit, min_position } = args;
            let request = ListDocumentsRequest {
                kind: kind.into(),
                active_only: active,
                department: department.unwrap_or_default(),
                read: at_least(min_position),
                ..ListDocumentsRequest::default()
            };
            lists::print(session, request, limit).await
        }
        DirectoryCommand::Export(args) => export::run(args.active, args.min_position, session).await,
    }
}

async fn get(args: GetArgs, session: &mut Session) -> anyhow::Result<()> {
    let GetArgs { kind, id, min_position } = args;
    let kind = match kind {
        One::Department => DocumentKind::Department,
        One::System => DocumentKind::System,
        One::Person => DocumentKind::Person,
        One::Calendar => DocumentKind::Calendar,
        One::Rotation => DocumentKind::Rotation,
        One::Schedule => DocumentKind::Schedule,
        One::Override => DocumentKind::Override,
        One::Policy => DocumentKind::Policy,
    };
    let name = Some(DocumentName { kind: kind.into(), id });
    let request = GetDocumentRequest { name, read: at_least(min_position) };
    let answer = session.api.get_document(request).await.context("get the document")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(answer.document.as_ref(), &answer.position, out)?,
        Format::Json | Format::Ndjson => out.line(&json::to_string(&answer)?)?,
    }
    Ok(out.state(answer.read_state.as_ref(), "")?)
}

fn show(document: Option<&Document>, position: &str, out: &mut Out) -> anyhow::Result<()> {
    let mut fields = match document.and_then(|document| document.document.as_ref()) {
        None => Vec::new(),
        Some(Kind::Department(it)) => vec![
            ("department", it.department.clone()),
            ("name", it.name.clone()),
            ("state", if it.active() { "open" } else { "closed" }.to_owned()),
            ("successor", it.successor.clone()),
            ("head", it.head.clone()),
            ("arbiter", it.arbiter.clone()),
            ("calendar", it.calendar.clone()),
            ("policy", it.policy.clone()),
            ("schedule", it.schedule.clone()),
            ("hand-off needs", it.hand_off_template.join(", ")),
        ],
        Some(Kind::System(it)) => vec![
            ("system", it.system.clone()),
            ("name", it.name.clone()),
            ("department", it.department.clone()),
        ],
        Some(Kind::Person(it)) => vec![
            ("id", it.id.clone()),
            ("name", it.name.clone()),
            ("status", list::status(it)),
            ("departments", it.departments.join(", ")),
            ("manager", it.manager.clone()),
            ("delegate", it.delegate.clone()),
            ("accounts", list::accounts(it)),
            ("contacts", list::contacts(it)),
            ("rules", duty::rules(it)),
            ("quiet", it.quiet.as_ref().map(duty::quiet).unwrap_or_default()),
        ],
        Some(Kind::Calendar(it)) => duty::calendar(it),
        Some(Kind::Rotation(it)) => duty::rotation(it),
        Some(Kind::Schedule(it)) => duty::schedule(it),
        Some(Kind::Override(it)) => duty::exception(it),
        Some(Kind::Policy(it)) => duty::policy(it),
    };
    fields.push(("set at", position.to_owned()));
    Ok(out.fields(&fields)?)
}

impl From<Many> for i32 {
    fn from(kind: Many) -> Self {
        match kind {
            Many::Departments => DocumentKind::Department,
            Many::Systems => DocumentKind::System,
            Many::People => DocumentKind::Person,
            Many::Calendars => DocumentKind::Calendar,
            Many::Rotations => DocumentKind::Rotation,
            Many::Schedules => DocumentKind::Schedule,
            Many::Overrides => DocumentKind::Override,
            Many::Policies => DocumentKind::Policy,
            Many::All => DocumentKind::Unspecified,
        }
        .into()
    }
}
