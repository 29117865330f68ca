//! [`Owed`] over gRPC. Every call but the watch has a time limit.

use std::time::Duration;

use jiff::Timestamp;
use proto::v1::{
    self, IssueName, PingOutcomeKind, RunPhase, issue_name, on_call_service_client::OnCallServiceClient,
    pager_service_client::PagerServiceClient, watch_owed_pings_response::Frame as Sent,
};
use tonic::{
    Code, Response, Status, Streaming,
    body::Body,
    client::GrpcService,
    codegen::{Body as HttpBody, Bytes, StdError},
};

use super::{ApiFault, Claim, Claimed, Frame, Outcome, Owed, Record, Row, Standing, Watch};
use crate::{
    Secret,
    ping::{Content, OwedPing, PingId, Recipient, Severity},
};

/// How long a call may take. A claim or a record that took longer is asked again.
const CALL: Duration = Duration::from_secs(10);

/// The API over a connection that was made elsewhere, with its token.
#[derive(Clone, Debug)]
pub struct GrpcOwed<T> {
    pager: PagerServiceClient<T>,
    on_call: OnCallServiceClient<T>,
}

impl<T> GrpcOwed<T>
where
    T: GrpcService<Body> + Clone,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    /// Over this connection.
    pub fn new(connection: T) -> Self {
        Self {
            pager: PagerServiceClient::new(connection.clone()),
            on_call: OnCallServiceClient::new(connection),
        }
    }
}

impl<T> Owed for GrpcOwed<T>
where
    T: GrpcService<Body> + Clone + Send + Sync + 'static,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
    T::Future: Send,
{
    type Watch = GrpcWatch;

    async fn watch(&self) -> Result<GrpcWatch, ApiFault> {
        let mut client = self.pager.clone();
        Ok(GrpcWatch(told(client.watch_owed_pings(v1::WatchOwedPingsRequest::default())).await?))
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, ApiFault> {
        let Claim { ping, by, attempt } = claim;
        let asked = v1::ClaimPingRequest { ping: ping.to_string(), by: by.clone(), attempt: *attempt };
        let answer = told(self.pager.clone().claim_ping(limited(asked))).await?;
        let v1::ClaimPingResponse { claimed, why_not, content, until } = answer;
        if !claimed {
            return Ok(Claimed::Refused { why: why_not });
        }
        let content = content.and_then(read_content).ok_or_else(|| missing("the content"))?;
        let until = until.and_then(instant).ok_or_else(|| missing("the end of the claim"))?;
        Ok(Claimed::Ours { content: Box::new(content), until })
    }

    async fn record(&self, record: &Record) -> Result<(), ApiFault> {
        let Record { claim: Claim { ping, by, attempt }, outcome, detail } = record;
        let (kind, retry_at) = match outcome {
            Outcome::Delivered => (PingOutcomeKind::Delivered, None),
            Outcome::FailedForNow { retry_at } => (PingOutcomeKind::FailedForNow, Some(sent(*retry_at))),
            Outcome::FailedForGood => (PingOutcomeKind::FailedForGood, None),
            Outcome::Throttled { until } => (PingOutcomeKind::Throttled, Some(sent(*until))),
        };
        let asked = v1::RecordPingOutcomeRequest {
            ping: ping.to_string(),
            by: by.clone(),
            attempt: *attempt,
            outcome: kind.into(),
            retry_at,
            detail: detail.clone(),
        };
        told(self.pager.clone().record_ping_outcome(limited(asked))).await.map(|_| ())
    }

    async fn standing(&self, issue: &str) -> Result<Standing, ApiFault> {
        let name = IssueName { name: Some(issue_name::Name::Id(issue.to_owned())) };
        let asked = v1::ListPingsRequest { issue: Some(name), page_size: 200, ..Default::default() };
        let listed = told(self.on_call.clone().list_pings(limited(asked))).await?;
        let phases = listed.pings.into_iter().filter_map(|listed| listed.run).map(|run| run.phase());
        Ok(phases.fold(Standing::Over, worse))
    }
}

/// Of two runs of one issue the one that pings counts.
fn worse(so_far: Standing, phase: RunPhase) -> Standing {
    match (so_far, phase) {
        (Standing::Pinging, _) | (_, RunPhase::Stepping | RunPhase::Exhausted | RunPhase::Unspecified) => {
            Standing::Pinging
        }
        (_, RunPhase::Answered | RunPhase::Snoozed | RunPhase::Digest) => Standing::Answered,
        (so_far, RunPhase::Ended) => so_far,
    }
}

/// The frames of one stream.
#[derive(Debug)]
pub struct GrpcWatch(Streaming<v1::WatchOwedPingsResponse>);

impl Watch for GrpcWatch {
    async fn next(&mut self) -> Result<Option<Frame>, ApiFault> {
        let Some(response) = self.0.message().await.map_err(fault)? else { return Ok(None) };
        Ok(Some(match response.frame {
            Some(Sent::Snapshot(v1::OwedSnapshot { reset, issues })) => {
                Frame::Snapshot { reset, rows: issues.into_iter().map(read_row).collect() }
            }
            Some(Sent::Upsert(issue)) => Frame::Row(read_row(issue)),
            Some(Sent::Remove(v1::OwedKey { issue })) => Frame::Row(Row { issue, pings: Vec::new() }),
            Some(Sent::SnapshotComplete(_)) => Frame::Complete,
            Some(Sent::Progress(_)) | None => Frame::Alive,
        }))
    }
}

/// An API in this process keeps no limit of ours.
async fn told<M>(call: impl Future<Output = Result<Response<M>, Status>>) -> Result<M, ApiFault> {
    match tokio::time::timeout(CALL, call).await {
        Ok(answered) => Ok(answered.map_err(fault)?.into_inner()),
        Err(_) => Err(ApiFault::Unavailable("it took too long".to_owned())),
    }
}

fn limited<M>(message: M) -> tonic::Request<M> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(CALL);
    request
}

