//! `IssueService`: what awaits acknowledgement, and who answers for what.

use std::sync::Arc;

use engine::query::{
    Answer, Canonical, IssueDetail, IssuePage, IssuesQuery, ListCursor, Shown, ShownIssue, Which,
};
use proto::v1::{self, issue_service_server::IssueService, unacknowledged_entry::Entry};
use tonic::{Request, Response, Status};

use crate::{
    check::{Check, unread},
    commands::command_methods,
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
    command_methods! {
        report_issue: ReportIssueRequest => ReportIssueResponse,
        acknowledge_issue: AcknowledgeIssueRequest => AcknowledgeIssueResponse,
        accept_issue: AcceptIssueRequest => AcceptIssueResponse,
        assign_issue: AssignIssueRequest => AssignIssueResponse,
        decline_issue: DeclineIssueRequest => DeclineIssueResponse,
        offer_hand_off: OfferHandOffRequest => OfferHandOffResponse,
        accept_hand_off: AcceptHandOffRequest => AcceptHandOffResponse,
        decline_hand_off: DeclineHandOffRequest => DeclineHandOffResponse,
        withdraw_hand_off: WithdrawHandOffRequest => WithdrawHandOffResponse,
        request_assist: RequestAssistRequest => RequestAssistResponse,
        accept_assist: AcceptAssistRequest => AcceptAssistResponse,
        answer_assist: AnswerAssistRequest => AnswerAssistResponse,
        decline_assist: DeclineAssistRequest => DeclineAssistResponse,
        request_deferral: RequestDeferralRequest => RequestDeferralResponse,
        decide_deferral: DecideDeferralRequest => DecideDeferralResponse,
        cancel_deferral: CancelDeferralRequest => CancelDeferralResponse,
        make_promise: MakePromiseRequest => MakePromiseResponse,
        keep_promise: KeepPromiseRequest => KeepPromiseResponse,
        renegotiate_promise: RenegotiatePromiseRequest => RenegotiatePromiseResponse,
        report_workaround: ReportWorkaroundRequest => ReportWorkaroundResponse,
        review_workaround: ReviewWorkaroundRequest => ReviewWorkaroundResponse,
        add_note: AddNoteRequest => AddNoteResponse,
        change_severity: ChangeSeverityRequest => ChangeSeverityResponse,
        request_customer_input: RequestCustomerInputRequest => RequestCustomerInputResponse,
        send_update: SendUpdateRequest => SendUpdateResponse,
        log_contact: LogContactRequest => LogContactResponse,
        report_missed_contact: ReportMissedContactRequest => ReportMissedContactResponse,
        resolve_issue: ResolveIssueRequest => ResolveIssueResponse,
        close_issue: CloseIssueRequest => CloseIssueResponse,
        reopen_issue: ReopenIssueRequest => ReopenIssueResponse,
        withdraw_issue: WithdrawIssueRequest => WithdrawIssueResponse,
        reinstate_issue: ReinstateIssueRequest => ReinstateIssueResponse,
        link_issues: LinkIssuesRequest => LinkIssuesResponse,
        unlink_issues: UnlinkIssuesRequest => UnlinkIssuesResponse,
        correct_customer: CorrectCustomerRequest => CorrectCustomerResponse,
        add_reference: AddReferenceRequest => AddReferenceResponse,
        observe_signal: ObserveSignalRequest => ObserveSignalResponse,
        disposition_signal: DispositionSignalRequest => DispositionSignalResponse,
    }

    async fn batch_acknowledge_issues(
        &self,
        request: Request<v1::BatchAcknowledgeIssuesRequest>,
    ) -> Result<Response<v1::BatchAcknowledgeIssuesResponse>, Status> {
        let outcomes = self.0.commands(request, |batch| batch.requests).await?;
        Ok(Response::new(v1::BatchAcknowledgeIssuesResponse { outcomes }))
    }

    async fn batch_accept_issues(
        &self,
        request: Request<v1::BatchAcceptIssuesRequest>,
    ) -> Result<Response<v1::BatchAcceptIssuesResponse>, Status> {
        let outcomes = self.0.commands(request, |batch| batch.requests).await?;
        Ok(Response::new(v1::BatchAcceptIssuesResponse { outcomes }))
    }

    async fn list_work(
        &self,
        request: Request<v1::ListWorkRequest>,
    ) -> Result<Response<v1::ListWorkResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
        let answer = self.0.list_work(request.into_inner(), patience).await?;
        Ok(Response::new(viewer.shown(answer)))
    }

    async fn list_unacknowledged(
        &self,
        request: Request<v1::ListUnacknowledgedRequest>,
    ) -> Result<Response<v1::ListUnacknowledgedResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
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
        Ok(Response::new(viewer.shown(v1::ListUnacknowledgedResponse {
            entries:
                page.rows.iter().map(|row| v1::UnacknowledgedEntry { entry: Some(entry(row)) }).collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            quarantined_total: i64::try_from(page.quarantined).unwrap_or(i64::MAX),
            read_state: self.0.read_state(position),
        })))
    }

    async fn list_issues(
        &self,
        request: Request<v1::ListIssuesRequest>,
    ) -> Result<Response<v1::ListIssuesResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
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
            Shown::Issue(shown) => Some(shown_issue(shown)),
            Shown::Quarantined(_) => None,
        });
        Ok(Response::new(viewer.shown(v1::ListIssuesResponse {
            issues: issues.collect(),
            next_page_token: self.0.tokens.seal(binding, page.next.as_ref()),
            read_state: self.0.read_state(position),
        })))
    }

    async fn get_issue(
        &self,
        request: Request<v1::GetIssueRequest>,
    ) -> Result<Response<v1::GetIssueResponse>, Status> {
        let (patience, mut viewer) = (patience(request.metadata()), self.0.viewer(&request)?);
        let request = request.into_inner();
        let mut check = Check::default();
        let (id, read) = (check.issue("issue", request.issue.as_ref()), check.read(request.read.as_ref()));
        let id = check.done(id)?;
        self.0.reach(read.wait_for, patience).await?;
        let cheap = read.at.is_present();
        let answer = self.0.ask(cheap, move |reader| reader.issue_detail(id, read.at)).await?;
        let Answer { value: found, position } = answer;
        let redirected_from = redirected_from(&found);
        let v1::IssueDetail { issue, body, heard_by, duplicate_of, work, clocks, runs } = detail(&found);
        let read_state = self.0.read_state(position);
        Ok(Response::new(viewer.shown(v1::GetIssueResponse {
            issue,
            body,
            heard_by,
            duplicate_of,
            read_state,
            work,
            redirected_from,
            clocks,
            runs,
        })))
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

    async fn explain_clock(
        &self,
        request: Request<v1::ExplainClockRequest>,
    ) -> Result<Response<v1::ExplainClockResponse>, Status> {
        let patience = patience(request.metadata());
        self.0.explain_clock(request.into_inner(), patience).await.map(Response::new)
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
        let opening = Opening::new(&request, resume)?;
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
        let opening = Opening::new(&request, resume)?;
        self.0.watch(opening, move |reader, resume| reader.watch_issue(id, resume)).await
    }
}

