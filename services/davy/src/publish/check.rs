//! Asking what would become of events, without publishing them.

use anyhow::Context as _;
use client::{Api, json};
use proto::v1::{
    AcceptedEvent, EventMessage, Rejection, ValidateEventRequest, ValidateEventResponse,
    validate_event_response::Verdict,
};

use super::place;
use crate::{
    cli::Format,
    exit::{self, Exit, Failure},
    output::{Out, say},
};

/// Has events validated.
pub(super) struct Checker {
    api: Api,
    checked: u64,
    rejected: u64,
}

impl Checker {
    pub(super) const fn new(api: Api) -> Self {
        Self { api, checked: 0, rejected: 0 }
    }

    pub(super) async fn take(
        &mut self,
        line: u64,
        message: EventMessage,
        out: &mut Out,
    ) -> anyhow::Result<()> {
        let request = ValidateEventRequest { event: Some(message) };
        let answer = self.api.validate_event(request).await.context("check the event")?;
        self.checked += 1;
        match out.format {
            Format::Table => out.line(&format!("{}{}", place(line), sentence(&answer, out)))?,
            // A verdict a line in both: there is no response that holds several.
            Format::Json | Format::Ndjson => out.line(&json::to_string(&answer)?)?,
        }
        if matches!(answer.verdict, Some(Verdict::Rejected(_))) {
            self.rejected += 1;
        }
        Ok(())
    }

    pub(super) fn unreadable(&mut self, line: u64, error: &anyhow::Error) {
        self.checked += 1;
        self.rejected += 1;
        say(&format!("{}{}", place(line), exit::chain(error)));
    }

    pub(super) fn finish(self, out: &mut Out) -> anyhow::Result<()> {
        out.flush()?;
        if self.rejected == 0 {
            return Ok(());
        }
        let message =
            format!("{} of {} events would not be taken; nothing was published", self.rejected, self.checked);
        Err(Failure::new(Exit::Refused, message).into())
    }
}

fn sentence(answer: &ValidateEventResponse, out: &Out) -> String {
    match &answer.verdict {
        Some(Verdict::Accepted(accepted)) => accepted_as(accepted, out),
        Some(Verdict::DuplicateOf(position)) => format!("duplicate of {position}"),
        Some(Verdict::Rejected(Rejection { reason, detail })) => format!("rejected, {reason}: {detail}"),
        None => "no verdict".to_owned(),
    }
}

fn accepted_as(accepted: &AcceptedEvent, out: &Out) -> String {
    let known = if accepted.known_type { "" } else { " (unknown type: kept, not folded)" };
    let issue =
        if accepted.issue_id.is_empty() { String::new() } else { format!(", issue {}", accepted.issue_id) };
    let anomalies = if accepted.anomalies.is_empty() {
        String::new()
    } else {
        format!("; anomalies: {}", accepted.anomalies.join(", "))
    };
    let time = out.time(accepted.time.as_ref());
    let AcceptedEvent { r#type, source, id, department, customer, .. } = accepted;
    format!("accepted: {type} {source}/{id} of {department} about {customer}, {time}{issue}{known}{anomalies}", type = r#type)
}
