//! A small store's worth of records, at least one of every sort, in two batches.

#![expect(clippy::unwrap_used, reason = "only tests use it, and its texts are constants")]

mod duty;
mod identity;
mod work;

use std::collections::BTreeMap;

use domain::{
    Acknowledgement, Anomalies, Anomaly, AsReported, Clocks, Contact, Custody, CustomerCalendar, CustomerId,
    Department, DepartmentDocument, Digest, DirectoryChange, Document, Escalation, EventKey, Floors, Holding,
    Home, Identity, Issue, IssueId, ItemId, LastKey, Leaf, Loss, Named, Offer, Ordinal, Person,
    PersonDocument, PersonStatus, Position, Quarantined, Rank, Reason, Reference, Reported, Settled,
    Settlement, SettlementKind, Severity, Since, Standing, SystemDocument, Waiting, Work,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    AcceptedLoss, Batch, Blob, BlobEntry, Change, Counts, Cursor, CustomerRecord, DepartmentRecord, Entry,
    File, HomeRecord, Kin, Page, Row, Spilled, TimelineRef, Window,
};

/// An issue with everything that an issue can have, and two chunks of older events.
pub const PUMP: IssueId = IssueId::from_bytes([0x11; 16]);
/// An issue of which only an assignment was heard.
pub const MONEY: IssueId = IssueId::from_bytes([0x22; 16]);
/// An issue of which everything is retracted.
pub const GONE: IssueId = IssueId::from_bytes([0x33; 16]);
/// The customer of both.
pub const CRM: CustomerId = CustomerId::from_bytes([0xff; 16]);

/// Everything, as it stands after twelve messages.
pub fn batch() -> Batch {
    let mut changes = files();
    changes.extend(rows().into_iter().map(Change::Put));
    changes.extend(customers());
    changes.extend(identity::changes());
    changes.extend(quarantined());
    changes.extend(documents().into_iter().map(|change| Change::Directory(Box::new(change))));
    changes.extend(calendars().map(|change| Change::Calendar(Box::new(change))));
    changes.extend([1, 2].map(|number| Change::Window(window(number))));
    let counts =
        Counts { events: 9, duplicates: 1, quarantined: 2, issues: 2, unacknowledged: 1, customers: 1 };
    Batch { changes, cursor: cursor(12, counts) }
}

/// A customer's own calendar, which they lost.
fn calendars() -> [CustomerCalendar; 2] {
    [(3, Some("pumpworks".to_owned())), (12, None)].map(|(sequence, calendar)| CustomerCalendar {
        customer: CRM,
        position: Position::new(sequence),
        calendar,
    })
}

/// One issue acknowledged, one window over, one page begun.
pub fn later_batch() -> Batch {
    let counts = Counts { events: 10, unacknowledged: 0, quarantined: 1, ..batch().cursor.counts };
    let mut money = unreported();
    money.acknowledged = Some(Acknowledgement { at: at(60), by: None, channel: None });
    let redriven = Settlement {
        kind: SettlementKind::Redriven,
        position: Position::new(13),
        at: at(60),
        reason: "Corrected".to_owned(),
        department: department("support"),
        person: None,
    };
    let changes = vec![
        Change::Quarantined(Box::new(Quarantined { settled: Some(redriven), ..message(3) })),
        Change::Remove(Row::Gone { id: GONE }),
        Change::Remove(Row::Timer { at: -7, id: PUMP }),
        Change::Put(Row::Timer { at: 8, id: PUMP }),
        Change::Remove(Row::Owed { id: PUMP }),
        Change::File(
            EventKey::Issue(MONEY),
            Box::new(File { issue: Some(money), tail: blob([9, 13]), ..File::default() }),
        ),
        Change::Remove(Row::Unacknowledged { rank: 3, since: 5, entry: Entry::Issue(MONEY) }),
        Change::Customer(Some(CRM), Box::new(CustomerRecord { unacknowledged: 0, ..customer() })),
        Change::Page(Some(CRM), 1, Page { earlier: Some((13, Position::new(12))), entries: vec![entry(13)] }),
        Change::Home("crm:4711".to_owned(), home(13)),
        Change::Expired(window(1).bare),
        identity::later(),
    ];
    Batch { changes, cursor: cursor(13, counts) }
}

