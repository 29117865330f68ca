//! What was said about customers: edges of every sort, and a profile with everything.

use domain::{
    Contacts, CustomerId, EdgeId, Identity, LastContact, Mark, Origin, Position, SilenceMark,
    identity::{
        Confidence, Contract, Edge, Kept, LeafKind, Moment, Moments, Money, Profile, Tie, TieKind, Withdrawal,
    },
};

use super::{CRM, Change, Ordinal, Row, at, department, mia};

const ERP: CustomerId = CustomerId::from_bytes([0xee; 16]);

pub(super) fn changes() -> Vec<Change> {
    let alias =
        Edge { tie: Some(tie(TieKind::Alias(LeafKind::ContactEmail, Confidence::Weak), 1)), ..edge(1) };
    let mut merge = Edge { tie: Some(tie(TieKind::Merge, 2)), ..edge(2) };
    merge.withdrawals.push(withdrawal(3, true));
    let only_taken_back = Edge { withdrawals: vec![withdrawal(4, false)], ..edge(3) };
    let same = Row::SameId { encoded: "~abc".to_owned(), customer: ERP };
    let edges = [alias, merge, only_taken_back].map(|edge| Change::Edge(Box::new(edge)));
    edges.into_iter().chain([Change::Put(same)]).collect()
}

/// The merge, struck out.
pub(super) fn later() -> Change {
    let mut merge = Edge { tie: Some(tie(TieKind::Merge, 2)), ..edge(2) };
    merge.tie.iter_mut().for_each(|tie| tie.struck.add(at(3), Position::new(13)));
    Change::Edge(Box::new(merge))
}

const fn edge(number: u8) -> Edge {
    Edge::unsaid(CRM, EdgeId::from_bytes([number; 16]))
}

fn tie(kind: TieKind, number: i64) -> Tie {
    Tie {
        home: CRM,
        kind,
        from: ERP,
        to: CRM,
        identity: identity(number),
        origin: Origin::Command(department("sales")),
        moment: moment(number),
        void: number == 1,
        struck: Moments::default(),
    }
}

fn withdrawal(number: i64, of_merge: bool) -> Withdrawal {
    let struck = Moments::from_parts([(at(5), Position::new(12)), (at(6), Position::new(11))]);
    let origin = Origin::Department(department("support"));
    Withdrawal { of_merge, identity: identity(number), origin, moment: moment(number), struck }
}

fn identity(number: i64) -> Identity {
    Identity { source: "/davy".to_owned(), id: format!("edge-{number}") }
}

fn moment(number: i64) -> Moment {
    Moment { time: at(number), ordinal: Ordinal::parse("7"), position: Position::new(number.unsigned_abs()) }
}

pub(super) fn profile() -> Profile {
    Profile {
        name: kept("Pumpwerk Süd".to_owned()),
        tier: kept("gold".to_owned()),
        account_owner: kept(mia()),
        cadence_days: kept(30),
        time_zone: kept("Europe/Berlin".to_owned()),
        calendar: kept("works".to_owned()),
        care_flags: kept(vec!["speak slowly".to_owned()]),
        contracts: kept(contract()).into_iter().collect(),
        contacts: contacts(),
    }
}

fn contract() -> Contract {
    Contract {
        number: "V-7".to_owned(),
        starts_on: jiff::civil::date(2025, 1, 1),
        ends_on: jiff::civil::date(2026, 12, 31),
        notice_days: Some(90),
        value: Some(Money { amount_minor: -1, currency: "EUR".to_owned() }),
        auto_renew: true,
    }
}

fn kept<T>(value: T) -> Option<Kept<T>> {
    Some(Kept { value, moment: moment(9) })
}

/// Somebody spoke with them, which was long ago.
fn contacts() -> Contacts {
    let mark = |mark, second| SilenceMark { since: at(1), mark, deadline: at(9), at: at(second) };
    Contacts {
        last: Some(last_contact(2)),
        first: Some(LastContact { backfill: true, ..last_contact(1) }),
        marks: vec![mark(Mark::Warned, 8), mark(Mark::Breached, 9)],
    }
}

pub(super) fn last_contact(second: i64) -> LastContact {
    let moment = Moment { time: at(second), ordinal: Ordinal::parse("2"), position: Position::new(7) };
    LastContact { moment, known_at: at(second + 1), backfill: false, department: department("sales") }
}
