//! Who is to own an issue.

use domain::{Assignment, Command};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::AcceptIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, options: _ } = self;
        about(fields.issue("issue", issue.as_ref()), Some(Command::Accept))
    }
}

impl Read for v1::AssignIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, department, team, person, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let to = Assignment {
            department: fields.department("department", department),
            team: fields.word("team", team),
            person: fields.person("person", person.as_ref()),
        };
        if department.is_empty() && team.is_empty() && person.is_none() {
            fields.refuse("person", "is missing: name a person, a team or a department");
        }
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::Assign { to, reason }))
    }
}

impl Read for v1::DeclineIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::Decline { reason }))
    }
}
