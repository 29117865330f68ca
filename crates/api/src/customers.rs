//! `CustomerService`: customers, and what happened to them.

use std::sync::Arc;

use domain::LeafId;
use engine::{
    CustomerRecord,
    query::{
        Answer, CustomersQuery, Fate, Scope, TimelineCursor, TimelineItem, TimelineOrder, TimelineQuery,
    },
};
use proto::v1::{self, customer_service_server::CustomerService};
use tonic::{Request, Response, Status};

use crate::{
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
        let Answer { value: record, position } = self.0.ask(true, move |reader| reader.customer(id)).await?;
        let customer = Some(customer_of(&record));
        Ok(Response::new(v1::GetCustomerResponse { customer, read_state: self.0.read_state(position) }))
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
            customers: page.customers.iter().map(customer_of).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
        }))
    }

    async fn get_timeline(
        &self,
        request: Request<v1::GetTimelineRequest>,
    ) -> Result<Response<v1::GetTimelineResponse>, Status> {
        let patience = patience(request.metadata());
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
        let Answer { value: page, position } =
            self.0.ask(false, move |reader| reader.timeline(&query)).await?;
        Ok(Response::new(v1::GetTimelineResponse {
            entries: page.items.iter().map(timeline_entry).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
        }))
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
        let opening = Opening::new(&request, resume);
        self.0.watch(opening, move |reader, resume| reader.watch_timeline(scope, recent, resume)).await
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

fn customer_of(record: &CustomerRecord) -> v1::Customer {
    let CustomerRecord { leaf, raw, issues, open, unacknowledged } = record;
    wire::proto::customer(leaf.as_ref(), raw.as_deref(), [*issues, *open, *unacknowledged])
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
