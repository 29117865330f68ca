//! Events in the shape of a real incident log: 7.5 events an issue over days, 5 issues a customer, ties, 0.5 % doubled,
//! 1 % late.

use engine::NewMessage;
use jiff::{SignedDuration, Timestamp};

/// A generator of numbers, the same for the same seed (Knuth's MMIX constants).
#[derive(Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end.max(1)
    }
}

const KINDS: [&str; 6] = [
    "owner.assigned",
    "issue.progress_noted",
    "issue.acknowledged",
    "issue.progress_noted",
    "owner.assigned",
    "issue.resolved",
];
/// Issues that events go back and forth between.
const AT_ONCE: u64 = 8_000;

/// Messages in the order in which they are published.
#[derive(Debug)]
pub(crate) struct Load {
    numbers: Numbers,
    made: u64,
    issues: u64,
    late: Option<NewMessage>,
    /// Only reports: every issue stays open and unacknowledged.
    reports_only: bool,
}

impl Load {
    pub(crate) const fn new(reports_only: bool) -> Self {
        Self { numbers: Numbers(7), made: 0, issues: 0, late: None, reports_only }
    }

    /// The next `count` messages.
    pub(crate) fn take(&mut self, count: usize) -> Vec<NewMessage> {
        let mut messages = Vec::with_capacity(count);
        while messages.len() < count {
            let message = self.next();
            match self.numbers.below(200) {
                0 if !self.reports_only => messages.push(message.clone()),
                1 | 2 if !self.reports_only => {
                    messages.extend(self.late.replace(message));
                    continue;
                }
                _ => {}
            }
            messages.push(message);
        }
        messages.truncate(count);
        messages
    }

    fn next(&mut self) -> NewMessage {
        self.made += 1;
        let is_new = self.reports_only || self.issues == 0 || self.numbers.below(15) < 2;
        let issue = if is_new {
            self.issues += 1;
            self.issues
        } else {
            self.issues - self.numbers.below(self.issues.min(AT_ONCE))
        };
        let kind = if is_new {
            "issue.reported"
        } else {
            KINDS[usize::try_from(self.numbers.below(6)).expect("below six")]
        };
        let department = ["sales", "support", "engineering", "field-service"]
            [usize::try_from(issue % 4).expect("below four")];
        let customer = issue / 5;
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let time = start + SignedDuration::from_secs(i64::try_from(self.made / 3 * 20).expect("small"));
        let data = match kind {
            "issue.reported" => format!(
                r#""title":"Incident INC{issue:07}","text":"Pump resets every two hours since the last visit; the line stops and the shift leader asks for a call back before noon","severity":"{}","heard_by":{{"system":"servicenow","id":"Resolver {}"}}"#,
                1 + issue % 4,
                issue % 200
            ),
            "owner.assigned" => format!(
                r#""department":"{department}","team":"Group {}","person":{{"system":"servicenow","id":"Resolver {}"}}"#,
                self.numbers.below(80),
                self.numbers.below(200)
            ),
            _ => r#""summary":"Awaiting User Info; asked for the serial number and the firmware of the second pump","channel":"mail""#.to_owned(),
        };
        let body = format!(
            r#"{{"specversion":"1.0","id":"{}","source":"/import/servicenow","type":"{kind}","time":"{time}","sequence":"{}","data":{{"issue":{{"system":"servicenow","id":"INC{issue:07}"}},"customer":{{"system":"servicenow","id":"Caller {customer}"}},{data}}}}}"#,
            self.made, self.made
        );
        NewMessage {
            subject: format!("davy.events.{department}.servicenow:Caller%20{customer}.{kind}"),
            headers: vec![("Content-Type".to_owned(), "application/cloudevents+json".to_owned())],
            body: body.into_bytes(),
        }
    }
}
