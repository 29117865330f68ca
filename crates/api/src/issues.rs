//! `IssueService`: what awaits acknowledgement, and who answers for what.

use std::sync::Arc;

use engine::query::{Answer, IssueDetail, IssuePage, IssuesQuery, ListCursor, Shown, Which};
use proto::v1::{self, issue_service_server::IssueService, unacknowledged_entry::Entry};
use tonic::{Request, Response, Status};

use crate::{
    check::{Check, unread},
    deadline::patience,
    shared::Shared,
    token::Binding,
    watch::{Frames, Opening},
};

pub(crate) struct Issues(pub(crate) Arc<Shared>);

/// The members that both lists have.
struct List<'a> {
    which: Which,
    filter: Option<&'a v1::IssueFilter>,
    order_by: i32,
    page_size: i32,
    page_token: &'a str,
    read: Option<&'a v1::ReadOptions>,
    binding: Binding,
}

impl Issues {
    async fn list(&self, list: List<'_>, patience: std::time::Duration) -> Result<Answer<IssuePage>, Status> {
        let List { which, filter, order_by, page_size, page_token, read, binding } = list;
        let mut check = Check::default();
        let (filter, order) = (check.filter(filter), check.order(order_by));
        let (page_size, read) = (check.page_size(page_size), check.read(read));
        let query = IssuesQuery { which, filter, order, read: read.at, page_size, after: None };
        let mut query = check.done(Some(query))?;
        query.after = self.0.tokens.open::<ListCursor>(binding, page_token)?;
        self.0.reach(read.wait_for, patience).await?;
        self.0.ask(query.is_cheap(), move |reader| reader.issues(&query)).await
    }
}

#[tonic::async_trait]
impl IssueService for Issues {
    async fn list_unacknowledged(
        &self,
        request: Request<v1::ListUnacknowledgedRequest>,
    ) -> Result<Response<v1::ListUnacknowledgedResponse>, Status> {
        let patience = patience(request.metadata());
        let mut request = request.into_inner();
        let (read, page_token) = (request.read.clone(), std::mem::take(&mut request.page_token));
        let page_size = std::mem::take(&mut request.page_size);
        unread(&mut request.read);
        let binding = Binding::new("ListUnacknowledged", &request);
        let list = List {
            which: Which::Unacknowledged,
            filter: request.filter.as_ref(),
            order_by: request.order_by,
            page_size,
            page_token: &page_token,
            read: read.as_ref(),
            binding,
        };
        let Answer { value: page, position } = self.list(list, patience).await?;
        Ok(Response::new(v1::ListUnacknowledgedResponse {
            entries: page
                .rows
                .iter()
                .map(|row| v1::UnacknowledgedEntry { entry: Some(entry(row)) })
                .collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            quarantined_total: i64::try_from(page.quarantined).unwrap_or(i64::MAX),
            read_state: self.0.read_state(position),
        }))
    }

    async fn list_issues(
        &self,
        request: Request<v1::ListIssuesRequest>,
    ) -> Result<Response<v1::ListIssuesResponse>, Status> {
        let patience = patience(request.metadata());
        let mut request = request.into_inner();
        let (read, page_token) = (request.read.clone(), std::mem::take(&mut request.page_token));
        let page_size = std::mem::take(&mut request.page_size);
        unread(&mut request.read);
        let binding = Binding::new("ListIssues", &request);
        let list = List {
            which: Which::Every,
            filter: request.filter.as_ref(),
            order_by: request.order_by,
            page_size,
            page_token: &page_token,
            read: read.as_ref(),
            binding,
        };
        let Answer { value: page, position } = self.list(list, patience).await?;
        let issues = page.rows.iter().filter_map(|row| match row {
            Shown::Issue(shown) => Some(wire::proto::issue(&shown.issue, &shown.owner)),
            Shown::Quarantined(_) => None,
        });
        Ok(Response::new(v1::ListIssuesResponse {
            issues: issues.collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
        }))
    }

