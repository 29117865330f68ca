//! Events and directory documents in few words. Who, when, what: `support("09:58", reported().heard_by("mia"))`.

use std::sync::Arc;

use domain::{
    Actor, ActorKind, Anomalies, AsReported, Assignment, Basis, Department, DepartmentDocument, Digest,
    Directory, DirectoryChange, Document, Event, Identity, IssueId, IssueName, Leaf, Link, LinkKind,
    OfferTerms, Ordinal, Origin, Payload, Person, PersonDocument, PersonStatus, Position, Reference, Report,
    Retraction, Severity, SystemDocument,
};
use jiff::{SignedDuration, Timestamp};

/// 2026-03-02, 00:00 UTC.
pub(crate) const MIDNIGHT: Timestamp = Timestamp::constant(1_772_409_600, 0);

/// What happened: a sentence without its subject.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) type_name: &'static str,
    pub(crate) payload: Payload,
}

pub(crate) fn deed(type_name: &'static str, payload: Payload) -> Deed {
    Deed { type_name, payload }
}

pub(crate) fn reported() -> Deed {
    let report = Report {
        title: "Pump resets".to_owned(),
        severity: Severity::Unassessed,
        severity_word: None,
        heard_by: None,
        safety: false,
        restricted: None,
        missed: None,
    };
    deed("issue.reported", Payload::Reported(report))
}

impl Deed {
    /// Of a report.
    pub(crate) fn heard_by(mut self, name: &str) -> Self {
        if let Payload::Reported(report) = &mut self.payload {
            report.heard_by = Some(person(name));
        }
        self
    }

    /// Of a report.
    pub(crate) fn unsafe_for_people(mut self) -> Self {
        if let Payload::Reported(report) = &mut self.payload {
            report.safety = true;
        }
        self
    }

    /// Of an offer: what it says for those who take over.
    pub(crate) fn giving<const N: usize>(mut self, names: [&str; N]) -> Self {
        if let Payload::Offered(terms) = &mut self.payload {
            terms.given = names.map(str::to_owned).to_vec();
        }
        self
    }

    /// Of an accepted offer.
    pub(crate) fn without_read_back(mut self) -> Self {
        if let Payload::OfferAccepted { read_back, .. } = &mut self.payload {
            *read_back = false;
        }
        self
    }

    /// Of a report.
    pub(crate) fn titled(mut self, title: &str) -> Self {
        if let Payload::Reported(report) = &mut self.payload {
            title.clone_into(&mut report.title);
        }
        self
    }

    /// Of a report.
    pub(crate) fn assessed(mut self, to: Severity) -> Self {
        if let Payload::Reported(report) = &mut self.payload {
            report.severity = to;
        }
        self
    }
}

/// `department/team/person`; `-` for what the event does not name.
pub(crate) fn assigned(to: &str) -> Deed {
    let [department, team, name] = parts(to);
    let department = department.map(|slug| self::department(&slug));
    deed(
        "owner.assigned",
        Payload::Assigned(Assignment { department, team, person: name.map(|n| person(&n)) }),
    )
}

/// As [`assigned`]; the department is named.
pub(crate) fn offered(to: &str) -> Deed {
    let [slug, team, name] = parts(to);
    let department = department(&slug.unwrap());
    let given = ["summary", "done_so_far", "next_actions"].map(str::to_owned).to_vec();
    deed(
        "handoff.offered",
        Payload::Offered(OfferTerms { department, team, person: name.map(|n| person(&n)), given }),
    )
}

fn parts(text: &str) -> [Option<String>; 3] {
    let mut parts = text.split('/').map(|part| (part != "-").then(|| part.to_owned()));
    [(); 3].map(|()| parts.next().flatten())
}

pub(crate) fn accepted(name: &str) -> Deed {
    deed("owner.accepted", Payload::Accepted { person: person(name), department: None })
}

pub(crate) fn accepted_in(slug: &str, name: &str) -> Deed {
    let department = Some(department(slug));
    deed("owner.accepted", Payload::Accepted { person: person(name), department })
}

