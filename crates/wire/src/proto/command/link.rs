//! Links between issues.

use domain::{Command, LinkKind};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::LinkIssuesRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, kind, other, note, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let kind = fields.enumeration("kind", *kind).and_then(|kind| kind_of(kind, fields));
        let other = fields.issue("other", other.as_ref());
        let note = fields.maybe_text("note", note);
        about(issue, kind.zip(other).map(|(kind, other)| Command::Link { kind, other, note }))
    }
}

impl Read for v1::UnlinkIssuesRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, kind, other, note, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let kind = fields.enumeration("kind", *kind).and_then(|kind| kind_of(kind, fields));
        let other = fields.issue("other", other.as_ref());
        let note = fields.maybe_text("note", note);
        about(issue, kind.zip(other).map(|(kind, other)| Command::Unlink { kind, other, note }))
    }
}

fn kind_of(sent: v1::LinkKind, fields: &mut Fields) -> Option<LinkKind> {
    match sent {
        v1::LinkKind::Unspecified => {
            fields.refuse("kind", "is missing: what sort of link");
            None
        }
        v1::LinkKind::DuplicateOf => Some(LinkKind::DuplicateOf),
        v1::LinkKind::RecurrenceOf => Some(LinkKind::RecurrenceOf),
        v1::LinkKind::Related => Some(LinkKind::Related),
        v1::LinkKind::Distinct => Some(LinkKind::Distinct),
        v1::LinkKind::BlockedBy => Some(LinkKind::BlockedBy),
    }
}