    async fn get_issue(
        &self,
        request: Request<v1::GetIssueRequest>,
    ) -> Result<Response<v1::GetIssueResponse>, Status> {
        let patience = patience(request.metadata());
        let request = request.into_inner();
        let mut check = Check::default();
        let (id, read) = (check.issue("issue", request.issue.as_ref()), check.read(request.read.as_ref()));
        let id = check.done(id)?;
        self.0.reach(read.wait_for, patience).await?;
        let cheap = read.at.is_present();
        let answer = self.0.ask(cheap, move |reader| reader.issue_detail(id, read.at)).await?;
        let Answer { value: found, position } = answer;
        let v1::IssueDetail { issue, body, heard_by, duplicate_of } = detail(&found);
        let read_state = self.0.read_state(position);
        Ok(Response::new(v1::GetIssueResponse { issue, body, heard_by, duplicate_of, read_state }))
    }

    async fn who_owns(
        &self,
        request: Request<v1::WhoOwnsRequest>,
    ) -> Result<Response<v1::WhoOwnsResponse>, Status> {
        let patience = patience(request.metadata());
        let request = request.into_inner();
        let mut check = Check::default();
        let (id, read) = (check.issue("issue", request.issue.as_ref()), check.read(request.read.as_ref()));
        let id = check.done(id)?;
        self.0.reach(read.wait_for, patience).await?;
        let cheap = read.at.is_present();
        let Answer { value: shown, position } =
            self.0.ask(cheap, move |reader| reader.issue(id, read.at)).await?;
        let issue = &shown.issue;
        Ok(Response::new(v1::WhoOwnsResponse {
            issue_id: issue.id.to_string(),
            owner: Some(wire::proto::owner(&shown.owner)),
            offered_to: issue.custody.offer.as_ref().map(wire::proto::offer),
            acknowledged: issue.acknowledged.as_ref().map(wire::proto::acknowledgement),
            lifecycle: wire::proto::lifecycle(issue.lifecycle()).into(),
            read_state: self.0.read_state(position),
        }))
    }

    type WatchUnacknowledgedStream = Frames<v1::WatchUnacknowledgedResponse>;

    async fn watch_unacknowledged(
        &self,
        request: Request<v1::WatchUnacknowledgedRequest>,
    ) -> Result<Response<Self::WatchUnacknowledgedStream>, Status> {
        let v1::WatchUnacknowledgedRequest { filter, resume_token } = request.get_ref();
        let mut check = Check::default();
        let (filter, resume) = (check.filter(filter.as_ref()), check.resume_point(resume_token));
        if filter.older_than.is_some() {
            check.refuse(
                "filter.older_than",
                "cannot be watched: nothing changes in the log when a row comes of age; ask ListUnacknowledged now and then",
            );
        }
        let filter = check.done(Some(filter))?;
        let opening = Opening::new(&request, resume);
        self.0.watch(opening, |reader, resume| reader.watch_unacknowledged(filter, resume)).await
    }

    type WatchIssueStream = Frames<v1::WatchIssueResponse>;

    async fn watch_issue(
        &self,
        request: Request<v1::WatchIssueRequest>,
    ) -> Result<Response<Self::WatchIssueStream>, Status> {
        let v1::WatchIssueRequest { issue, resume_token } = request.get_ref();
        let mut check = Check::default();
        let (id, resume) = (check.issue("issue", issue.as_ref()), check.resume_point(resume_token));
        let id = check.done(id)?;
        let opening = Opening::new(&request, resume);
        self.0.watch(opening, move |reader, resume| reader.watch_issue(id, resume)).await
    }
}

/// An issue whole, as GetIssue and its watch show it.
pub(crate) fn detail(found: &IssueDetail) -> v1::IssueDetail {
    let IssueDetail { shown, report } = found;
    let heard_by = shown.issue.reported.as_ref().and_then(|reported| reported.heard_by.as_ref());
    v1::IssueDetail {
        issue: Some(wire::proto::issue(&shown.issue, &shown.owner)),
        body: report.as_ref().map(wire::proto::report_body).unwrap_or_default(),
        heard_by: heard_by.map(wire::proto::person),
        duplicate_of: shown.issue.duplicate_of.map(|other| other.to_string()).unwrap_or_default(),
    }
}

/// A row of the unacknowledged.
pub(crate) fn entry(row: &Shown) -> Entry {
    match row {
        Shown::Issue(shown) => Entry::Issue(wire::proto::issue(&shown.issue, &shown.owner)),
        Shown::Quarantined(message) => Entry::Quarantined(wire::proto::quarantined(message)),
    }
}
