//! Work asked of another department.

use domain::{AssistTerms, Command};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::RequestAssistRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, department, person, question, due, blocking, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let department = fields.needed_department("department", department);
        let person = fields.person("person", person.as_ref());
        let question = fields.needed_text("question", question);
        let due = fields.instant("due", due.as_ref());
        let terms =
            AssistTerms { department: department?, person, question: question?, due, blocking: *blocking };
        about(issue, Some(Command::RequestAssist { terms }))
    }
}

impl Read for v1::AcceptAssistRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, assist, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        about(issue, fields.item("assist", assist).map(|item| Command::AcceptAssist { item }))
    }
}

impl Read for v1::AnswerAssistRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, assist, answer, unrequested, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        if *unrequested && !assist.is_empty() {
            fields.refuse("assist", "names one that was asked for, and `unrequested` says that none was");
        }
        let item = fields.item("assist", assist).map(|item| (!*unrequested).then_some(item));
        let answer = fields.needed_text("answer", answer);
        about(issue, item.zip(answer).map(|(item, answer)| Command::AnswerAssist { item, answer }))
    }
}

impl Read for v1::DeclineAssistRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, assist, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("assist", assist);
        let reason = fields.text("reason", reason);
        about(issue, item.map(|item| Command::DeclineAssist { item, reason }))
    }
}
