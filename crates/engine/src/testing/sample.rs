//! A small store's worth of records, at least one of every sort, in two batches.

#![expect(clippy::unwrap_used, reason = "only tests use it, and its texts are constants")]

use std::collections::BTreeMap;

use domain::{
    Acknowledgement, Anomalies, Anomaly, AsReported, Custody, CustomerId, Department, DepartmentDocument,
    Digest, DirectoryChange, Document, EventKey, Holding, Home, Identity, Issue, IssueId, LastKey, Leaf,
    Loss, Named, Offer, Ordinal, Person, PersonDocument, Position, Quarantined, Rank, Reason, Reference,
    Reported, Settled, Settlement, SettlementKind, Severity, Since, Standing, SystemDocument,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    AcceptedLoss, Batch, Blob, BlobEntry, Change, Counts, Cursor, CustomerRecord, DepartmentRecord, Entry,
    File, Page, Row, Spilled, TimelineRef, Window,
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
    changes.extend(quarantined());
    changes.extend(documents().map(|change| Change::Directory(Box::new(change))));
    changes.extend([1, 2].map(|number| Change::Window(window(number))));
    let counts =
        Counts { events: 9, duplicates: 1, quarantined: 2, issues: 2, unacknowledged: 1, customers: 1 };
    Batch { changes, cursor: cursor(12, counts) }
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
        Change::File(
            EventKey::Issue(MONEY),
            Box::new(File { issue: Some(money), has_retractions: false, chunks: 0, tail: blob([9, 13]) }),
        ),
        Change::Remove(Row::Unacknowledged { rank: 3, since: 5, entry: Entry::Issue(MONEY) }),
        Change::Customer(Some(CRM), Box::new(CustomerRecord { unacknowledged: 0, ..customer() })),
        Change::Page(Some(CRM), 1, Page { earlier: Some((13, Position::new(12))), entries: vec![entry(13)] }),
        Change::Expired(window(1).bare),
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
        severity: Severity::Two,
        severity_word: Some("P2".to_owned()),
        acknowledged: Some(Acknowledgement { at: at(0), by: Some(mia()), channel: Some("mail".to_owned()) }),
        custody: custody(),
        reopens: 1,
        anomalies: Anomalies::from_iter([Anomaly::ClockSkew, Anomaly::UnknownVersion]),
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
        severity: Severity::Unassessed,
        severity_word: None,
        acknowledged: None,
        custody: Custody::at_desk(department("support"), since(0)),
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
    custody.offer =
        Some(Offer { department: department("sales"), team: None, person: Some(mia()), since: since(3) });
    custody
}

fn files() -> Vec<Change> {
    let pump = EventKey::Issue(PUMP);
    let spilled = |number: u8| Spilled { content: digest(!number), position: Position::new(number.into()) };
    let mut changes = vec![
        Change::File(
            pump,
            Box::new(File { issue: Some(full()), has_retractions: true, chunks: 2, tail: blob([7, 8]) }),
        ),
        Change::Chunk(pump, 0, blob([1, 2])),
        Change::Chunk(pump, 1, blob([3])),
        Change::File(
            EventKey::Issue(MONEY),
            Box::new(File { issue: Some(unreported()), has_retractions: false, chunks: 0, tail: blob([9]) }),
        ),
        Change::File(
            EventKey::Issue(GONE),
            Box::new(File { issue: None, has_retractions: true, chunks: 0, tail: blob([5, 6]) }),
        ),
        Change::File(
            EventKey::Customer(CRM),
            Box::new(File { issue: None, has_retractions: true, chunks: 0, tail: blob([10]) }),
        ),
        Change::File(
            EventKey::Nobody,
            Box::new(File { issue: None, has_retractions: false, chunks: 0, tail: blob([11]) }),
        ),
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
        Row::Customer { token: "crm:4711".to_owned(), customer: Some(CRM) },
        Row::Customer { token: "_".to_owned(), customer: None },
    ]
}

fn customers() -> Vec<Change> {
    let nobody = CustomerRecord { leaf: None, raw: None, issues: 1, open: 1, unacknowledged: 1 };
    let page = Page { earlier: None, entries: [9, 1, 2].map(entry).to_vec() };
    vec![
        Change::Customer(Some(CRM), Box::new(customer())),
        Change::Customer(None, Box::new(nobody)),
        Change::Page(Some(CRM), 0, page.clone()),
        Change::Page(None, 0, page),
        Change::Department(department("support"), DepartmentRecord { unacknowledged: [1, 0, 0, 0, 2] }),
        Change::Department(department("engineering"), DepartmentRecord::default()),
    ]
}

fn customer() -> CustomerRecord {
    CustomerRecord {
        leaf: Some(leaf()),
        raw: Some("47 11".to_owned()),
        issues: 2,
        open: 1,
        unacknowledged: 1,
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

fn documents() -> [DirectoryChange; 3] {
    let closed = DepartmentDocument {
        department: department("sales"),
        name: Some("Sales".to_owned()),
        active: false,
        successor: Some(department("support")),
    };
    let system = SystemDocument { system: "jira".to_owned(), department: Some(department("engineering")) };
    let person = PersonDocument {
        id: "mia".to_owned(),
        name: None,
        active: true,
        accounts: vec![reference("zendesk", "mia")],
    };
    [(4, Document::Department(closed)), (5, Document::System(system)), (6, Document::Person(person))].map(
        |(sequence, document)| DirectoryChange {
            position: Position::new(sequence),
            stored_at: at(4),
            identity: since(0).by,
            content: digest(4),
            document,
        },
    )
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