pub(crate) fn declined() -> Deed {
    deed("owner.declined", Payload::Declined)
}

pub(crate) fn offer_accepted(name: &str) -> Deed {
    deed("handoff.accepted", Payload::OfferAccepted { person: person(name), read_back: true })
}

pub(crate) fn offer_declined() -> Deed {
    deed("handoff.declined", Payload::OfferDeclined { instead: None })
}

pub(crate) fn offer_withdrawn() -> Deed {
    deed("handoff.withdrawn", Payload::OfferWithdrawn)
}

pub(crate) fn acknowledged() -> Deed {
    deed("issue.acknowledged", Payload::Acknowledged { channel: Some("mail".to_owned()), next: None })
}

/// A note, a contact, an automatic reply: what changes nothing.
pub(crate) fn noted(type_name: &'static str) -> Deed {
    deed(type_name, Payload::Noted)
}

pub(crate) fn severity_changed(to: Severity) -> Deed {
    deed("issue.severity_changed", Payload::SeverityChanged { to, word: None })
}

pub(crate) fn resolved() -> Deed {
    deed("issue.resolved", Payload::Resolved)
}

pub(crate) fn closed() -> Deed {
    deed("issue.closed", Payload::Closed(Basis::Source))
}

pub(crate) fn reopened() -> Deed {
    deed("issue.reopened", Payload::Reopened)
}

pub(crate) fn withdrawn() -> Deed {
    deed("issue.withdrawn", Payload::Withdrawn)
}

pub(crate) fn reinstated() -> Deed {
    deed("issue.reinstated", Payload::Reinstated)
}

pub(crate) fn linked(kind: LinkKind, other: &str) -> Deed {
    deed("link.added", Payload::LinkAdded(Link { kind, other: issue(other) }))
}

pub(crate) fn unlinked(kind: LinkKind, other: &str) -> Deed {
    deed("link.removed", Payload::LinkRemoved(Link { kind, other: issue(other) }))
}

pub(crate) fn corrected(token: &str) -> Deed {
    deed("issue.customer_corrected", Payload::CustomerCorrected { to: customer(token) })
}

/// Of the event with that id which a department's tool published.
pub(crate) fn retracted(slug: &str, id: &str) -> Deed {
    let identity = Identity { source: format!("/{slug}"), id: id.to_owned() };
    deed("event.retracted", Payload::Retracted(Retraction { identity }))
}

pub(crate) fn unheard_of() -> Deed {
    deed("drone.landed", Payload::Unknown)
}

/// An event about zendesk:55, of the tool of its department.
#[derive(Clone, Debug)]
pub(crate) struct Draft(pub(crate) Event);

pub(crate) fn support(time: &str, deed: Deed) -> Draft {
    from("support", time, deed)
}

pub(crate) fn engineering(time: &str, deed: Deed) -> Draft {
    from("engineering", time, deed)
}

pub(crate) fn sales(time: &str, deed: Deed) -> Draft {
    from("sales", time, deed)
}

/// `time` as `09:58`, or with days ahead of it: `31d 09:58`. The place in the log is given by the story.
pub(crate) fn from(slug: &str, time: &str, Deed { type_name, payload }: Deed) -> Draft {
    let zendesk = reference("zendesk", "55");
    Draft(Event {
        position: Position::START,
        stored_at: MIDNIGHT,
        time: clock(time),
        ordinal: Ordinal::Absent,
        identity: Identity { source: format!("/{slug}"), id: String::new() },
        identity_digest: Digest::default(),
        content: Digest::default(),
        origin: Origin::Department(department(slug)),
        token: None,
        issue: Some(IssueName { id: IssueId::of(&zendesk), reference: Some(zendesk) }),
        customer: None,
        actor: Actor { kind: ActorKind::Human, person: None },
        backfill: false,
        anomalies: Anomalies::default(),
        type_name: Arc::from(type_name),
        payload,
        data: Arc::from(*b"{}"),
        traceparent: None,
        tracestate: None,
    })
}

impl Draft {
    pub(crate) fn by(mut self, kind: ActorKind, name: &str) -> Self {
        self.0.actor = Actor { kind, person: Some(person(name)) };
        self
    }

