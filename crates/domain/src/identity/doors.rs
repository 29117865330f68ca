//! What one customer told several people, and nobody put together (`domain.md` 1b, F08 and F10).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::{Department, IssueId};

/// Within how many days what came through several doors may be one matter (F08).
const DAYS: i64 = 14;
/// Pairs of one customer that are told.
const PAIRS: usize = 100;

/// An open issue of a customer, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIssue {
    /// Which.
    pub id: IssueId,
    /// Since when the customer waits.
    pub since: Timestamp,
    /// Who heard it.
    pub heard_in: Department,
    /// Who answers for it.
    pub owner: Department,
    /// The mailbox, if nobody answered.
    pub mailbox: Option<String>,
    /// Nobody answered: it is a missed contact.
    pub missed: bool,
    /// Issues that it is linked with as related, duplicate, distinct or recurring, from either side.
    pub linked: BTreeSet<IssueId>,
}

/// Issues that came through several doors within days of each other: they may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doors {
    /// The earliest, of which the others would be duplicates.
    pub earliest: IssueId,
    /// The others, earliest first.
    pub others: Vec<IssueId>,
    /// Such as `sales: sales-north`, in order.
    pub doors: Vec<String>,
}

/// Two open issues of one customer in the hands of different departments, and no word on whether they belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCompared {
    /// The earlier one.
    pub one: IssueId,
    /// The later one.
    pub other: IssueId,
}

/// Missed contacts, and what else came within 14 days of them by another door.
pub fn doors(issues: &[OpenIssue]) -> Vec<Doors> {
    let mut found = Vec::new();
    let mut waiting = sorted(issues);
    while let Some(first) = waiting.first().copied() {
        let end = first.since.saturating_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX);
        let near = waiting.partition_point(|issue| issue.since <= end);
        let rest = waiting.split_off(near);
        waiting.retain(|issue| !issue.linked.contains(&first.id) && !first.linked.contains(&issue.id));
        found.extend(told_several(&waiting));
        waiting = rest;
    }
    found
}

fn told_several(issues: &[&OpenIssue]) -> Option<Doors> {
    let doors: BTreeSet<String> = issues.iter().map(|issue| issue.door()).collect();
    let missed = issues.iter().any(|issue| issue.missed);
    let (earliest, others) = issues.split_first()?;
    (missed && doors.len() >= 2 && !others.is_empty()).then(|| Doors {
        earliest: earliest.id,
        others: others.iter().map(|issue| issue.id).collect(),
        doors: doors.into_iter().collect(),
    })
}

/// Pairs of open issues that different departments heard or own, linked neither directly nor by others.
pub fn not_compared(issues: &[OpenIssue]) -> Vec<NotCompared> {
    let issues = sorted(issues);
    let groups = groups(&issues);
    let mut pairs = Vec::new();
    for (index, one) in issues.iter().enumerate() {
        for other in issues.iter().skip(index + 1) {
            let linked = one.linked.contains(&other.id)
                || other.linked.contains(&one.id)
                || groups.get(&one.id) == groups.get(&other.id);
            if one.departments() != other.departments() && !linked {
                pairs.push(NotCompared { one: one.id, other: other.id });
            }
            if pairs.len() == PAIRS {
                return pairs;
            }
        }
    }
    pairs
}

fn sorted(issues: &[OpenIssue]) -> Vec<&OpenIssue> {
    let mut sorted: Vec<_> = issues.iter().collect();
    sorted.sort_by_key(|issue| (issue.since, issue.id));
    sorted
}

/// The number of the group of linked issues that each is in.
fn groups(issues: &[&OpenIssue]) -> HashMap<IssueId, usize> {
    let by_id: BTreeMap<_, _> = issues.iter().map(|issue| (issue.id, *issue)).collect();
    let mut groups = HashMap::new();
    for (number, issue) in issues.iter().enumerate() {
        let mut waiting = vec![*issue];
        while let Some(issue) = waiting.pop() {
            if groups.insert(issue.id, *groups.get(&issue.id).unwrap_or(&number)).is_none() {
                let back = issues.iter().filter(|other| other.linked.contains(&issue.id));
                waiting.extend(issue.linked.iter().filter_map(|id| by_id.get(id)).chain(back).copied());
            }
        }
    }
    groups
}

impl OpenIssue {
    fn door(&self) -> String {
        match &self.mailbox {
            Some(mailbox) => format!("{}: {mailbox}", self.heard_in),
            None => self.heard_in.to_string(),
        }
    }

    fn departments(&self) -> BTreeSet<&Department> {
        BTreeSet::from([&self.heard_in, &self.owner])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(number: u8, day: i64, department: &str) -> OpenIssue {
        let department: Department = department.parse().unwrap();
        OpenIssue {
            id: IssueId::from_bytes([number; 16]),
            since: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day),
            heard_in: department.clone(),
            owner: department,
            mailbox: None,
            missed: false,
            linked: BTreeSet::new(),
        }
    }

    fn voicemail(number: u8, day: i64, mailbox: &str) -> OpenIssue {
        OpenIssue { mailbox: Some(mailbox.to_owned()), missed: true, ..issue(number, day, "sales") }
    }

    fn numbers(ids: &[IssueId]) -> Vec<u8> {
        ids.iter().map(|id| id.to_bytes()[0]).collect()
    }

    #[test]
    fn three_voicemails_in_three_mailboxes_are_one_suggestion() {
        let all = [voicemail(3, 9, "service"), voicemail(1, 0, "north"), voicemail(2, 4, "south")];
        let found = doors(&all);
        assert_eq!(found.len(), 1);
        assert_eq!(numbers(&[found[0].earliest]), [1]);
        assert_eq!(numbers(&found[0].others), [2, 3]);
        assert_eq!(found[0].doors, ["sales: north", "sales: service", "sales: south"]);
    }

    #[test]
    fn one_mailbox_a_long_time_or_a_word_that_they_are_distinct_suggest_nothing() {
        assert_eq!(doors(&[voicemail(1, 0, "north"), voicemail(2, 4, "north")]), []);
        assert_eq!(doors(&[voicemail(1, 0, "north"), voicemail(2, 15, "south")]), []);
        let mut distinct = voicemail(2, 4, "south");
        distinct.linked.insert(IssueId::from_bytes([1; 16]));
        assert_eq!(doors(&[voicemail(1, 0, "north"), distinct]), []);
        assert_eq!(doors(&[issue(1, 0, "support"), issue(2, 1, "field-service")]), [], "nobody was missed");
    }

    #[test]
    fn issues_of_two_departments_are_told_until_somebody_compared_them() {
        let pairs = |issues: &[OpenIssue]| {
            not_compared(issues).iter().map(|pair| numbers(&[pair.one, pair.other])).collect::<Vec<_>>()
        };
        let (one, two, three) =
            (issue(1, 0, "support"), issue(2, 1, "field-service"), issue(3, 2, "support"));
        assert_eq!(pairs(&[three.clone(), one.clone(), two.clone()]), [[1, 2], [2, 3]]);
        let mut linked = two;
        linked.linked.insert(one.id);
        assert_eq!(pairs(&[one.clone(), linked.clone(), three.clone()]), [[2, 3]]);
        linked.linked.insert(three.id);
        assert_eq!(pairs(&[one, linked, three]), [[0_u8; 2]; 0]);
    }
}