/// A cursor after the message at `sequence`.
pub fn cursor(sequence: u64, counts: Counts) -> Cursor {
    Cursor {
        incarnation: "0f1e".to_owned(),
        position: Position::new(sequence),
        fingerprint: digest(7),
        fold_version: domain::FOLD_VERSION,
        counts,
        unknown_types: BTreeMap::from([("invoice.sent".to_owned(), 3)]),
        losses: vec![AcceptedLoss {
            loss: Loss { from: Position::new(7), to: Position::new(8) },
            reason: "Gone with the old disk".to_owned(),
            position: Position::new(10),
        }],
    }
}

/// Packed events that bear these numbers.
pub fn blob(numbers: impl IntoIterator<Item = u8>) -> Blob {
    let mut blob = Blob::default();
    for number in numbers {
        let bytes = vec![number; usize::from(number)];
        let position = Position::new(number.into());
        blob.push(BlobEntry { identity: digest(number), content: digest(!number), position, bytes: &bytes });
    }
    blob
}

/// Sixteen times the number.
pub const fn digest(number: u8) -> Digest {
    Digest([number; 16])
}

/// An issue that was reported, handed about, answered and taken back.
pub fn full() -> Issue {
    Issue {
        references: vec![reference("zendesk", "55"), reference("jira", "Pump ä")],
        home: Home::Token("crm:4711".to_owned()),
        customer: Some(AsReported { leaf: leaf(), raw: Some("47 11".to_owned()) }),
        customer_settled: true,
        reported: Some(Reported { at: at(-120), title: "Pump resets".to_owned(), heard_by: Some(mia()) }),
        standing: Standing::Withdrawn { from: Settled::Resolved(at(9)) },
        duplicate_of: Some(MONEY),
        assessed: Severity::Two,
        severity_word: Some("P2".to_owned()),
        acknowledged: Some(Acknowledgement { at: at(0), by: Some(mia()), channel: Some("mail".to_owned()) }),
        floors: work::floors(),
        custody: custody(),
        waiting: work::waiting(),
        contact: Some(identity::last_contact(3)),
        work: work::work(),
        clocks: duty::clocks(),
        escalation: duty::escalation(),
        links: work::links(),
        restricted: Some(work::restricted()),
        reopens: 1,
        anomalies: Anomalies::from_iter([Anomaly::ClockSkew, Anomaly::UnknownVersion, Anomaly::OutOfRange]),
        ..unreported_as(PUMP)
    }
}

fn unreported() -> Issue {
    unreported_as(MONEY)
}

fn unreported_as(id: IssueId) -> Issue {
    Issue {
        id,
        references: Vec::new(),
        home: Home::Issue(id),
        customer: None,
        customer_settled: false,
        reported: None,
        heard_in: department("support"),
        standing: Standing::Open,
        duplicate_of: None,
        assessed: Severity::Unassessed,
        severity_word: None,
        acknowledged: None,
        custody: Custody::at_desk(department("support"), since(0)),
        floors: Floors::default(),
        waiting: Waiting::default(),
        contact: None,
        work: Work::default(),
        clocks: Clocks::default(),
        escalation: Escalation::default(),
        links: Vec::new(),
        restricted: None,
        reopens: 0,
        first_seen_at: at(1),
        first_position: Position::new(1),
        first_event_at: at(0),
        last_event_at: at(9),
        position: Position::new(9),
        event_count: 7,
        anomalies: Anomalies::default(),
        last_key: LastKey {
            rank: Rank::Other,
            time: at(9),
            ordinal: Ordinal::parse("16"),
            position: Position::new(9),
        },
    }
}

