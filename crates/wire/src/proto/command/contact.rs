//! Contacts with the customer, also where no issue is named.

use domain::{AsReported, Command, ContactTerms, IssueName, MissedTerms};
use proto::v1;

use super::{Asked, AskedTarget, Fields, Read};

const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];

const PURPOSES: [&str; 8] =
    ["service", "relationship", "project", "renewal", "upsell", "collections", "survey", "marketing"];

const MISSED: [&str; 4] = ["call", "voicemail", "mail", "chat"];

impl Read for v1::LogContactRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, customer, direction, channel, two_way, purpose, contact, summary, options: _ } =
            self;
        let target = issue_or_customer(issue.as_ref(), customer, fields);
        let direction = fields.one_of("direction", direction, &DIRECTIONS);
        let channel = fields.word("channel", channel);
        if channel.is_none() {
            fields.refuse("channel", "is missing, such as `phone`");
        }
        let purpose = fields.one_of("purpose", purpose, &PURPOSES);
        let contact = fields.word("contact", contact);
        let summary = fields.maybe_text("summary", summary);
        let target = target?;
        let terms = ContactTerms {
            customer: target.customer().cloned(),
            direction: direction?,
            channel: channel?,
            two_way: *two_way,
            purpose: purpose?,
            contact,
            summary,
        };
        Some(Asked { target, command: Command::LogContact(terms) })
    }
}

impl Read for v1::ReportMissedContactRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, customer, channel, mailbox, transcript, callback_due, options: _ } = self;
        let issue = fields.any_issue("issue", issue.as_ref());
        let customer = beside(issue.as_ref().and_then(Option::as_ref), customer, fields);
        let channel = fields.one_of("channel", channel, &MISSED);
        let terms = MissedTerms {
            mailbox: fields.word("mailbox", mailbox),
            transcript: fields.maybe_text("transcript", transcript),
            callback_due: fields.instant("callback_due", callback_due.as_ref()),
            customer: customer.clone(),
            channel: channel?,
        };
        let target = match issue? {
            Some(issue) => AskedTarget::Issue(issue),
            None => AskedTarget::NewIssue { reference: None, customer },
        };
        Some(Asked { target, command: Command::ReportMissedContact(terms) })
    }
}

/// The issue that is named, or else the customer.
pub(super) fn issue_or_customer(
    issue: Option<&v1::IssueName>,
    customer: &str,
    fields: &mut Fields,
) -> Option<AskedTarget> {
    let issue = fields.any_issue("issue", issue)?;
    let customer = beside(issue.as_ref(), customer, fields);
    match (issue, customer) {
        (Some(issue), _) => Some(AskedTarget::Issue(issue)),
        (None, Some(customer)) => Some(AskedTarget::Customer(customer)),
        (None, None) => {
            fields.refuse("customer", "is missing: name an issue, or a customer such as `crm:4711`");
            None
        }
    }
}

/// The customer, where no issue says whose it is.
fn beside(issue: Option<&IssueName>, customer: &str, fields: &mut Fields) -> Option<AsReported> {
    if issue.is_some() && !customer.is_empty() {
        fields.refuse("customer", "is for where no issue is named; the issue says whose it is");
        return None;
    }
    fields.customer(customer, None)
}

impl AskedTarget {
    /// The customer, where one is named.
    pub(super) const fn customer(&self) -> Option<&AsReported> {
        match self {
            Self::Issue(_) => None,
            Self::NewIssue { customer, .. } => customer.as_ref(),
            Self::Customer(customer) => Some(customer),
        }
    }
}
