//! What should be looked at about customers: suggestions, conflicts, and what nobody compared.

use std::{sync::Arc, time::Duration};

use domain::{
    Leaf, LeafId,
    identity::{Conflict, Doors, Hint, NotCompared},
};
use engine::query::{Answer, Finding, FindingsCursor, FindingsPage, FindingsQuery, Found, ReadAt, Sought};
use proto::v1;
use tonic::Status;

use crate::{
    check::{Check, unread},
    issues,
    shared::Shared,
    token::Binding,
};

/// What the lists have in common.
struct Asked<'a> {
    sought: Sought,
    customer: &'a str,
    department: &'a str,
    page_size: i32,
    page_token: &'a str,
    read: Option<v1::ReadOptions>,
}

impl<'a> Asked<'a> {
    /// About every department.
    fn new(
        sought: Sought,
        customer: &'a str,
        page_size: i32,
        page_token: &'a str,
        read: Option<&v1::ReadOptions>,
    ) -> Self {
        Self { sought, customer, department: "", page_size, page_token, read: read.cloned() }
    }

    /// What page tokens are bound to.
    const fn method(&self) -> &'static str {
        match self.sought {
            Sought::Suggestions => "ListSuggestions",
            Sought::Conflicts => "ListIdentityConflicts",
            Sought::NotCompared => "ListNotCompared",
        }
    }
}

/// A page of one of the lists.
struct Page<R> {
    rows: Vec<R>,
    next_page_token: String,
    read_state: Option<v1::ReadState>,
}

impl Shared {
    pub(super) async fn suggestions(
        self: &Arc<Self>,
        request: v1::ListSuggestionsRequest,
        patience: Duration,
    ) -> Result<v1::ListSuggestionsResponse, Status> {
        let v1::ListSuggestionsRequest { customer, page_size, page_token, read } = &request;
        let asked = Asked::new(Sought::Suggestions, customer, *page_size, page_token, read.as_ref());
        let Page { rows, next_page_token, read_state } = self.page(asked, patience, suggestion).await?;
        Ok(v1::ListSuggestionsResponse { suggestions: rows, next_page_token, read_state })
    }

    pub(super) async fn conflicts(
        self: &Arc<Self>,
        request: v1::ListIdentityConflictsRequest,
        patience: Duration,
    ) -> Result<v1::ListIdentityConflictsResponse, Status> {
        let v1::ListIdentityConflictsRequest { customer, page_size, page_token, read } = &request;
        let asked = Asked::new(Sought::Conflicts, customer, *page_size, page_token, read.as_ref());
        let Page { rows, next_page_token, read_state } = self.page(asked, patience, conflict).await?;
        Ok(v1::ListIdentityConflictsResponse { conflicts: rows, next_page_token, read_state })
    }

    pub(super) async fn not_compared(
        self: &Arc<Self>,
        request: v1::ListNotComparedRequest,
        patience: Duration,
    ) -> Result<v1::ListNotComparedResponse, Status> {
        let v1::ListNotComparedRequest { customer, department, page_size, page_token, read } = &request;
        let asked = Asked::new(Sought::NotCompared, customer, *page_size, page_token, read.as_ref());
        let Page { rows, next_page_token, read_state } =
            self.page(Asked { department, ..asked }, patience, Some).await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for finding in rows {
            if let Found::NotCompared(pair) = finding.found {
                let (customer, token) = about(finding.customer, finding.leaf.as_ref());
                let [issue, other] = self.pair(pair).await?;
                pairs.push(v1::NotCompared { customer, token, issue, other });
            }
        }
        Ok(v1::ListNotComparedResponse { pairs, next_page_token, read_state })
    }

    async fn pair(self: &Arc<Self>, pair: NotCompared) -> Result<[Option<v1::Issue>; 2], Status> {
        self.ask(true, move |reader| {
            let NotCompared { one, other } = pair;
            let one = reader.issue(one, ReadAt::default())?.value;
            let other = reader.issue(other, ReadAt::default())?.value;
            Ok([one, other].map(|shown| Some(issues::shown_issue(&shown))))
        })
        .await
    }