    pub(crate) fn of(mut self, token: &str) -> Self {
        let named = customer(token);
        self.0.token = Some(named.leaf.to_string());
        self.0.customer = Some(named);
        self
    }

    pub(crate) fn ordinal(mut self, text: &str) -> Self {
        self.0.ordinal = Ordinal::parse(text);
        self
    }

    /// With this id; by default its place in the log.
    pub(crate) fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.0.identity.id);
        self
    }

    /// Written by Davy on behalf of its department.
    pub(crate) fn commanded(mut self) -> Self {
        self.0.origin = Origin::Command(self.0.origin.department().clone());
        self
    }

    /// Stored at this place in the log, so many minutes after midnight.
    pub(crate) fn at(mut self, sequence: u64) -> Event {
        self.0.position = Position::new(sequence);
        self.0.stored_at = MIDNIGHT + SignedDuration::from_mins(i64::try_from(sequence).unwrap());
        if self.0.identity.id.is_empty() {
            self.0.identity.id = sequence.to_string();
        }
        self.0
    }
}

pub(crate) fn clock(text: &str) -> Timestamp {
    let (days, clock) = text.split_once("d ").unwrap_or(("0", text));
    let (hours, minutes) = clock.split_once(':').unwrap();
    let [days, hours, minutes] = [days, hours, minutes].map(|digits| digits.parse::<i64>().unwrap());
    MIDNIGHT + SignedDuration::from_mins((days * 24 + hours) * 60 + minutes)
}

pub(crate) fn department(slug: &str) -> Department {
    slug.parse().unwrap()
}

pub(crate) fn reference(system: &str, id: &str) -> Reference {
    Reference { system: system.to_owned(), id: id.to_owned() }
}

/// By their id in Zendesk.
pub(crate) fn person(name: &str) -> Person {
    Person { account: reference("zendesk", name), name: None }
}

pub(crate) fn customer(token: &str) -> AsReported {
    let (system, id) = token.split_once(':').unwrap();
    AsReported { leaf: Leaf::new(system, id).unwrap(), raw: None }
}

pub(crate) fn issue(id: &str) -> IssueId {
    IssueId::of(&reference("zendesk", id))
}

/// A version of a document.
pub(crate) fn set(sequence: u64, document: Document) -> DirectoryChange {
    DirectoryChange {
        position: Position::new(sequence),
        stored_at: MIDNIGHT,
        identity: Identity { source: "/directory".to_owned(), id: sequence.to_string() },
        content: Digest::default(),
        document,
    }
}

pub(crate) fn system_of(system: &str, slug: &str) -> Document {
    Document::System(SystemDocument {
        department: Some(department(slug)),
        ..SystemDocument::new(system.to_owned())
    })
}

pub(crate) fn open_department(slug: &str) -> Document {
    Document::Department(DepartmentDocument::new(department(slug)))
}

/// Which asks for these fields when an issue is handed to it.
pub(crate) fn asking_department<const N: usize>(slug: &str, fields: [&str; N]) -> Document {
    let hand_off_template = fields.map(str::to_owned).to_vec();
    Document::Department(DepartmentDocument {
        hand_off_template,
        ..DepartmentDocument::new(department(slug))
    })
}

pub(crate) fn closed_department(slug: &str, successor: Option<&str>) -> Document {
    let successor = successor.map(self::department);
    Document::Department(DepartmentDocument {
        active: false,
        successor,
        ..DepartmentDocument::new(department(slug))
    })
}

/// With the account of that name in Zendesk.
pub(crate) fn person_document(id: &str, status: PersonStatus) -> Document {
    let accounts = vec![reference("zendesk", id)];
    Document::Person(PersonDocument { status, accounts, ..PersonDocument::new(id.to_owned()) })
}

/// After these versions.
pub(crate) fn directory(changes: impl IntoIterator<Item = DirectoryChange>) -> Directory {
    let mut directory = Directory::default();
    for change in changes {
        directory.record(&change);
    }
    directory
}
