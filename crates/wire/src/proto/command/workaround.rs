//! Quick fixes, and what the department that owns the matter thinks of them.

use domain::{Command, Verdict};
use proto::v1;

use super::{Asked, AskedTarget, Fields, Read, about, report};

impl Read for v1::ReportWorkaroundRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self {
            issue,
            report: reported,
            description,
            done_at,
            temporary,
            customer_aware,
            reviewer,
            options: _,
        } = self;
        let (target, report) = of(issue.as_ref(), reported.as_ref(), fields).unzip();
        let description = fields.needed_text("description", description);
        let done_at = fields.instant("done_at", done_at.as_ref());
        let reviewer = fields.department("reviewer", reviewer);
        let command = Command::ReportWorkaround {
            report: report?,
            description: description?,
            done_at,
            temporary: *temporary,
            customer_aware: *customer_aware,
            reviewer,
        };
        Some(Asked { target: target?, command })
    }
}

/// The issue that is named, or the one that is reported along.
fn of(
    issue: Option<&v1::IssueName>,
    reported: Option<&v1::ReportIssueRequest>,
    fields: &mut Fields,
) -> Option<(AskedTarget, Option<domain::ReportTerms>)> {
    match (issue, reported) {
        (Some(_), Some(_)) => {
            fields.refuse("report", "is for where no issue is named; leave one of them out");
            None
        }
        (issue, None) => fields.issue("issue", issue).map(|issue| (AskedTarget::Issue(issue), None)),
        (None, Some(reported)) => {
            fields.prefix = "report.";
            let terms = report::terms(reported, fields);
            fields.prefix = "";
            let terms = terms?;
            let target = AskedTarget::NewIssue {
                reference: terms.reference.clone(),
                customer: terms.customer.clone(),
            };
            Some((target, Some(terms)))
        }
    }
}

impl Read for v1::ReviewWorkaroundRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, workaround, verdict, note, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("workaround", workaround);
        let verdict = fields.enumeration("verdict", *verdict).and_then(|sent| verdict_of(sent, fields));
        let note = fields.maybe_text("note", note);
        about(
            issue,
            item.zip(verdict).map(|(item, verdict)| Command::ReviewWorkaround { item, verdict, note }),
        )
    }
}

fn verdict_of(sent: v1::WorkaroundVerdict, fields: &mut Fields) -> Option<Verdict> {
    match sent {
        v1::WorkaroundVerdict::Unspecified => {
            fields.refuse("verdict", "is missing: whether it may stay");
            None
        }
        v1::WorkaroundVerdict::Safe => Some(Verdict::Safe),
        v1::WorkaroundVerdict::NeedsFix => Some(Verdict::NeedsFix),
        v1::WorkaroundVerdict::Unsafe => Some(Verdict::Unsafe),
    }
}
