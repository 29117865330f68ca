//! `davy customers suggestions`, `conflicts` and `not-compared`: what should be looked at.

use clap::Args;
use proto::v1::{
    CustomerRef, CustomerTie, IdentityConflict, ListIdentityConflictsRequest, ListIdentityConflictsResponse,
    ListNotComparedRequest, ListNotComparedResponse, ListSuggestionsRequest, ListSuggestionsResponse,
    NotCompared, ReadState, Suggestion, customer_tie, identity_conflict, suggestion::Suggestion as What,
};

use crate::{
    cli::PageArgs,
    list::{self, Listing},
    output::{Column, Line, Out},
    read,
    session::Session,
    words,
};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sought {
    Suggestions,
    Conflicts,
    NotCompared,
}

#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    /// About this customer alone: a token such as crm:4711, or an id
    #[arg(value_name = "CUSTOMER")]
    customer: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct NotComparedArgs {
    #[command(flatten)]
    about: FindingsArgs,
    /// Only what this department heard or owns
    #[arg(long, value_name = "DEPARTMENT", default_value = "")]
    department: String,
}

pub(crate) async fn run(sought: Sought, args: FindingsArgs, session: &mut Session) -> anyhow::Result<()> {
    not_compared_of(sought, NotComparedArgs { about: args, department: String::new() }, session).await
}

pub(crate) async fn not_compared(args: NotComparedArgs, session: &mut Session) -> anyhow::Result<()> {
    not_compared_of(Sought::NotCompared, args, session).await
}

async fn not_compared_of(sought: Sought, args: NotComparedArgs, session: &mut Session) -> anyhow::Result<()> {
    let NotComparedArgs { about: FindingsArgs { customer, page }, department } = args;
    let customer = customer.as_deref().map(read::customer).transpose()?.unwrap_or_default();
    let (read, limit) = (read::at_least(page.min_position), page.limit);
    match sought {
        Sought::Suggestions => {
            let request = ListSuggestionsRequest { customer, read, ..ListSuggestionsRequest::default() };
            list::print(session, request, limit).await
        }
        Sought::Conflicts => {
            let request =
                ListIdentityConflictsRequest { customer, read, ..ListIdentityConflictsRequest::default() };
            list::print(session, request, limit).await
        }
        Sought::NotCompared => {
            let request =
                ListNotComparedRequest { customer, department, read, ..ListNotComparedRequest::default() };
            list::print(session, request, limit).await
        }
    }
}

fn name(customer: Option<&CustomerRef>, token: &str) -> String {
    match customer {
        Some(customer) if !token.ends_with(&customer.display_name) => {
            format!("{token} ({})", customer.display_name)
        }
        Some(_) | None => token.to_owned(),
    }
}

/// An assertion or a merge in words.
pub(super) fn tie(tie: &CustomerTie) -> String {
    let end = |reference: Option<&proto::v1::Reference>| {
        reference.map_or_else(|| "?".to_owned(), client::shown_reference)
    };
    let verb = match tie.kind() {
        customer_tie::Kind::Merge => "merged into",
        customer_tie::Kind::Alias | customer_tie::Kind::Unspecified => "said to be",
    };
    format!(
        "{} {verb} {} by {} ({} {})",
        end(tie.from.as_ref()),
        end(tie.to.as_ref()),
        tie.department,
        tie.source,
        tie.event_id
    )
}

const COLUMNS: &[Column] = &[
    Column::new("CUSTOMER", 12, 40),
    Column::new("WHAT", 12, 20),
    Column::new("FOUND", 20, 200),
    Column::new("TO ACCEPT", 20, 120),
];

impl Listing for ListSuggestionsRequest {
    type Row = Suggestion;

    const MEMBER: &'static str = "suggestions";
    const NOUN: &'static str = "suggestions";
    const COLUMNS: &'static [Column] = COLUMNS;

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListSuggestionsResponse) -> Vec<Suggestion> {
        std::mem::take(&mut page.suggestions)
    }

    fn state(page: &ListSuggestionsResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &Suggestion, _: &Out) -> Line {
        let (what, found, accept) = match &row.suggestion {
            Some(What::WeakAlias(alias)) => {
                let from = alias.from.as_ref().map(client::shown_reference).unwrap_or_default();
                ("same customer?", tie(alias), format!("davy merge {from} {}", row.token))
            }
            Some(What::SameId(same)) => {
                let found = format!("{} and {} are the same id", same.token, same.other_token);
                ("same customer?", found, format!("davy merge {} {}", same.other_token, same.token))
            }
            Some(What::ManyDoors(doors)) => {
                let count = doors.other_issue_ids.len() + 1;
                let found = format!("{count} issues through {}", doors.doors.join(", "));
                let other = doors.other_issue_ids.first().cloned().unwrap_or_default();
                ("many doors", found, format!("davy reference {} {other}", doors.earliest_issue_id))
            }
            None => ("?", String::new(), String::new()),
        };
        Line::plain(vec![name(row.customer.as_ref(), &row.token), what.to_owned(), found, accept])
    }

    fn note(_: &ListSuggestionsResponse) -> Option<String> {
        None
    }
}

impl Listing for ListIdentityConflictsRequest {
    type Row = IdentityConflict;

    const MEMBER: &'static str = "conflicts";
    const NOUN: &'static str = "conflicts";
    const COLUMNS: &'static [Column] = &[
        Column::new("CUSTOMER", 12, 40),
        Column::new("WHAT", 12, 20),
        Column::new("DOES NOT COUNT", 20, 200),
        Column::new("COUNTS", 12, 60),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListIdentityConflictsResponse) -> Vec<IdentityConflict> {
        std::mem::take(&mut page.conflicts)
    }

    fn state(page: &ListIdentityConflictsResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &IdentityConflict, _: &Out) -> Line {
        let what = match row.kind() {
            identity_conflict::Kind::TwoCustomers => "two customers",
            identity_conflict::Kind::MergedTwice => "merged twice",
            identity_conflict::Kind::Unspecified => "?",
        };
        Line::plain(vec![
            name(row.customer.as_ref(), &row.token),
            what.to_owned(),
            row.tie.as_ref().map(tie).unwrap_or_default(),
            row.counts_event_id.clone(),
        ])
    }

    fn note(_: &ListIdentityConflictsResponse) -> Option<String> {
        None
    }
}

impl Listing for ListNotComparedRequest {
    type Row = NotCompared;

    const MEMBER: &'static str = "pairs";
    const NOUN: &'static str = "pairs";
    const COLUMNS: &'static [Column] = &[
        Column::new("CUSTOMER", 12, 40),
        Column::new("ISSUE", 12, 40),
        Column::new("OWNER", 8, 30),
        Column::new("OTHER", 12, 40),
        Column::new("OWNER", 8, 30),
        Column::new("TITLES", 12, 120),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListNotComparedResponse) -> Vec<NotCompared> {
        std::mem::take(&mut page.pairs)
    }

    fn state(page: &ListNotComparedResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &NotCompared, _: &Out) -> Line {
        let (issue, other) = (row.issue.clone().unwrap_or_default(), row.other.clone().unwrap_or_default());
        Line::plain(vec![
            name(row.customer.as_ref(), &row.token),
            words::issue_name(&issue),
            words::owner(&issue),
            words::issue_name(&other),
            words::owner(&other),
            format!("{} | {}", issue.title, other.title),
        ])
    }

    fn note(_: &ListNotComparedResponse) -> Option<String> {
        Some("`davy link ISSUE related OTHER` or `distinct-from` settles a pair".to_owned())
    }
}
