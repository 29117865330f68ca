//! Whose an issue is, and what it is called.

use domain::Command;
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::CorrectCustomerRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, customer, customer_as_reported, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        if matches!(customer.as_str(), "" | "_") && customer_as_reported.is_none() {
            fields.refuse("customer", "is missing: whose the issue is, such as `crm:4712`");
        }
        let to = fields.customer(customer, customer_as_reported.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, to.map(|to| Command::CorrectCustomer { to, reason }))
    }
}

impl Read for v1::AddReferenceRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reference, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reference = match reference {
            Some(sent) => fields.tools_reference("reference", sent),
            None => {
                fields.refuse("reference", "is missing: {system, id}");
                None
            }
        };
        about(issue, reference.map(|reference| Command::AddReference { reference }))
    }
}