/// An issue with the customer by the leaf that they go by.
pub(crate) fn shown_issue(shown: &ShownIssue) -> v1::Issue {
    let ShownIssue { issue, owner, canonical } = shown;
    let mut answer = wire::proto::issue(issue, owner);
    if let Some(Canonical { id: _, named }) = canonical {
        answer.customer = Some(wire::proto::customer_ref(named));
    }
    answer
}

/// The id that was asked for, where the issue goes by another one now.
fn redirected_from(found: &IssueDetail) -> String {
    let IssueDetail { asked, shown, report: _, clocks: _ } = found;
    if *asked == shown.issue.id { String::new() } else { asked.to_string() }
}

/// An issue whole, as GetIssue and its watch show it.
pub(crate) fn detail(found: &IssueDetail) -> v1::IssueDetail {
    let IssueDetail { asked: _, shown, report, clocks } = found;
    let heard_by = shown.issue.reported.as_ref().and_then(|reported| reported.heard_by.as_ref());
    v1::IssueDetail {
        issue: Some(shown_issue(shown)),
        body: report.as_ref().map(wire::proto::report_body).unwrap_or_default(),
        heard_by: heard_by.map(wire::proto::person),
        duplicate_of: shown.issue.duplicate_of.map(|other| other.to_string()).unwrap_or_default(),
        work: Some(wire::proto::work(&shown.issue)),
        clocks: clocks.iter().map(wire::proto::clock).collect(),
        runs: wire::proto::runs(&shown.issue),
    }
}

/// A row of the unacknowledged.
pub(crate) fn entry(row: &Shown) -> Entry {
    match row {
        Shown::Issue(shown) => Entry::Issue(shown_issue(shown)),
        Shown::Quarantined(message) => Entry::Quarantined(wire::proto::quarantined(message)),
    }
}
