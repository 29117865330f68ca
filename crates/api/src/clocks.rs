//! ExplainClock: what began each clock of an issue, what moved it, and what came of it, in sentences.

use std::sync::Arc;

use domain::{
    Announced, ClockEnd, ClockHistory, ClockKind, Deadline, DeadlineCause, DocumentVersion, Ending,
    HistoryMoment, Mark, Position, Severity, instant,
};
use engine::query::Answer;
use proto::v1;
use tonic::Status;

use crate::{check::Check, shared::Shared};

/// Of version 0.
const BUILT_IN: &str = "built-in";

impl Shared {
    pub(crate) async fn explain_clock(
        self: &Arc<Self>,
        request: v1::ExplainClockRequest,
        patience: std::time::Duration,
    ) -> Result<v1::ExplainClockResponse, Status> {
        if !request.customer.is_empty() {
            return self.explain_silence(request, patience).await;
        }
        let v1::ExplainClockRequest { issue, kind, min_position, customer: _ } = request;
        let mut check = Check::default();
        let id = check.issue("issue", issue.as_ref());
        let (kind, wait_for) = (check.clock_kind(&kind), check.position("min_position", &min_position));
        let id = check.done(id)?;
        self.reach(wait_for, patience).await?;
        let Answer { value: histories, position } =
            self.ask(false, move |reader| reader.clock_histories(id)).await?;
        let wanted = histories.iter().filter(|history| kind.is_none_or(|kind| history.name.kind == kind));
        let clocks = wanted.map(explained).collect();
        Ok(v1::ExplainClockResponse { clocks, read_state: self.read_state(position) })
    }
}

impl Check {
    /// Empty: none.
    fn clock_kind(&mut self, sent: &str) -> Option<ClockKind> {
        let kind = ClockKind::parse(sent);
        if kind.is_none() && !sent.is_empty() {
            let all = ClockKind::ALL.map(ClockKind::as_str).join(", ");
            self.refuse("kind", format!("is no clock; there are {all}"));
        }
        kind
    }
}

fn explained(history: &ClockHistory) -> v1::ExplainedClock {
    let calendar = Some(&history.calendar.id).filter(|id| id.as_str() != BUILT_IN);
    v1::ExplainedClock {
        clock: Some(wire::proto::past_clock(history)),
        outcome: wire::proto::clock_outcome(history.outcome).to_owned(),
        ended_at: history.end.as_ref().map(|end| wire::proto::timestamp(end.by.time)),
        because: because(history),
        calendar: calendar.cloned().unwrap_or_default(),
    }
}

fn because(history: &ClockHistory) -> Vec<String> {
    let mut told = vec![began(history), limit(history)];
    told.extend(
        history.since.silent.then(|| "it began with history, so that nobody is pinged for it".to_owned()),
    );
    told.extend(history.deadlines.iter().map(deadline));
    told.extend(history.warned.as_ref().map(announced));
    told.extend(history.breached.as_ref().map(announced));
    told.extend(history.retracted.iter().map(retracted));
    told.extend(history.end.as_ref().map(ended));
    told
}

fn began(history: &ClockHistory) -> String {
    let (at, department) = (instant(history.since.at), &history.since.department);
    format!("it began at {at} with {}, for {department}", moment(&history.began))
}

fn limit(history: &ClockHistory) -> String {
    let by = format!("by {}", version("policy", &history.policy));
    let Some(limit) = history.limit else {
        return format!("it runs until an instant that was said or agreed; {by} it has no other limit");
    };
    let half = if history.halved { "half of " } else { "" };
    let calendar = version("calendar", &history.calendar);
    let own = if history.since.calendar.as_ref() == Some(&history.calendar.id) {
        "the customer's own, "
    } else {
        ""
    };
    format!("it may take {half}{limit} {by}, and goes by {own}{calendar} where that counts working time")
}

fn version(kind: &str, version: &DocumentVersion) -> String {
    let DocumentVersion { id, since } = version;
    if *since == Position::START {
        format!("the {id} {kind}")
    } else {
        format!("the {kind} `{id}` as of {since}")
    }
}

fn deadline(deadline: &Deadline) -> String {
    let Deadline { at, by, cause } = deadline;
    let due =
        at.map_or_else(|| "it has no deadline".to_owned(), |at| format!("it is due at {}", instant(at)));
    match cause {
        DeadlineCause::Began => format!("then {due}"),
        DeadlineCause::Severity { from, to } => format!(
            "the severity went from {} to {} with {}: {due}, counted from its beginning",
            severity(*from),
            severity(*to),
            moment(by)
        ),
        DeadlineCause::Paused => format!("it rests from {} on: the customer is asked something", moment(by)),
        DeadlineCause::Resumed => format!("it goes on from {} on with what was left: {due}", moment(by)),
    }
}

fn severity(severity: Severity) -> String {
    match severity {
        Severity::Unassessed => "unassessed".to_owned(),
        Severity::One | Severity::Two | Severity::Three | Severity::Four => severity.rank().to_string(),
    }
}

fn announced(announced: &Announced) -> String {
    let Announced { clock: _, mark, deadline, at } = announced;
    match mark {
        Mark::Warned => {
            format!("at {} it was warned that it runs out at {}", instant(*at), instant(*deadline))
        }
        Mark::Breached => {
            format!("at {} it was announced that it ran out at {}", instant(*at), instant(*deadline))
        }
    }
}

fn retracted(what: &Announced) -> String {
    format!("{}, which does not hold by what was heard later", announced(what))
}

fn ended(end: &ClockEnd) -> String {
    let how = match end.ending {
        Ending::Done => "what was owed was done",
        Ending::Expired => "its day came",
        Ending::BeganAgain => "it began again",
        Ending::Dropped => "what was waited for is not wanted any more",
        Ending::Settled => "the issue was resolved or closed without it",
    };
    format!("it ended with {}: {how}", moment(&end.by))
}

/// Such as `issue.reported of 2026-03-02 10:00 UTC (0-12)`.
fn moment(moment: &HistoryMoment) -> String {
    format!("{} of {} ({})", moment.type_name, instant(moment.time), moment.position)
}