fn missing(what: &str) -> ApiFault {
    ApiFault::Unavailable(format!("{what} is missing in its answer"))
}

/// A token that is not taken may be put right while the pager runs, so that is no reason to give a ping up.
fn fault(status: Status) -> ApiFault {
    let told = format!("{:?}: {}", status.code(), status.message());
    match status.code() {
        Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition | Code::OutOfRange => {
            ApiFault::Refused(told)
        }
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => ApiFault::Unavailable(told),
    }
}

fn read_row(owed: v1::OwedIssue) -> Row {
    let severity = severity(owed.severity());
    let v1::OwedIssue { issue, customer, severity: _, pings } = owed;
    let customer = Some(customer).filter(|customer| !customer.is_empty());
    let count = pings.len();
    let pings: Vec<_> =
        pings.into_iter().filter_map(|ping| read_owed(ping, &issue, customer.as_ref(), severity)).collect();
    if pings.len() < count {
        tracing::warn!(%issue, "the API owes a ping that this pager cannot read; is it older than the API?");
    }
    Row { issue, pings }
}

fn read_owed(
    owed: v1::OwedPing,
    issue: &str,
    customer: Option<&String>,
    severity: Severity,
) -> Option<OwedPing> {
    let v1::OwedPing { ping, attempt, claimed_until } = owed;
    let ping = ping?;
    let requested_at = ping.requested_at.and_then(instant).unwrap_or(Timestamp::UNIX_EPOCH);
    // What was to be sent by then already is not held: it goes with whatever else was late.
    let (late, not_before) = match ping.not_before.and_then(instant) {
        Some(at) if at <= requested_at => (true, None),
        not_before => (false, not_before),
    };
    Some(OwedPing {
        id: PingId::new(&ping.ping),
        issue: issue.to_owned(),
        department: ping.department,
        recipient: recipient(ping.to?)?,
        customer: customer.cloned(),
        severity,
        attempt: attempt.max(1),
        requested_at,
        not_before,
        claimed_until: claimed_until.and_then(instant),
        late,
    })
}

fn read_content(content: v1::PingContent) -> Option<Content> {
    let severity = severity(content.severity());
    let ping = content.ping?;
    Some(Content {
        ping: PingId::new(&ping.ping),
        issue: ping.issue,
        department: ping.department,
        recipient: recipient(ping.to?)?,
        kind: content.contact_kind,
        address: Secret::new(content.contact_address),
        recipient_name: content.recipient_name,
        title: content.title,
        customer: content.customer,
        severity,
        since: content.since.and_then(instant),
        what: content.what,
        owner: content.owner.map(owner).unwrap_or_default(),
        times: content.times.max(1),
        step: content.step,
        next_who: content.next_who,
        next_at: content.next_at.and_then(instant),
        answer_url: content.answer_url,
        answer_command: content.answer_command,
        restricted: content.restricted,
    })
}

fn recipient(to: v1::PingRecipient) -> Option<Recipient> {
    let v1::PingRecipient { person, contact, channel } = to;
    if channel.is_empty() {
        (!person.is_empty()).then_some(Recipient::Person { person, contact })
    } else {
        Some(Recipient::Channel(channel))
    }
}

fn owner(owner: v1::Owner) -> String {
    let person = owner.person.map(|person| if person.name.is_empty() { person.id } else { person.name });
    let parts = [owner.department, owner.team, person.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

const fn severity(severity: v1::Severity) -> Severity {
    match severity {
        v1::Severity::Severity1 => Severity::One,
        v1::Severity::Severity2 => Severity::Two,
        v1::Severity::Severity3 => Severity::Three,
        v1::Severity::Severity4 => Severity::Four,
        v1::Severity::Unspecified => Severity::Unassessed,
    }
}

fn instant(time: prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

fn sent(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}
