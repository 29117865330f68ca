//! `davy pings list`.

use clap::Args;
use proto::v1::{ListPingsRequest, ListPingsResponse, ListedPing, PingState, ReadState};

use super::{cause, short, standing, state, whom};
use crate::{
    act,
    list::{self, Listing},
    output::{Column, Line, Look, Out},
    session::Session,
    time, words,
};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only of this issue: Davy id, or <system>:<id> such as zendesk:55
    #[arg(long, value_name = "ISSUE")]
    issue: Option<String>,
    /// Only where this department owes the act
    #[arg(long, value_name = "SLUG")]
    department: Option<String>,
    /// Only to this person: an id of the directory
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Only those that nobody answered
    #[arg(long)]
    open: bool,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

pub(super) async fn run(args: ListArgs, session: &mut Session) -> anyhow::Result<()> {
    let ListArgs { issue, department, person, open, limit, min_position } = args;
    let request = ListPingsRequest {
        issue: issue.as_deref().map(act::issue).transpose()?.flatten(),
        department: department.unwrap_or_default(),
        person: person.unwrap_or_default(),
        open_only: open,
        min_position: min_position.unwrap_or_default(),
        ..ListPingsRequest::default()
    };
    list::print(session, request, limit).await
}

impl Listing for ListPingsRequest {
    type Row = ListedPing;

    const MEMBER: &'static str = "pings";
    const NOUN: &'static str = "pings";
    const COLUMNS: &'static [Column] = &[
        Column::new("AGE", 3, 6),
        Column::new("SEV", 3, 3),
        Column::new("WHO", 6, 40),
        Column::new("STATE", 7, 40),
        Column::new("WHY", 6, 24),
        Column::new("NEXT", 8, 32),
        Column::new("TITLE", 8, 200),
        Column::new("PING", 8, 8),
        Column::new("ISSUE", 36, 36),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListPingsResponse) -> Vec<ListedPing> {
        std::mem::take(&mut page.pings)
    }

    fn state(page: &ListPingsResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &ListedPing, out: &Out) -> Line {
        let ListedPing { ping, title, severity, run: of } = row;
        let ping = ping.clone().unwrap_or_default();
        let look = match PingState::try_from(ping.state).unwrap_or_default() {
            PingState::Failed | PingState::Retrying => Look::Alarm,
            PingState::Withdrawn => Look::Faint,
            PingState::Unspecified
            | PingState::Pending
            | PingState::Throttled
            | PingState::Attempted
            | PingState::Delivered => Look::Plain,
        };
        let cells = vec![
            time::age(ping.requested_at.as_ref(), out.now),
            words::severity(*severity).to_owned(),
            whom(ping.to.as_ref()),
            state(&ping, out.now),
            cause(&ping),
            standing::next(of.as_ref(), out.now),
            title.clone(),
            short(&ping.ping),
            ping.issue,
        ];
        Line { cells, look }
    }

    fn note(_: &ListPingsResponse) -> Option<String> {
        None
    }
}
