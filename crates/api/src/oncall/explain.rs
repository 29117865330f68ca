//! ExplainPing: why a ping was sent, or why nobody is pinged.

use std::sync::Arc;

use domain::{IssueId, PingExplained, PingId, PingWhy};
use engine::query::{Answer, Escalating, ExplainedPings};
use proto::v1::{self, explain_ping_request::About};
use serde_json::Value;
use tonic::Status;

use crate::{check::Check, shared::Shared, status};

impl Shared {
    pub(super) async fn explain_ping(
        self: &Arc<Self>,
        request: v1::ExplainPingRequest,
    ) -> Result<v1::ExplainPingResponse, Status> {
        let (issue, ping) = self.asked_about(request.about)?;
        let answer = self.ask(false, move |reader| reader.explain_pings(issue, ping)).await?;
        let Answer { value: ExplainedPings { explanations, about }, position } = answer;
        let issue = &about.shown.issue;
        let clocks = issue.running_clocks(&about.directory);
        Ok(v1::ExplainPingResponse {
            explanations: explanations.into_iter().map(|told| explained(told, &about)).collect(),
            runs: wire::proto::runs(issue),
            clocks: clocks.iter().map(wire::proto::clock).collect(),
            read_state: self.read_state(position),
        })
    }

    fn asked_about(&self, about: Option<About>) -> Result<(IssueId, Option<PingId>), Status> {
        let mut check = Check::default();
        match about {
            None => {
                check.refuse("about", "name a `ping` or an `issue`");
                check.done(None)
            }
            Some(About::Issue(issue)) => {
                let id = check.issue("issue", Some(&issue));
                Ok((check.done(id)?, None))
            }
            Some(About::Ping(id)) => {
                let ping = check.ping("ping", &id);
                let ping = check.done(ping)?;
                let found = self.reader.ping(ping).map_err(status::query)?;
                let found = found.ok_or_else(|| status::unknown_ping(ping))?;
                Ok((found.issue.issue.id, Some(ping)))
            }
        }
    }
}

fn explained(told: PingExplained, about: &Escalating) -> v1::ExplainedPing {
    let PingExplained { why, mut text, ping, position, data } = told;
    let issue = &about.shown.issue;
    if let Some(said) = data.and_then(|data| detail(&data)) {
        text = format!("{text}: {said}");
    }
    let ping = ping.and_then(|ping| issue.escalation.ping(ping));
    v1::ExplainedPing {
        why: word(why).into(),
        text,
        ping: ping.map(|ping| wire::proto::ping(issue.id, ping)),
        position: position.map(|position| position.to_string()).unwrap_or_default(),
    }
}

/// What a receiver said.
fn detail(data: &[u8]) -> Option<String> {
    let data: Value = serde_json::from_slice(data).ok()?;
    data.get("detail")?.as_str().map(ToOwned::to_owned)
}

const fn word(why: PingWhy) -> v1::PingExplanation {
    match why {
        PingWhy::StepFired => v1::PingExplanation::StepFired,
        PingWhy::Fallback => v1::PingExplanation::Fallback,
        PingWhy::Warning => v1::PingExplanation::Warning,
        PingWhy::Notice => v1::PingExplanation::Notice,
        PingWhy::Reminder => v1::PingExplanation::Reminder,
        PingWhy::Given => v1::PingExplanation::Given,
        PingWhy::HandOver => v1::PingExplanation::HandOver,
        PingWhy::Outage => v1::PingExplanation::Outage,
        PingWhy::Digest => v1::PingExplanation::Digest,
        PingWhy::Closed => v1::PingExplanation::Closed,
        PingWhy::Throttled => v1::PingExplanation::Throttled,
        PingWhy::OtherContactFailed => v1::PingExplanation::OtherContactFailed,
        PingWhy::NothingOverdue => v1::PingExplanation::NothingOverdue,
        PingWhy::Paused => v1::PingExplanation::Paused,
        PingWhy::Answered => v1::PingExplanation::Answered,
        PingWhy::Snoozed => v1::PingExplanation::Snoozed,
        PingWhy::NextStepLater => v1::PingExplanation::NextStepLater,
        PingWhy::StepEmpty => v1::PingExplanation::StepEmpty,
        PingWhy::NotReachable => v1::PingExplanation::NotReachable,
        PingWhy::QuietHours => v1::PingExplanation::QuietHours,
        PingWhy::JoinedEarlier => v1::PingExplanation::JoinedEarlier,
        PingWhy::ReasonGone => v1::PingExplanation::ReasonGone,
        PingWhy::Backfill => v1::PingExplanation::Backfill,
        PingWhy::RuleLater => v1::PingExplanation::RuleLater,
        PingWhy::SendFailed => v1::PingExplanation::SendFailed,
        PingWhy::NoPagerYet => v1::PingExplanation::NoPagerYet,
        PingWhy::BeingSent => v1::PingExplanation::BeingSent,
        PingWhy::Delivered => v1::PingExplanation::Delivered,
    }
}
