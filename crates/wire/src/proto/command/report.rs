//! A complaint.

use domain::{Command, ReportTerms, Restriction};
use proto::v1;

use super::{Asked, AskedTarget, Fields, Read};

impl Read for v1::ReportIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let terms = terms(self, fields)?;
        let target =
            AskedTarget::NewIssue { reference: terms.reference.clone(), customer: terms.customer.clone() };
        Some(Asked { target, command: Command::Report(terms) })
    }
}

/// What a report says.
pub(super) fn terms(sent: &v1::ReportIssueRequest, fields: &mut Fields) -> Option<ReportTerms> {
    let v1::ReportIssueRequest {
        customer,
        customer_as_reported,
        text,
        severity,
        customer_severity,
        heard_by,
        channel,
        remedy_sought,
        safety,
        reference,
        restricted,
        options: _,
    } = sent;
    let customer = fields.customer(customer, customer_as_reported.as_ref());
    let reference = reference.as_ref().and_then(|reference| fields.tools_reference("reference", reference));
    let text = fields.needed_text("text", text);
    let severity = fields.severity("severity", *severity);
    let customer_severity = fields.word("customer_severity", customer_severity);
    let heard_by = fields.person("heard_by", heard_by.as_ref());
    let channel = fields.word("channel", channel);
    let remedy_sought = fields.maybe_text("remedy_sought", remedy_sought);
    let restricted = restricted.as_ref().map(|sent| restriction(sent, fields));
    Some(ReportTerms {
        customer,
        reference,
        text: text?,
        severity: severity?,
        customer_severity,
        heard_by,
        channel,
        remedy_sought,
        safety: *safety,
        restricted,
    })
}

fn restriction(sent: &v1::BodyRestriction, fields: &mut Fields) -> Restriction {
    let v1::BodyRestriction { reason, departments } = sent;
    let reason = fields.word("restricted.reason", reason);
    if reason.is_none() {
        fields.refuse("restricted.reason", "is missing; such as legal, HR, security or health");
    }
    let departments = fields.departments("restricted.departments", departments);
    Restriction { reason: reason.unwrap_or_default(), departments }
}
