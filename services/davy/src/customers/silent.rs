//! `davy customers silent`: with whom nobody has spoken for too long.

use clap::Args;
use proto::v1::{Customer, ListSilentRequest, ListSilentResponse, ReadState, Silence, SilentCustomer};

use crate::{
    cli::PageArgs,
    list::{self, Listing},
    output::{Column, Line, Out},
    read,
    session::Session,
    words,
};

#[derive(Debug, Args)]
pub(crate) struct SilentArgs {
    /// Those, too, whose time is over within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(i32).range(0..=730))]
    within: i32,
    #[command(flatten)]
    page: PageArgs,
}

/// `davy customers silent`
pub(crate) async fn run(args: SilentArgs, session: &mut Session) -> anyhow::Result<()> {
    let SilentArgs { within, page } = args;
    let read = read::at_least(page.min_position);
    let request = ListSilentRequest { within_days: within, read, ..ListSilentRequest::default() };
    list::print(session, request, page.limit).await
}

/// A customer's clock in words.
pub(super) fn sentence(silence: &Silence, out: &Out) -> String {
    let Silence { since, spoken, days, cadence_days, cadence, deadline, overdue, history, .. } = silence;
    let since = out.time(since.as_ref());
    let since = if *spoken { format!("since {since}") } else { format!("ever, known since {since}") };
    let stands = if *overdue { "overdue since" } else { "due" };
    let stands = format!("{stands} {}", out.time(deadline.as_ref()));
    let history = if *history { ", from history" } else { "" };
    format!("{days} days {since}: {stands} (every {cadence_days} days by {cadence}{history})")
}

impl Listing for ListSilentRequest {
    type Row = SilentCustomer;

    const MEMBER: &'static str = "customers";
    const NOUN: &'static str = "silent customers";
    const COLUMNS: &'static [Column] = &[
        Column::new("CUSTOMER", 12, 40),
        Column::new("NAME", 8, 40),
        Column::new("OWNER", 8, 30),
        Column::new("TIER", 4, 12),
        Column::new("OPEN", 4, 8),
        Column::new("SILENCE", 20, 160),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListSilentResponse) -> Vec<SilentCustomer> {
        std::mem::take(&mut page.customers)
    }

    fn state(page: &ListSilentResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &SilentCustomer, out: &Out) -> Line {
        let SilentCustomer { customer, silence } = row;
        let Customer { token, display_name, open_issues, profile, .. } = customer.clone().unwrap_or_default();
        let profile = profile.unwrap_or_default();
        let owner = profile.account_owner.as_ref().map(words::person).unwrap_or_default();
        Line::plain(vec![
            token,
            display_name,
            owner.to_owned(),
            profile.tier,
            open_issues.to_string(),
            silence.as_ref().map(|silence| sentence(silence, out)).unwrap_or_default(),
        ])
    }

    fn note(_: &ListSilentResponse) -> Option<String> {
        None
    }
}
