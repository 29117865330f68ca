//! How a person is reached: by which contacts and when, of those that have not failed (`escalation.md` rules 12 and 14).

use std::collections::BTreeSet;

use crate::{
    Department, Directory, DocumentKey, Issue, PersonDocument, Ping, PingOutcome, Position, Recipient,
    RuleLeft, Severity,
};

/// Whoever failed for good in a cycle is not tried again in it.
pub(super) struct Dead(BTreeSet<Recipient>);

impl Dead {
    pub(super) const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// In that cycle of a department's run.
    pub(super) fn of(issue: &Issue, department: &Department, cycle: u32) -> Self {
        Self(failed(issue, department, cycle).map(|ping| ping.terms.to.clone()).collect())
    }

    /// As [`Dead::of`], but for those whose documents changed since: perhaps that mended them.
    pub(super) fn still(
        issue: &Issue,
        department: &Department,
        cycle: u32,
        (directory, at): (&Directory, Position),
    ) -> Self {
        let mended = |ping: &&Ping| match &ping.terms.to {
            Recipient::Person { person, contact: _ } => {
                let version = directory.version(&DocumentKey::Person(person.clone()), at);
                version.is_some_and(|version| version.position > ping.position)
            }
            Recipient::Channel(_) => false,
        };
        let still = failed(issue, department, cycle).filter(|ping| !mended(ping));
        Self(still.map(|ping| ping.terms.to.clone()).collect())
    }

    pub(super) fn is_channel(&self, name: &str) -> bool {
        self.0.contains(&Recipient::Channel(name.to_owned()))
    }

    /// A person's contacts that did not fail, by name.
    pub(super) fn alive<'a>(&'a self, person: &'a PersonDocument) -> impl Iterator<Item = &'a str> {
        let alive = |contact: &&str| !self.0.contains(&at(&person.id, contact));
        person.contacts.iter().map(|contact| contact.name.as_str()).filter(alive)
    }

    /// This contact, or the person's next one where it failed or is gone.
    pub(super) fn instead<'a>(&'a self, person: &'a PersonDocument, contact: &str) -> Option<&'a str> {
        let same = self.alive(person).find(|alive| *alive == contact);
        same.or_else(|| self.alive(person).next())
    }

    /// What a person's own rules make of a step: at once, and later. Nothing if no contact is left.
    pub(super) fn rules(&self, person: &PersonDocument, severity: Severity) -> Vec<RuleLeft> {
        let numbered = (0..).zip(&person.rules);
        let for_severity = numbered
            .filter(|(_, rule)| rule.severities.is_empty() || rule.severities.contains(&severity.rank()));
        let left = for_severity.filter_map(|(number, rule)| {
            let contact = self.instead(person, &rule.contact)?.to_owned();
            Some(RuleLeft { rule: number, contact, after_seconds: rule.after_seconds })
        });
        let mut left: Vec<_> = left.collect();
        if left.is_empty() {
            // Nobody is left out because of their rules.
            let first = self.alive(person).next().map(ToOwned::to_owned);
            left.extend(first.map(|contact| RuleLeft { rule: 0, contact, after_seconds: 0 }));
        }
        left
    }
}

fn failed<'a>(issue: &'a Issue, department: &'a Department, cycle: u32) -> impl Iterator<Item = &'a Ping> {
    issue.escalation.pings.iter().filter(move |ping| {
        ping.terms.department == *department
            && ping.terms.cycle == cycle
            && matches!(ping.outcome, PingOutcome::Failed { .. })
    })
}

/// A contact of a person's.
pub(super) fn at(person: &str, contact: &str) -> Recipient {
    Recipient::Person { person: person.to_owned(), contact: contact.to_owned() }
}

/// Where a notice reaches a person: by the first of their rules, else by their first contact.
pub(super) fn first_contact(person: &PersonDocument, severity: Severity) -> Option<Recipient> {
    let rules = Dead::none().rules(person, severity);
    let soonest = rules.iter().min_by_key(|rule| (rule.after_seconds, rule.rule))?;
    Some(at(&person.id, &soonest.contact))
}
