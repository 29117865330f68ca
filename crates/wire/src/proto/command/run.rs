//! What may be asked of a run of pings. Answers to pings are read where they are given: a link names no issue.

use domain::{Command, SeenRun};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::EscalateNowRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, department, cycle, step, pass, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let department = fields.department("department", department);
        let seen = (*cycle > 0).then_some(SeenRun { cycle: *cycle, step: *step, pass: *pass });
        about(issue, Some(Command::EscalateNow { department, seen }))
    }
}

impl Read for v1::SnoozeRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, department, until, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let department = fields.department("department", department);
        let until = fields.instant("until", until.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::Snooze { department, until, reason }))
    }
}
