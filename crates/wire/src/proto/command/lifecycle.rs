//! Resolved, closed, reopened, withdrawn, reinstated.

use domain::{Basis, Command, ResolutionKind};
use proto::v1::{self, close_issue_request, resolve_issue_request};

use super::{Asked, Fields, Read, about};

impl Read for v1::ResolveIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, kind, summary, root_cause, customer_told, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let kind = fields.enumeration("kind", *kind).map(kind_of);
        let summary = fields.text("summary", summary);
        let root_cause = fields.maybe_text("root_cause", root_cause);
        let customer_told = *customer_told;
        about(issue, kind.map(|kind| Command::Resolve { kind, summary, root_cause, customer_told }))
    }
}

const fn kind_of(sent: resolve_issue_request::Kind) -> ResolutionKind {
    use resolve_issue_request::Kind;
    match sent {
        Kind::Unspecified | Kind::Fixed => ResolutionKind::Fixed,
        Kind::Workaround => ResolutionKind::Workaround,
        Kind::NoFaultFound => ResolutionKind::NoFaultFound,
        Kind::WontFix => ResolutionKind::WontFix,
        Kind::NoResponse => ResolutionKind::NoResponse,
        Kind::Goodwill => ResolutionKind::Goodwill,
    }
}

impl Read for v1::CloseIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, basis, contact, attempts, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let basis = fields.enumeration("basis", *basis).and_then(|sent| basis_of(sent, fields));
        let contact = fields.word("contact", contact);
        let attempts = u32::try_from(*attempts).unwrap_or_else(|_| {
            fields.refuse("attempts", "is negative");
            0
        });
        about(issue, basis.map(|basis| Command::Close { basis, contact, attempts }))
    }
}

fn basis_of(sent: close_issue_request::Basis, fields: &mut Fields) -> Option<Basis> {
    use close_issue_request::Basis as Sent;
    match sent {
        Sent::Unspecified => {
            fields.refuse("basis", "is missing: on whose word it is closed");
            None
        }
        Sent::Confirmed => Some(Basis::Confirmed),
        Sent::Unanswered => Some(Basis::Unanswered),
    }
}

impl Read for v1::ReopenIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason, by_customer, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::Reopen { reason, by_customer: *by_customer }))
    }
}

impl Read for v1::WithdrawIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason, contact_ref, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reason = fields.text("reason", reason);
        let contact_ref = fields.word("contact_ref", contact_ref);
        about(issue, Some(Command::Withdraw { reason, contact_ref }))
    }
}

impl Read for v1::ReinstateIssueRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::Reinstate { reason }))
    }
}
