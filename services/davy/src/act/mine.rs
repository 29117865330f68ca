//! `davy mine`: what is yours to do.

use clap::{Args, ValueEnum};
use proto::v1::{
    ListWorkRequest, ListWorkResponse, Person, ReadOptions, ReadState, Severity, WhoAmIRequest, WorkEntry,
    WorkKind,
};

use super::person;
use crate::{
    cli::Format,
    list::{self, Listing},
    output::{Column, Line, Look, Out, say},
    pings,
    session::Session,
    time, words,
};

#[derive(Debug, Args)]
pub(crate) struct MineArgs {
    /// Of this department; yours unless given
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// Of this person; you unless given
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person, conflicts_with = "all")]
    person: Option<Person>,
    /// Of everybody and nobody in the department
    #[arg(long)]
    all: bool,
    /// Only these
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<KindWord>,
    /// Only where the owner is gone: a person who left or is on leave, or a department that closed
    #[arg(long)]
    orphaned: bool,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindWord {
    Owned,
    Offered,
    Assist,
    Deferral,
    Promise,
    Workaround,
}

impl From<KindWord> for WorkKind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Owned => Self::Owned,
            KindWord::Offered => Self::Offered,
            KindWord::Assist => Self::Assist,
            KindWord::Deferral => Self::Deferral,
            KindWord::Promise => Self::Promise,
            KindWord::Workaround => Self::Workaround,
        }
    }
}

pub(super) async fn run(args: MineArgs, session: &mut Session) -> anyhow::Result<()> {
    let MineArgs { department, person, all, kind, orphaned, limit, min_position } = args;
    let me = session.api.who_am_i(WhoAmIRequest {}).await;
    let me = me.map_err(|error| super::refused(error, "find out who you are"))?;
    let mine = department.is_none() && !all && !orphaned;
    let department = department.unwrap_or(me.department);
    let request = ListWorkRequest {
        department: department.clone(),
        person: person.or(if mine { me.person } else { None }),
        kinds: kind.into_iter().map(|word| WorkKind::from(word).into()).collect(),
        orphaned,
        read: min_position.map(|min_position| ReadOptions { min_position, ..ReadOptions::default() }),
        ..ListWorkRequest::default()
    };
    list::print(session, request, limit).await?;
    if session.out.format == Format::Table {
        tell_of_pings(&department, session).await;
    }
    Ok(())
}

/// How many issues somebody is pinged for who has not answered. That it cannot be told takes nothing from the list.
async fn tell_of_pings(department: &str, session: &Session) {
    let Some(pinged) = pings::open_of_department(department, &session.api).await else { return };
    let issues = match pinged.len() {
        0 => return,
        1 => "1 issue".to_owned(),
        more => format!("{more} issues"),
    };
    say(&format!(
        "somebody is pinged for {issues} and has not answered: davy pings list --open --department {department}"
    ));
}

const COLUMNS: &[Column] = &[
    Column::new("WHAT", 6, 10),
    Column::new("SEV", 3, 3),
    Column::new("AGE", 4, 6),
    Column::new("DUE", 6, 25),
    Column::new("OWNER", 8, 40),
    Column::new("CUSTOMER", 6, 24),
    Column::new("ASKED", 8, 200),
    Column::new("ISSUE", 8, 36),
];

const fn kind_word(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Unspecified => "?",
        WorkKind::Owned => "owned",
        WorkKind::Offered => "offered",
        WorkKind::Assist => "assist",
        WorkKind::Deferral => "deferral",
        WorkKind::Promise => "promise",
        WorkKind::Workaround => "workaround",
    }
}

impl Listing for ListWorkRequest {
    type Row = WorkEntry;

    const MEMBER: &'static str = "entries";
    const NOUN: &'static str = "things to do";
    const COLUMNS: &'static [Column] = COLUMNS;

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListWorkResponse) -> Vec<WorkEntry> {
        std::mem::take(&mut page.entries)
    }

    fn state(page: &ListWorkResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &WorkEntry, out: &Out) -> Line {
        let issue = row.issue.clone().unwrap_or_default();
        let grave = issue.severity == i32::from(Severity::Severity1);
        let cells = vec![
            kind_word(WorkKind::try_from(row.kind).unwrap_or_default()).to_owned(),
            words::severity(issue.severity).to_owned(),
            time::age(row.since.as_ref(), out.now),
            out.time(row.due.as_ref()),
            words::owner(&issue),
            words::customer(&issue).unwrap_or_else(|| "_".to_owned()),
            row.summary.clone(),
            words::issue_name(&issue),
        ];
        Line { cells, look: if grave { Look::Alarm } else { Look::Plain } }
    }

    fn note(_page: &ListWorkResponse) -> Option<String> {
        None
    }
}