fn custody() -> Custody {
    let mut custody = Custody::at_desk(department("support"), since(0));
    let l2 = Holding::Provisional(Named::Team("L2".to_owned()));
    custody.give(department("support"), l2, since(1));
    let bo = Holding::Accepted { team: Some("Firmware".to_owned()), person: mia() };
    custody.give(department("engineering"), bo, since(2));
    custody.offer = Some(Offer {
        id: ItemId::of(PUMP, &since(3).by),
        department: department("sales"),
        team: None,
        person: Some(mia()),
        missing: vec!["summary".to_owned()],
        since: since(3),
    });
    custody
}

fn kin(into: Option<IssueId>) -> Kin {
    Kin { into, ties: vec![MONEY, PUMP] }
}

fn files() -> Vec<Change> {
    let pump = EventKey::Issue(PUMP);
    let spilled = |number: u8| Spilled { content: digest(!number), position: Position::new(number.into()) };
    let mut changes = vec![
        Change::File(
            pump,
            Box::new(File {
                issue: Some(full()),
                kin: kin(None),
                has_retractions: true,
                chunks: 2,
                tail: blob([7, 8]),
            }),
        ),
        Change::Chunk(pump, 0, blob([1, 2])),
        Change::Chunk(pump, 1, blob([3])),
        Change::File(
            EventKey::Issue(MONEY),
            Box::new(File { issue: Some(unreported()), tail: blob([9]), ..File::default() }),
        ),
        Change::File(
            EventKey::Issue(GONE),
            Box::new(File {
                kin: kin(Some(PUMP)),
                has_retractions: true,
                tail: blob([5, 6]),
                ..File::default()
            }),
        ),
        Change::File(
            EventKey::Customer(CRM),
            Box::new(File { has_retractions: true, tail: blob([10]), ..File::default() }),
        ),
        Change::File(EventKey::Nobody, Box::new(File { tail: blob([11]), ..File::default() })),
    ];
    changes.extend([1, 2, 3].map(|number| Change::Spilled(pump, digest(number), spilled(number))));
    changes
}

fn rows() -> Vec<Row> {
    vec![
        Row::Issue { rank: 2, since: -3, id: PUMP },
        Row::Issue { rank: 3, since: 5, id: MONEY },
        Row::Unacknowledged { rank: 3, since: 5, entry: Entry::Issue(MONEY) },
        Row::Unacknowledged { rank: 3, since: 6, entry: Entry::Quarantined(Position::new(11)) },
        Row::OfCustomer { customer: Some(CRM), id: PUMP },
        Row::OfCustomer { customer: None, id: MONEY },
        Row::Duplicate { of: MONEY, id: PUMP },
        Row::Gone { id: GONE },
        Row::Timer { at: -7, id: PUMP },
        Row::Owed { id: PUMP },
        Row::Concern { department: department("engineering"), rank: 2, since: -3, id: PUMP },
        Row::Concern { department: department("support"), rank: 3, since: 5, id: MONEY },
        Row::Customer { token: "crm:4711".to_owned(), customer: Some(CRM) },
        Row::Customer { token: "_".to_owned(), customer: None },
    ]
}

fn customers() -> Vec<Change> {
    let nobody = CustomerRecord {
        issues: 1,
        open: 1,
        unacknowledged: 1,
        ..CustomerRecord::new(None, Position::new(2))
    };
    let page = Page { earlier: None, entries: [9, 1, 2].map(entry).to_vec() };
    vec![
        Change::Customer(Some(CRM), Box::new(customer())),
        Change::Customer(None, Box::new(nobody)),
        Change::Page(Some(CRM), 0, page.clone()),
        Change::Page(None, 0, page),
        Change::Department(department("support"), DepartmentRecord { unacknowledged: [1, 0, 0, 0, 2] }),
        Change::Department(department("engineering"), DepartmentRecord::default()),
        Change::Home("crm:4711".to_owned(), home(9)),
        Change::Home("_".to_owned(), HomeRecord::default()),
    ]
}

fn home(sequence: u64) -> HomeRecord {
    HomeRecord {
        last_command: Position::new(sequence),
        last_escalator: Position::new(sequence + 1),
        last_own_time: Some(at(9)),
    }
}

