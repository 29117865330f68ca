//! Signals: what somebody noticed, and what becomes of it.

use domain::{Command, SignalTerms};
use proto::v1;

use super::{Asked, AskedTarget, Fields, Read, contact::issue_or_customer};

const ACTIONS: [&str; 4] = ["issue_opened", "planned", "noted", "rejected"];

impl Read for v1::ObserveSignalRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, customer, polarity, theme, summary, urgency, options: _ } = self;
        let target = issue_or_customer(issue.as_ref(), customer, fields);
        let theme = fields.word("theme", theme);
        let summary = fields.needed_text("summary", summary);
        let urgency = fields.word("urgency", urgency);
        let target = target?;
        let terms = SignalTerms {
            customer: target.customer().cloned(),
            polarity: i64::from(*polarity),
            theme: theme.unwrap_or_default(),
            summary: summary?,
            urgency,
        };
        Some(Asked { target, command: Command::ObserveSignal(terms) })
    }
}

impl Read for v1::DispositionSignalRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, customer, signal, action, reason, told_observer_at, options: _ } = self;
        let target: Option<AskedTarget> = issue_or_customer(issue.as_ref(), customer, fields);
        let signal = fields.id("signal", signal);
        let action = fields.one_of("action", action, &ACTIONS);
        let reason = fields.text("reason", reason);
        let told_observer_at = fields.instant("told_observer_at", told_observer_at.as_ref());
        let command =
            Command::DispositionSignal { signal: signal?, action: action?, reason, told_observer_at };
        Some(Asked { target: target?, command })
    }
}