    async fn page<R>(
        self: &Arc<Self>,
        asked: Asked<'_>,
        patience: Duration,
        row: impl Fn(Finding) -> Option<R>,
    ) -> Result<Page<R>, Status> {
        let method = asked.method();
        let Asked { sought, customer, department, page_size, page_token, mut read } = asked;
        let mut check = Check::default();
        let wait_for = check.read_now(read.as_ref());
        let page_size = check.page_size(page_size);
        let leaf: Option<LeafId> = check.any_customer("customer", customer);
        let of = check.department("department", department);
        check.done(Some(()))?;
        unread(&mut read);
        // The two texts are all that a page depends on.
        let bound = v1::ListNotComparedRequest {
            customer: customer.to_owned(),
            department: department.to_owned(),
            ..v1::ListNotComparedRequest::default()
        };
        let binding = Binding::new(method, &bound);
        let after = self.tokens.open::<FindingsCursor>(binding, page_token)?;
        self.reach(wait_for, patience).await?;
        let query = FindingsQuery { sought, customer: leaf, department: of, page_size, after };
        let Answer { value, position } = self.ask(false, move |reader| reader.findings(&query)).await?;
        let FindingsPage { findings, next } = value;
        Ok(Page {
            rows: findings.into_iter().filter_map(row).collect(),
            next_page_token: self.tokens.seal(binding, next.as_ref()),
            read_state: self.read_state(position),
        })
    }
}

/// A customer as a finding names them, and their token.
fn about(id: LeafId, leaf: Option<&Leaf>) -> (Option<v1::CustomerRef>, String) {
    let customer =
        id.zip(leaf).map(|(id, leaf)| v1::CustomerRef { id: id.to_string(), display_name: leaf.decoded() });
    (customer, leaf.map(ToString::to_string).unwrap_or_default())
}

fn suggestion(finding: Finding) -> Option<v1::Suggestion> {
    use v1::suggestion::Suggestion;

    let (customer, token) = about(finding.customer, finding.leaf.as_ref());
    let suggestion = match finding.found {
        Found::Hint(hint, leaves) => {
            let Hint { tie, kind: _ } = *hint;
            Suggestion::WeakAlias(between(&tie, leaves))
        }
        Found::SameId { leaf, other } => {
            Suggestion::SameId(v1::SameId { token: leaf.to_string(), other_token: other.to_string() })
        }
        Found::Doors(Doors { earliest, others, doors }) => Suggestion::ManyDoors(v1::ManyDoors {
            earliest_issue_id: earliest.to_string(),
            other_issue_ids: others.iter().map(ToString::to_string).collect(),
            doors,
        }),
        Found::Conflict(..) | Found::NotCompared(_) => return None,
    };
    Some(v1::Suggestion { customer, token, suggestion: Some(suggestion) })
}

fn conflict(finding: Finding) -> Option<v1::IdentityConflict> {
    use v1::identity_conflict::Kind;

    let (customer, token) = about(finding.customer, finding.leaf.as_ref());
    let Found::Conflict(conflict, leaves) = finding.found else { return None };
    let (kind, tie, counts) = match *conflict {
        Conflict::TwoCustomers { counts, other } => (Kind::TwoCustomers, other, Some(counts.identity)),
        Conflict::MergedTwice(tie) => (Kind::MergedTwice, tie, None),
    };
    let (counts_source, counts_event_id) =
        counts.map(|identity| (identity.source, identity.id)).unwrap_or_default();
    Some(v1::IdentityConflict {
        kind: kind.into(),
        customer,
        token,
        tie: Some(between(&tie, leaves)),
        counts_source,
        counts_event_id,
    })
}

fn between(tie: &domain::identity::Tie, leaves: [Option<Leaf>; 2]) -> v1::CustomerTie {
    let [from, to] = leaves.map(|leaf| leaf.map(|leaf| (leaf, None)));
    let ends = [from.as_ref(), to.as_ref()];
    let about = ends.into_iter().flatten().map(|(leaf, _)| leaf).find(|leaf| leaf.id() == tie.home);
    wire::proto::tie(tie, ends, about)
}