fn customer() -> CustomerRecord {
    CustomerRecord {
        leaf: Some(leaf()),
        raw: Some("47 11".to_owned()),
        issues: 2,
        open: 1,
        unacknowledged: 1,
        first_position: Position::new(1),
        profile: identity::profile(),
    }
}

fn entry(number: i64) -> TimelineRef {
    let issue = (number % 2 == 0).then_some(PUMP);
    TimelineRef { time: -number, position: Position::new(number.unsigned_abs()), issue }
}

/// A quarantined message of which nothing is known but the subject.
pub fn message(sequence: u64) -> Quarantined {
    Quarantined {
        position: Position::new(sequence),
        stored_at: at(3),
        subject: "davy.events.x".to_owned(),
        department: None,
        customer: None,
        reason: Reason::WrongSubject,
        detail: String::new(),
        excerpt: String::new(),
        settled: None,
    }
}

fn quarantined() -> [Change; 3] {
    let cut_off = Quarantined {
        department: Some("field-service".to_owned()),
        customer: Some("crm:4711".to_owned()),
        reason: Reason::Unreadable,
        detail: "the body ends early".to_owned(),
        excerpt: "{\"text\": ".to_owned(),
        ..message(11)
    };
    let settlement = Settlement {
        kind: SettlementKind::Skipped,
        position: Position::new(12),
        at: at(12),
        reason: "A test of the mail gateway".to_owned(),
        department: department("support"),
        person: Some(mia()),
    };
    let skipped = Quarantined { settled: Some(settlement), ..message(8) };
    [message(3), skipped, cut_off].map(|message| Change::Quarantined(Box::new(message)))
}

fn documents() -> Vec<DirectoryChange> {
    let closed = DepartmentDocument {
        department: department("sales"),
        name: Some("Sales".to_owned()),
        active: false,
        successor: Some(department("support")),
        head: Some("mia".to_owned()),
        arbiter: Some("bo".to_owned()),
        calendar: Some("berlin".to_owned()),
        policy: Some("default".to_owned()),
        schedule: Some("support".to_owned()),
        hand_off_template: vec!["asset".to_owned(), "revision".to_owned()],
    };
    let system = SystemDocument {
        system: "jira".to_owned(),
        name: Some("Jira".to_owned()),
        department: Some(department("engineering")),
    };
    let person = PersonDocument {
        id: "mia".to_owned(),
        name: None,
        status: PersonStatus::OnLeave { until: Some(jiff::civil::date(2026, 3, 20)) },
        departments: vec![department("support")],
        manager: Some("bo".to_owned()),
        delegate: Some("ana".to_owned()),
        accounts: vec![reference("zendesk", "mia")],
        contacts: vec![Contact {
            name: "work phone".to_owned(),
            kind: "phone".to_owned(),
            address: "+49 30 5550100".to_owned(),
        }],
        rules: duty::rules(),
        quiet: Some(duty::quiet()),
    };
    let documents = [Document::Department(closed), Document::System(system), Document::Person(person)];
    let change = |(sequence, document)| DirectoryChange {
        position: Position::new(sequence),
        stored_at: at(4),
        identity: since(0).by,
        content: digest(4),
        document,
    };
    (4..).zip(documents.into_iter().chain(duty::documents())).map(change).collect()
}

fn window(number: u8) -> Window {
    Window { bare: digest(number), position: Position::new(number.into()), stored_at: at(number.into()) }
}

fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_772_445_600, 123_456_789) + SignedDuration::from_secs(second)
}

fn since(second: i64) -> Since {
    Since { at: at(second), by: Identity { source: "/zendesk".to_owned(), id: "z-1".to_owned() } }
}

fn department(slug: &str) -> Department {
    slug.parse().unwrap()
}

fn leaf() -> Leaf {
    Leaf::new("crm", "4711").unwrap()
}

fn reference(system: &str, id: &str) -> Reference {
    Reference { system: system.to_owned(), id: id.to_owned() }
}

fn mia() -> Person {
    Person { account: reference("zendesk", "mia"), name: Some("Mia é".to_owned()) }
}
