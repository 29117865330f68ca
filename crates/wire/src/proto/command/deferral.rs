//! Postponements: asked for, decided, cancelled.

use domain::{Command, Told};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::RequestDeferralRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, until, reason, interim_measure, told_contact, told_at, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let until = fields.needed_instant("until", until.as_ref());
        let reason = fields.text("reason", reason);
        let interim_measure = fields.maybe_text("interim_measure", interim_measure);
        let at = fields.instant("told_at", told_at.as_ref());
        let contact = fields.word("told_contact", told_contact);
        if told_at.is_some() && contact.is_none() {
            fields.refuse("told_contact", "is missing: who was told");
        }
        let told = contact.map(|contact| Told { contact, at });
        about(issue, until.map(|until| Command::RequestDeferral { until, reason, interim_measure, told }))
    }
}

impl Read for v1::DecideDeferralRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, deferral, approve, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("deferral", deferral);
        let reason = fields.text("reason", reason);
        about(issue, item.map(|item| Command::DecideDeferral { item, approve: *approve, reason }))
    }
}

impl Read for v1::CancelDeferralRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, deferral, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("deferral", deferral);
        let reason = fields.text("reason", reason);
        about(issue, item.map(|item| Command::CancelDeferral { item, reason }))
    }
}
