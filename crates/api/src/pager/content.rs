//! What a ping tells, put together when it is claimed: so that it is as things are, and not as they were.

use domain::{Contact, Issue, IssueId, PersonDocument, Ping, Recipient, outlook, told_by};
use engine::query::Escalating;
use proto::v1;

use crate::shared::Shared;

/// What stands where the title of a restricted issue would.
const RESTRICTED: &str = "(restricted)";

impl Shared {
    /// What a ping tells now, and where.
    pub(super) fn content(&self, ping: &Ping, about: &Escalating) -> v1::PingContent {
        let (shown, now) = (&about.shown, self.clock.now());
        let issue = &shown.issue;
        let restricted = issue.restricted.is_some();
        let (person, contact) = addressee(ping, about);
        let outlook = outlook(issue, ping, &about.moment(now));
        v1::PingContent {
            ping: Some(wire::proto::ping(issue.id, ping)),
            contact_kind: contact.map(|contact| contact.kind.clone()).unwrap_or_default(),
            contact_address: contact.map(|contact| contact.address.clone()).unwrap_or_default(),
            recipient_name: person.and_then(|person| person.name.clone()).unwrap_or_default(),
            title: if restricted { RESTRICTED.to_owned() } else { issue.title().to_owned() },
            customer: customer(about),
            severity: wire::proto::severity(issue.severity()).into(),
            since: Some(wire::proto::timestamp(issue.since())),
            what: told_by(issue, ping, now),
            owner: Some(wire::proto::owner(&shown.owner)),
            times: times(issue, ping),
            step: outlook.step,
            next_who: outlook.next_who,
            next_at: outlook.next_at.map(wire::proto::timestamp),
            answer_url: self.answer_url(ping, issue.id),
            answer_command: format!("davy pings ack {}", ping.terms.id),
            restricted,
        }
    }

    /// Empty where the service has no public address.
    fn answer_url(&self, ping: &Ping, issue: IssueId) -> String {
        let Some(base) = &self.public_url else { return String::new() };
        format!("{}/answer/{}", base.trim_end_matches('/'), self.answers.seal(ping.terms.id, issue))
    }
}

/// Who is pinged, and at which contact, as the directory stands.
fn addressee<'a>(ping: &Ping, about: &'a Escalating) -> (Option<&'a PersonDocument>, Option<&'a Contact>) {
    let Recipient::Person { person, contact } = &ping.terms.to else { return (None, None) };
    let person = about.directory.person_by_id(person, about.at);
    let contact = person.and_then(|person| person.contacts.iter().find(|known| known.name == *contact));
    (person, contact)
}

/// A name, or the token.
fn customer(about: &Escalating) -> String {
    let token = || about.shown.issue.customer.as_ref().map(|customer| customer.leaf.to_string());
    about.customer_name.clone().or_else(token).unwrap_or_default()
}

/// How often the recipient was pinged by this run with this, as far as pings are kept.
fn times(issue: &Issue, ping: &Ping) -> u32 {
    let alike = issue.escalation.pings.iter().filter(|other| {
        other.terms.to == ping.terms.to
            && other.terms.department == ping.terms.department
            && (other.terms.cycle == 0) == (ping.terms.cycle == 0)
            && other.position <= ping.position
    });
    u32::try_from(alike.count()).unwrap_or(u32::MAX).max(1)
}
