//! `PagerService`: what is owed, claims, and what came of them. Callers have the role `pager`.

mod content;

use std::sync::Arc;

use domain::{Ping, PingId, PingOutcome, limits, pings_owed};
use engine::{
    pings::{Attempt, CLAIM, Came, Claim},
    query::{Answer, ShownIssue},
};
use jiff::{SignedDuration, Timestamp};
use proto::v1::{self, pager_service_server::PagerService};
use tonic::{Request, Response, Status};

use crate::{
    check::Check,
    deadline::patience,
    shared::Shared,
    status,
    watch::{Frames, Opening},
};

/// A ping that failed is tried again after so long at the latest.
const LATEST_RETRY: SignedDuration = SignedDuration::from_mins(15);

pub(crate) struct Pagers(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl PagerService for Pagers {
    type WatchOwedPingsStream = Frames<v1::WatchOwedPingsResponse>;

    async fn watch_owed_pings(
        &self,
        request: Request<v1::WatchOwedPingsRequest>,
    ) -> Result<Response<Self::WatchOwedPingsStream>, Status> {
        let mut check = Check::default();
        let resume = check.resume_point(&request.get_ref().resume_token);
        check.done(Some(()))?;
        let opening = Opening::new(&request, resume)?;
        self.0.watch(opening, |reader, resume| reader.watch_owed(resume)).await
    }

    async fn claim_ping(
        &self,
        request: Request<v1::ClaimPingRequest>,
    ) -> Result<Response<v1::ClaimPingResponse>, Status> {
        let patience = patience(request.metadata());
        let v1::ClaimPingRequest { ping, by, attempt } = request.into_inner();
        let mut check = Check::default();
        let attempt = check.attempt(&ping, by, attempt);
        let attempt = check.done(attempt)?;
        let claim = self.0.pings.claim(&attempt, patience).await.map_err(status::ping)?;
        Ok(Response::new(match claim {
            Claim::No { why } => v1::ClaimPingResponse { why_not: why, ..Default::default() },
            Claim::Yes { ping, issue, until } => {
                let id = issue.issue.id;
                let Answer { value: about, position: _ } =
                    self.0.ask(true, move |reader| reader.escalating(id)).await?;
                v1::ClaimPingResponse {
                    claimed: true,
                    why_not: String::new(),
                    content: Some(self.0.content(&ping, &about)),
                    until: Some(wire::proto::timestamp(until)),
                }
            }
        }))
    }

    async fn record_ping_outcome(
        &self,
        request: Request<v1::RecordPingOutcomeRequest>,
    ) -> Result<Response<v1::RecordPingOutcomeResponse>, Status> {
        let patience = patience(request.metadata());
        let v1::RecordPingOutcomeRequest { ping, by, attempt, outcome, retry_at, detail } =
            request.into_inner();
        let mut check = Check::default();
        let attempt = check.attempt(&ping, by, attempt);
        let came = check.came(outcome, retry_at.as_ref(), self.0.reader.now());
        if detail.len() > limits::PING_DETAIL_BYTES {
            let most = limits::PING_DETAIL_BYTES;
            check.refuse("detail", format!("is {} bytes long; at most {most} are taken", detail.len()));
        }
        let (attempt, came) = check.done(attempt.zip(came))?;
        let position = self.0.pings.record(&attempt, &came, &detail, patience).await.map_err(status::ping)?;
        Ok(Response::new(v1::RecordPingOutcomeResponse { position: position.to_string() }))
    }
}

impl Check {
    /// The id of a ping.
    pub(crate) fn ping(&mut self, field: &str, sent: &str) -> Option<PingId> {
        let read = sent.parse::<PingId>();
        read.map_err(|_| self.refuse(field, "is no id of a ping; ListPings has those that are kept")).ok()
    }

    fn attempt(&mut self, ping: &str, by: String, number: u32) -> Option<Attempt> {
        let ping = self.ping("ping", ping);
        if by.is_empty() {
            self.refuse("by", "is missing; every pager has a name, the same after a restart");
        }
        if by.len() > limits::WORD_BYTES {
            self.refuse(
                "by",
                format!("is {} bytes long; at most {} are taken", by.len(), limits::WORD_BYTES),
            );
        }
        if number == 0 {
            self.refuse("attempt", "counts from 1, as in OwedPing");
        }
        Some(Attempt { ping: ping?, number, by })
    }

    fn came(
        &mut self,
        outcome: i32,
        retry_at: Option<&prost_types::Timestamp>,
        now: Timestamp,
    ) -> Option<Came> {
        let retry_at = self.instant("retry_at", retry_at);
        match self.enumeration("outcome", outcome)? {
            v1::PingOutcomeKind::Unspecified => {
                self.refuse("outcome", "is missing");
                None
            }
            v1::PingOutcomeKind::Delivered => Some(Came::Delivered),
            v1::PingOutcomeKind::FailedForNow if retry_at.is_none() => {
                self.refuse(
                    "retry_at",
                    "is missing; say when it is to be tried again, or that it failed for good",
                );
                None
            }
            v1::PingOutcomeKind::FailedForNow => {
                Some(Came::Failed { retry_at: retry_at.map(|at| soon(at, now)) })
            }
            v1::PingOutcomeKind::Throttled => {
                if retry_at.is_none() {
                    self.refuse("retry_at", "is missing; say until when its contact has got enough");
                }
                Some(Came::Throttled { until: soon(retry_at?, now) })
            }
            v1::PingOutcomeKind::FailedForGood => Some(Came::Failed { retry_at: None }),
        }
    }
}

/// A pager whose clock is ahead must not silence anybody.
fn soon(at: Timestamp, now: Timestamp) -> Timestamp {
    at.clamp(now, now.checked_add(LATEST_RETRY).unwrap_or(now))
}

/// A row of the watch.
pub(crate) fn owed_issue(shown: &ShownIssue) -> v1::OwedIssue {
    let issue = &shown.issue;
    let customer = shown.canonical.as_ref().map(|canonical| canonical.id).or_else(|| issue.customer_id());
    v1::OwedIssue {
        issue: issue.id.to_string(),
        customer: customer.map(|customer| customer.to_string()).unwrap_or_default(),
        severity: wire::proto::severity(issue.severity()).into(),
        pings: pings_owed(issue).map(|ping| owed(issue.id, ping)).collect(),
    }
}

fn owed(issue: domain::IssueId, ping: &Ping) -> v1::OwedPing {
    let (made, claimed_at) = match &ping.outcome {
        PingOutcome::Attempted { attempt, by: _, at, position: _ } => (*attempt, Some(*at)),
        PingOutcome::Retrying { attempt, not_before: _ } => (*attempt, None),
        PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Delivered { .. }
        | PingOutcome::Failed { .. }
        | PingOutcome::Withdrawn { .. } => (0, None),
    };
    let until = claimed_at.map(|at| at.checked_add(CLAIM).unwrap_or(at));
    v1::OwedPing {
        ping: Some(wire::proto::ping(issue, ping)),
        attempt: made.saturating_add(1),
        claimed_until: until.map(wire::proto::timestamp),
    }
}
