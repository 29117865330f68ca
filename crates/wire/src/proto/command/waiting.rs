//! Questions to the customer.

use domain::Command;
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::RequestCustomerInputRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, question, channel, sent_at, message_ref, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let question = fields.needed_text("question", question);
        let channel = fields.word("channel", channel);
        let sent_at = fields.instant("sent_at", sent_at.as_ref());
        let message_ref = fields.word("message_ref", message_ref);
        let command = question.map(|question| Command::RequestCustomerInput {
            question,
            channel,
            sent_at,
            message_ref,
        });
        about(issue, command)
    }
}
