//! `CustomerService`: customers, who they are, and what happened to them.

mod findings;
mod orders;
mod shown;
mod silent;

use std::sync::Arc;

use domain::LeafId;
use engine::query::{
    Answer, CustomersQuery, Fate, Scope, TimelineCursor, TimelineItem, TimelineOrder, TimelineQuery,
};
use proto::v1::{self, customer_service_server::CustomerService};
use tonic::{Request, Response, Status};

use crate::{
    auth::principal,
    check::{Check, unread},
    deadline::patience,
    shared::Shared,
    token::Binding,
    watch::{Frames, Opening},
};

pub(crate) struct Customers(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl CustomerService for Customers {
    async fn get_customer(
        &self,
        request: Request<v1::GetCustomerRequest>,
    ) -> Result<Response<v1::GetCustomerResponse>, Status> {
        let patience = patience(request.metadata());
        let request = request.into_inner();
        let mut check = Check::default();
        let wait_for = check.read_now(request.read.as_ref());
        let customer = check.customer("customer", &request.customer);
        let id = check.done(customer)?;
        self.0.reach(wait_for, patience).await?;
        let found = self.0.ask(true, move |reader| {
            let customer = reader.customer(id)?;
            Ok((customer, id.map(|id| reader.silence(id)).transpose()?.and_then(|answer| answer.value)))
        });
        let (Answer { value: whole, position }, silence) = found.await?;
        let now = self.0.reader.now();
        let silence = silence.map(|silence| wire::proto::silence(&silence, now));
        let redirected_from = shown::redirected_from(id, whole.id);
        let customer = Some(shown::customer(&whole));
        let read_state = self.0.read_state(position);
        Ok(Response::new(v1::GetCustomerResponse { customer, read_state, redirected_from, silence }))
    }

    async fn list_customers(
        &self,
        request: Request<v1::ListCustomersRequest>,
    ) -> Result<Response<v1::ListCustomersResponse>, Status> {
        let patience = patience(request.metadata());
        let mut request = request.into_inner();
        let mut check = Check::default();
        let wait_for = check.read_now(request.read.as_ref());
        let page_size = check.page_size(std::mem::take(&mut request.page_size));
        let page_token = std::mem::take(&mut request.page_token);
        unread(&mut request.read);
        check.done(Some(()))?;
        let binding = Binding::new("ListCustomers", &request);
        let query = CustomersQuery {
            with_open_issues: request.with_open_issues,
            with_unacknowledged_issues: request.with_unacknowledged_issues,
            page_size,
            after: self.0.tokens.open(binding, &page_token)?,
        };
        self.0.reach(wait_for, patience).await?;
        let Answer { value: page, position } =
            self.0.ask(false, move |reader| reader.customers(&query)).await?;
        Ok(Response::new(v1::ListCustomersResponse {
            customers: page.customers.iter().map(shown::customer).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
        }))
    }

    async fn get_timeline(
        &self,
        request: Request<v1::GetTimelineRequest>,
    ) -> Result<Response<v1::GetTimelineResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
        let mut request = request.into_inner();
        let mut check = Check::default();
        let read = check.read(request.read.as_ref());
        let page_size = check.page_size(std::mem::take(&mut request.page_size));
        let page_token = std::mem::take(&mut request.page_token);
        let order = check.timeline_order(request.order_by);
        let scope = check.scope(&request.customer, request.issue.as_ref());
        unread(&mut request.read);
        let scope = check.done(scope)?;
        let binding = Binding::new("GetTimeline", &request);
        let after = self.0.tokens.open::<TimelineCursor>(binding, &page_token)?;
        let query = TimelineQuery { scope, order, read: read.at, page_size, after };
        self.0.reach(read.wait_for, patience).await?;
        let asked = customer_in(scope);
        let answer = self.0.ask(false, move |reader| {
            let page = reader.timeline(&query)?;
            let goes_by = asked.map(|leaf| reader.canonical(leaf, read.at)).transpose()?;
            Ok((page, goes_by.and_then(|answer| answer.value)))
        });
        let (Answer { value: page, position }, goes_by) = answer.await?;
        Ok(Response::new(viewer.shown(v1::GetTimelineResponse {
            entries: page.items.iter().map(|item| timeline_entry(item)).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
            customer_id: goes_by.map(|id| id.to_string()).unwrap_or_default(),
            redirected_from: shown::redirected_from(asked.flatten(), goes_by),
        })))
    }

    async fn assert_alias(
        &self,
        request: Request<v1::AssertAliasRequest>,
    ) -> Result<Response<v1::AssertAliasResponse>, Status> {
        let (principal, patience) = (principal(&request)?, patience(request.metadata()));
        self.0.assert_alias(request.into_inner(), principal, patience).await.map(Response::new)
    }

    async fn retract_alias(
        &self,
        request: Request<v1::RetractAliasRequest>,
    ) -> Result<Response<v1::RetractAliasResponse>, Status> {
        let (principal, patience) = (principal(&request)?, patience(request.metadata()));
        self.0.retract_alias(request.into_inner(), principal, patience).await.map(Response::new)
    }

    async fn merge_customers(
        &self,
        request: Request<v1::MergeCustomersRequest>,
    ) -> Result<Response<v1::MergeCustomersResponse>, Status> {
        let (principal, patience) = (principal(&request)?, patience(request.metadata()));
        self.0.merge_customers(request.into_inner(), principal, patience).await.map(Response::new)
    }

    async fn unmerge_customers(
        &self,
        request: Request<v1::UnmergeCustomersRequest>,
    ) -> Result<Response<v1::UnmergeCustomersResponse>, Status> {
        let (principal, patience) = (principal(&request)?, patience(request.metadata()));
        self.0.unmerge_customers(request.into_inner(), principal, patience).await.map(Response::new)
    }

    async fn list_suggestions(
        &self,
        request: Request<v1::ListSuggestionsRequest>,
    ) -> Result<Response<v1::ListSuggestionsResponse>, Status> {
        let patience = patience(request.metadata());
        self.0.suggestions(request.into_inner(), patience).await.map(Response::new)
    }

    async fn list_identity_conflicts(
        &self,
        request: Request<v1::ListIdentityConflictsRequest>,
    ) -> Result<Response<v1::ListIdentityConflictsResponse>, Status> {
        let patience = patience(request.metadata());
        self.0.conflicts(request.into_inner(), patience).await.map(Response::new)
    }

    async fn list_not_compared(
        &self,
        request: Request<v1::ListNotComparedRequest>,
    ) -> Result<Response<v1::ListNotComparedResponse>, Status> {
        let (mut viewer, patience) = (self.0.viewer(&request)?, patience(request.metadata()));
        let answer = self.0.not_compared(request.into_inner(), patience).await?;
        Ok(Response::new(viewer.shown(answer)))
    }

    async fn list_silent(
        &self,
        request: Request<v1::ListSilentRequest>,
    ) -> Result<Response<v1::ListSilentResponse>, Status> {
        let patience = patience(request.metadata());
        self.0.silent(request.into_inner(), patience).await.map(Response::new)
    }

    type WatchTimelineStream = Frames<v1::WatchTimelineResponse>;

    async fn watch_timeline(
        &self,
        request: Request<v1::WatchTimelineRequest>,
    ) -> Result<Response<Self::WatchTimelineStream>, Status> {
        let v1::WatchTimelineRequest { customer, issue, recent, resume_token } = request.get_ref();
        let mut check = Check::default();
        let scope = check.scope(customer, issue.as_ref());
        let (recent, resume) = (check.rows("recent", *recent), check.resume_point(resume_token));
        let scope = check.done(scope)?;
        let opening = Opening::new(&request, resume)?;
        self.0.watch(opening, move |reader, resume| reader.watch_timeline(scope, recent, resume)).await
    }
}

