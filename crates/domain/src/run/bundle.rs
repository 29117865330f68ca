//! Which of the pings that wait for a contact go out as one message (`escalation.md` rule 13).
//!
//! For pagers, which see the pings of all issues and know their names by the letters that the API sends: whatever tells issues,
//! customers and departments apart will do. Deliberately absent: sending, how often a contact may be written to, and bundles that
//! wait: it is asked at every turn, of all that waits by then, so that whatever comes meanwhile joins.

use std::collections::{BTreeMap, BTreeSet};

/// A ping that waits for a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued<K> {
    /// About which issue.
    pub issue: K,
    /// Whose it is, where that is known.
    pub customer: Option<K>,
    /// Who owes the act.
    pub department: K,
}

/// What several pings may have in common, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Common<'a, K> {
    Customer(&'a K),
    Department(&'a K),
    /// Nothing but that they are about one issue.
    Issue(&'a K),
}

/// The messages for one contact, by the places of their pings, in the order of the first of each. Pings about one issue are one
/// message; so are those about several issues of a customer, else about several issues that one department owes something.
pub fn bundle<K: Ord>(queue: &[Queued<K>]) -> Vec<Vec<usize>> {
    let mut messages: BTreeMap<Common<'_, K>, Vec<usize>> = BTreeMap::new();
    // An issue goes by the first of its pings, though a later one be another department's.
    let mut issues = BTreeMap::new();
    for queued in queue {
        issues.entry(&queued.issue).or_insert(queued);
    }
    let customers = several(issues.values().map(|queued| (queued.customer.as_ref(), &queued.issue)));
    let is_left =
        |queued: &&&Queued<K>| queued.customer.as_ref().is_none_or(|known| !customers.contains(known));
    let left = issues.values().filter(is_left);
    let departments = several(left.map(|queued| (Some(&queued.department), &queued.issue)));
    for (place, queued) in queue.iter().enumerate() {
        let first = issues.get(&queued.issue).copied().unwrap_or(queued);
        let customer = first.customer.as_ref().filter(|customer| customers.contains(customer));
        let department = Some(&first.department).filter(|department| departments.contains(department));
        let common = customer.map(Common::Customer).or_else(|| department.map(Common::Department));
        messages.entry(common.unwrap_or(Common::Issue(&queued.issue))).or_default().push(place);
    }
    let mut messages: Vec<_> = messages.into_values().collect();
    messages.sort_unstable();
    messages
}

/// Those that have more than one of these issues.
fn several<'a, K: Ord>(of: impl Iterator<Item = (Option<&'a K>, &'a K)>) -> BTreeSet<&'a K> {
    let mut issues: BTreeMap<&K, BTreeSet<&K>> = BTreeMap::new();
    for (whose, issue) in of {
        if let Some(whose) = whose {
            issues.entry(whose).or_default().insert(issue);
        }
    }
    issues.into_iter().filter(|(_, issues)| issues.len() > 1).map(|(whose, _)| whose).collect()
}
