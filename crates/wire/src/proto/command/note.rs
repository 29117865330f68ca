//! What is said about an issue while work goes on: notes, updates, the acknowledgement, a severity.

use domain::{Command, Severity};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::AcknowledgeIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, channel, to, summary, next_update_due, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let command = Command::Acknowledge {
            channel: fields.word("channel", channel),
            to: fields.word("to", to),
            summary: fields.maybe_text("summary", summary),
            next_update_due: fields.instant("next_update_due", next_update_due.as_ref()),
        };
        about(issue, Some(command))
    }
}

impl Read for v1::AddNoteRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, text, internal, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let text = fields.needed_text("text", text);
        about(issue, text.map(|text| Command::AddNote { text, internal: *internal }))
    }
}

impl Read for v1::SendUpdateRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, channel, summary, next_update_due, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let channel = fields.word("channel", channel);
        let summary = fields.needed_text("summary", summary);
        let next_update_due = fields.instant("next_update_due", next_update_due.as_ref());
        about(issue, summary.map(|summary| Command::SendUpdate { channel, summary, next_update_due }))
    }
}

impl Read for v1::ChangeSeverityRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, severity, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let to = fields.severity("severity", *severity);
        if to == Some(Severity::Unassessed) {
            fields.refuse("severity", "is missing: SEVERITY_1 to SEVERITY_4");
        }
        let reason = fields.text("reason", reason);
        about(issue, to.map(|to| Command::ChangeSeverity { to, reason }))
    }
}
