//! What is said of clocks afterwards: by which policy they ran, what moved them, and how they ended.

use std::fmt::Write as _;

use domain::{
    ClockHistory, ClockKind, ClockLimit, DeadlineCause, DepartmentDocument, Directory, Document, LinkKind,
    PolicyDocument, Severity, TimeLimit,
};
use expect_test::{Expect, expect};

use crate::{
    deeds::{asked_customer, promise_renegotiated, promised, replied},
    draft::{
        accepted, acknowledged, department, engineering, linked, offer_declined, offered, reopened, reported,
        resolved, set, severity_changed, support,
    },
    story::{Story, breached, escalator, given, hour, updated},
};

/// As the built-in one, but for these limits.
pub(crate) fn policy(id: &str, limits: Vec<ClockLimit>) -> PolicyDocument {
    let built_in = Directory::default();
    let built_in = built_in.policy(&department("support"), crate::story::at(1)).clone();
    PolicyDocument { id: id.to_owned(), limits, ..built_in }
}

fn with_ack(id: &str, hours: u32) -> Document {
    let limits = [TimeLimit::Hours(hours * 3_600); 4];
    Document::Policy(policy(id, vec![ClockLimit { clock: ClockKind::Ack, limits }]))
}

impl Story {
    fn then_histories(&self, expected: &Expect) {
        let mut text = String::new();
        self.histories().iter().for_each(|history| writeln!(text, "{}", told(history)).unwrap());
        expected.assert_eq(&text);
    }
}

fn told(history: &ClockHistory) -> String {
    let ClockHistory { name, since, began, policy, calendar, limit, halved, deadlines, end, outcome, .. } =
        history;
    let mut text =
        format!("{} {} since {} by {}", name.kind.as_str(), name.cycle, hour(since.at), began.type_name);
    let limit = limit.map(|limit| limit.to_string()).unwrap_or_default();
    write!(
        text,
        ", {}{limit} by {}@{} in {}@{}",
        if *halved { "half of " } else { "" },
        policy.id,
        policy.since,
        calendar.id,
        calendar.since
    )
    .unwrap();
    for deadline in deadlines {
        let at = deadline.at.map_or_else(|| "-".to_owned(), hour);
        let cause = match deadline.cause {
            DeadlineCause::Began => "began".to_owned(),
            DeadlineCause::Severity { from, to } => format!("{}>{}", from.rank(), to.rank()),
            DeadlineCause::Paused => "paused".to_owned(),
            DeadlineCause::Resumed => "resumed".to_owned(),
        };
        write!(text, "; {at} {cause}").unwrap();
    }
    if let Some(end) = end {
        write!(text, "; {:?} {} {}", end.ending, hour(end.by.time), end.by.type_name).unwrap();
    }
    write!(text, ": {outcome:?}").unwrap();
    text
}

// F24.
#[test]
fn an_issue_keeps_the_policy_that_it_began_under() {
    let mut support_document = DepartmentDocument::new(department("support"));
    support_document.policy = Some("care".to_owned());
    let story = given([
        support("09:00", reported()),
        support("10:00", accepted("mia")),
        support("12:00", resolved()),
        support("13:00", reopened()),
    ])
    .under([
        set(1, Document::Department(support_document)),
        set(2, with_ack("care", 8)),
        set(3, with_ack("care", 4)),
        // After the report.
        set(12, with_ack("care", 2)),
    ]);
    story.then_histories(&expect![[r#"
        own 1 since 09:00 by issue.reported, 4bh by built-in@0-0 in built-in@0-0; 13:00 began; Done 10:00 owner.accepted: Met
        ack 1 since 09:00 by issue.reported, 4bh by care@0-3 in built-in@0-0; 13:00 began; Settled 12:00 issue.resolved: Cancelled
        resolve 1 since 09:00 by issue.reported, 15bd by built-in@0-0 in built-in@0-0; 21d 09:00 began; Done 12:00 issue.resolved: Met
        ack 2 since 13:00 by issue.reopened, 2bh by care@0-12 in built-in@0-0; 15:00 began: Running
        resolve 2 since 13:00 by issue.reopened, half of 15bd by built-in@0-0 in built-in@0-0; 10d 09:00 began: Running
    "#]]);
}

#[test]
fn every_clock_tells_what_moved_it_and_how_it_ended() {
    given([
        support("09:00", reported().assessed(Severity::Two)),
        support("09:10", offered("engineering/-/-")),
        engineering("09:20", offer_declined()),
        support("09:30", acknowledged()),
        support("09:40", promised("Call back", "16:00")).id("p"),
        support("09:50", promise_renegotiated("p", "1d 16:00")),
        escalator("support", "10:00", breached(ClockKind::Own, 1, "10:00")),
        support("10:10", accepted("mia")),
        support("10:20", severity_changed(Severity::One)),
        support("10:30", asked_customer()),
        support("10:40", replied()),
        support("11:00", updated()),
        support("2d 10:00", resolved()),
        support("2d 11:00", reopened()),
    ])
    .then_histories(&expect![[r#"
        own 1 since 09:00 by issue.reported, 1bh by built-in@0-0 in built-in@0-0; 10:00 began; Done 10:10 owner.accepted: MetLate
        ack 1 since 09:00 by issue.reported, 4bh by built-in@0-0 in built-in@0-0; 13:00 began; Done 09:30 issue.acknowledged: Met
        resolve 1 since 09:00 by issue.reported, 1d by built-in@0-0 in built-in@0-0; 7d 09:00 began; 1d 09:00 2>1; - paused; 1d 09:10 resumed; Done 2d 10:00 issue.resolved: MetLate
        handoff_accept 1 since 09:10 by handoff.offered, 2bh by built-in@0-0 in built-in@0-0; 11:10 began; Done 09:20 handoff.declined: Met
        update 1 since 09:30 by issue.acknowledged, 4h by built-in@0-0 in built-in@0-0; 1d 09:30 began; 13:30 2>1; - paused; BeganAgain 10:40 issue.customer_replied: Cancelled
        promise 1 since 09:40 by promise.made,  by built-in@0-0 in built-in@0-0; 16:00 began; BeganAgain 09:50 promise.renegotiated: Cancelled
        promise 2 since 09:50 by promise.renegotiated,  by built-in@0-0 in built-in@0-0; 1d 16:00 began: Running
        update 2 since 10:40 by issue.customer_replied, 4h by built-in@0-0 in built-in@0-0; 14:40 began; Done 11:00 issue.update_sent: Met
        update 3 since 11:00 by issue.update_sent, 4h by built-in@0-0 in built-in@0-0; 15:00 began; Done 2d 10:00 issue.resolved: MetLate
        ack 2 since 2d 11:00 by issue.reopened, 1h by built-in@0-0 in built-in@0-0; 2d 12:00 began: Running
        resolve 2 since 2d 11:00 by issue.reopened, half of 1d by built-in@0-0 in built-in@0-0; 2d 23:00 began: Running
    "#]]);
}

#[test]
fn what_a_duplicate_owed_is_cancelled() {
    given([support("09:00", reported()), support("09:10", linked(LinkKind::DuplicateOf, "56"))])
        .then_histories(&expect![[r#"
            own 1 since 09:00 by issue.reported, 4bh by built-in@0-0 in built-in@0-0; 13:00 began: Cancelled
            ack 1 since 09:00 by issue.reported, 8bh by built-in@0-0 in built-in@0-0; 17:00 began: Cancelled
            resolve 1 since 09:00 by issue.reported, 15bd by built-in@0-0 in built-in@0-0; 21d 09:00 began: Cancelled
        "#]]);
}