/// The customer that a timeline is asked for, if one is.
const fn customer_in(scope: Scope) -> Option<LeafId> {
    match scope {
        Scope::Customer(customer) | Scope::IssueOf(customer, _) => Some(customer),
        Scope::Issue(_) => None,
    }
}

impl Check {
    /// A customer, an issue, or an issue of a customer.
    fn scope(&mut self, customer: &str, issue: Option<&v1::IssueName>) -> Option<Scope> {
        let unnamed = customer.is_empty();
        let customer: Option<LeafId> = self.any_customer("customer", customer);
        match (issue, unnamed) {
            (None, true) => {
                self.refuse("customer", "name a customer or an issue");
                None
            }
            (None, false) => customer.map(Scope::Customer),
            (Some(issue), true) => self.issue("issue", Some(issue)).map(Scope::Issue),
            (Some(issue), false) => self
                .issue("issue", Some(issue))
                .zip(customer)
                .map(|(id, customer)| Scope::IssueOf(customer, id)),
        }
    }

    fn timeline_order(&mut self, sent: i32) -> TimelineOrder {
        match self.enumeration("order_by", sent) {
            Some(v1::TimelineOrder::Unspecified | v1::TimelineOrder::NewestFirst) | None => {
                TimelineOrder::NewestFirst
            }
            Some(v1::TimelineOrder::OldestFirst) => TimelineOrder::OldestFirst,
        }
    }
}

/// An entry, as timelines and traces show it.
pub(crate) fn timeline_entry(item: &TimelineItem) -> v1::TimelineEntry {
    let retracted_by = match item.fate {
        Fate::Retracted { by } => Some(by),
        Fate::Applied | Fate::NotApplied | Fate::Unfolded => None,
    };
    wire::proto::timeline_entry(&item.event, outcome(item.fate), item.anomalies, retracted_by)
}

/// What became of an event.
pub(crate) const fn outcome(fate: Fate) -> v1::EventOutcome {
    match fate {
        Fate::Applied => v1::EventOutcome::Applied,
        Fate::NotApplied => v1::EventOutcome::NotApplied,
        Fate::Unfolded => v1::EventOutcome::Unfolded,
        Fate::Retracted { .. } => v1::EventOutcome::Retracted,
    }
}
