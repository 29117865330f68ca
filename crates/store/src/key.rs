//! The keys: a letter for the sort of record, then parts of fixed width, numbers big-endian.
//!
//! | letter | then | record |
//! |---|---|---|
//! | `m` | | the cursor |
//! | `n` | | the sum over all other rows |
//! | `i` | issue 16 | file of an issue: its state, then its newest events |
//! | `f`, `F` | customer 16, or nothing | file of events that name no issue: of a customer, of nobody |
//! | `h` | key of the file, number 4 | chunk of a file's older events |
//! | `s` | key of the file, identity 16 | where an event in a chunk stands |
//! | `c`, `C` | customer 16, or nothing | customer |
//! | `e` | customer 16, edge 16 | what was said about two leaves, under each of them |
//! | `p`, `P` | customer 16, or nothing; number 4 | page of a timeline |
//! | `o`, `O` | customer 16, or nothing; issue 16 | row: an issue that may be this customer's; empty |
//! | `t` | token | row: customers by token; the customer's id, empty for nobody |
//! | `r` | rank 1, since 8, issue 16 | row: every issue; empty |
//! | `g` | issue 16, issue 16 | row: a duplicate of the first, which is the second; empty |
//! | `x` | issue 16 | row: an issue of which everything is retracted; empty |
//! | `u` | rank 1, since 8, `0` issue 16 or `1` position 8 | row: what awaits acknowledgement; empty |
//! | `k` | slug, a zero; rank 1, since 8, issue 16 | row: an open issue that concerns a department; empty |
//! | `v` | hashed id, a zero, customer 16 | row: a customer of that id, in whichever system; empty |
//! | `j` | at 8, issue 16 | row: when an issue waits for something; empty |
//! | `l` | issue 16 | row: an issue of which a ping is to be sent; empty |
//! | `b` | customer 16, time 8, issue 16 or nothing | row: what may begin a customer's clock; empty |
//! | `d` | slug | department |
//! | `a` | home | how far Davy's own events got in a home |
//! | `q` | position 8 | quarantined message |
//! | `y` | position 8 | version of a directory document |
//! | `z` | position 8 | version of a customer's own calendar |
//! | `w` | digest 16 | bare message of the last 2 minutes |
//!
//! A capital is the form of "no customer". A `since` has its sign bit flipped, so that bytes sort as numbers. Keys of up
//! to 22 bytes (after what the neighbours share) lie inside sled's nodes; that is why they are this short.

use std::ops::Bound;

use domain::{CustomerId, Department, Digest, EdgeId, EventKey, IssueId, LeafId, PingId, Position};
use engine::{Entry, Row, RowRange, StoreError};

use crate::error::damaged;

pub(crate) const CURSOR: &[u8] = b"m";
pub(crate) const SUM: &[u8] = b"n";
pub(crate) const ISSUE_FILES: &[u8] = b"i";
pub(crate) const CUSTOMERS: &[u8] = b"c";
pub(crate) const EDGES: &[u8] = b"e";
pub(crate) const DEPARTMENTS: &[u8] = b"d";
pub(crate) const HOMES: &[u8] = b"a";
pub(crate) const QUARANTINE: &[u8] = b"q";
pub(crate) const DIRECTORY: &[u8] = b"y";
pub(crate) const CALENDARS: &[u8] = b"z";
pub(crate) const WINDOWS: &[u8] = b"w";
pub(crate) const UNACKNOWLEDGED: &[u8] = b"u";
const BY_RANK: &[u8] = b"r";
const TOKENS: &[u8] = b"t";
const GONE: &[u8] = b"x";
const TIMERS: &[u8] = b"j";
const OWED: &[u8] = b"l";
const PINGS: &[u8] = b"Y";
const CONTACTS: &[u8] = b"b";
/// What follows `since` in a row of the unacknowledged.
const ENTRY_ISSUE: u8 = 0;
const ENTRY_QUARANTINED: u8 = 1;
/// Sorts before everything that a slug or an encoded id holds.
const SLUG_END: u8 = 0;

pub(crate) fn file(key: EventKey) -> Vec<u8> {
    match key {
        EventKey::Issue(id) => [ISSUE_FILES, &id.to_bytes()].concat(),
        EventKey::Customer(id) => leaf(b"f", b"F", Some(id)),
        EventKey::Nobody => leaf(b"f", b"F", None),
    }
}

pub(crate) fn chunk(key: EventKey, number: u32) -> Vec<u8> {
    [b"h".as_slice(), &file(key), &number.to_be_bytes()].concat()
}

pub(crate) fn spilled(key: EventKey, identity: Digest) -> Vec<u8> {
    [b"s".as_slice(), &file(key), &identity.0].concat()
}

pub(crate) fn customer(id: LeafId) -> Vec<u8> {
    leaf(CUSTOMERS, b"C", id)
}

/// What every edge of a leaf begins with.
pub(crate) fn edges(leaf: CustomerId) -> Vec<u8> {
    [EDGES, &leaf.to_bytes()].concat()
}

pub(crate) fn edge(leaf: CustomerId, id: EdgeId) -> Vec<u8> {
    [edges(leaf).as_slice(), &id.to_bytes()].concat()
}

/// What every page of a timeline begins with.
pub(crate) fn pages(customer: LeafId) -> Vec<u8> {
    leaf(b"p", b"P", customer)
}

pub(crate) fn page(customer: LeafId, number: u32) -> Vec<u8> {
    [pages(customer).as_slice(), &number.to_be_bytes()].concat()
}

/// The number of a page, from its key.
pub(crate) fn page_number(key: &[u8]) -> Result<u32, StoreError> {
    let number = key.last_chunk().ok_or_else(|| damaged("page of a timeline", "key is cut off"))?;
    Ok(u32::from_be_bytes(*number))
}

pub(crate) fn department(department: &Department) -> Vec<u8> {
    [DEPARTMENTS, department.as_str().as_bytes()].concat()
}

pub(crate) fn home(home: &str) -> Vec<u8> {
    [HOMES, home.as_bytes()].concat()
}

pub(crate) fn quarantined(at: Position) -> Vec<u8> {
    [QUARANTINE, &at.sequence().to_be_bytes()].concat()
}

pub(crate) fn directory(at: Position) -> Vec<u8> {
    [DIRECTORY, &at.sequence().to_be_bytes()].concat()
}

pub(crate) fn calendar(at: Position) -> Vec<u8> {
    [CALENDARS, &at.sequence().to_be_bytes()].concat()
}

pub(crate) fn window(bare: Digest) -> Vec<u8> {
    [WINDOWS, &bare.0].concat()
}

fn leaf(some: &[u8], none: &[u8], customer: LeafId) -> Vec<u8> {
    customer.map_or_else(|| none.to_vec(), |id| [some, &id.to_bytes()].concat())
}

pub(crate) fn row(row: &Row) -> Vec<u8> {
    match row {
        Row::Issue { rank, since, id } => [BY_RANK, &[*rank], &ordered(*since), &id.to_bytes()].concat(),
        Row::Unacknowledged { rank, since, entry } => {
            let prefix = [UNACKNOWLEDGED, &[*rank], &ordered(*since)].concat();
            match entry {
                Entry::Issue(id) => [prefix.as_slice(), &[ENTRY_ISSUE], &id.to_bytes()].concat(),
                Entry::Quarantined(at) => {
                    [prefix.as_slice(), &[ENTRY_QUARANTINED], &at.sequence().to_be_bytes()].concat()
                }
            }
        }
        Row::OfCustomer { customer, id } => [of_customer(*customer).as_slice(), &id.to_bytes()].concat(),
        Row::Customer { token, customer: _ } => [TOKENS, token.as_bytes()].concat(),
        Row::Duplicate { of, id } => [duplicates(*of).as_slice(), &id.to_bytes()].concat(),
        Row::Gone { id } => [GONE, &id.to_bytes()].concat(),
        Row::Timer { at, id } => [TIMERS, &ordered(*at), &id.to_bytes()].concat(),
        Row::Owed { id } => [OWED, &id.to_bytes()].concat(),
        Row::Ping { ping, issue } => [PINGS, &ping.to_bytes(), &issue.to_bytes()].concat(),
        Row::Contact { customer, before, issue } => {
            let prefix = [contacts(*customer).as_slice(), &ordered(*before)].concat();
            issue.map_or_else(|| prefix.clone(), |id| [prefix.as_slice(), &id.to_bytes()].concat())
        }
        Row::SameId { encoded, customer } => [same_id(encoded).as_slice(), &customer.to_bytes()].concat(),
        Row::Concern { department, rank, since, id } => {
            [concerns(department).as_slice(), &[*rank], &ordered(*since), &id.to_bytes()].concat()
        }
    }
}

/// What lies beside a row's key: only the row of a token needs to say more.
pub(crate) fn row_value(row: &Row) -> Vec<u8> {
    match row {
        Row::Issue { .. }
        | Row::Unacknowledged { .. }
        | Row::OfCustomer { .. }
        | Row::Duplicate { .. }
        | Row::Gone { .. }
        | Row::SameId { .. }
        | Row::Concern { .. }
        | Row::Timer { .. }
        | Row::Owed { .. }
        | Row::Ping { .. }
        | Row::Contact { .. }
        | Row::Customer { customer: None, .. } => Vec::new(),
        Row::Customer { token: _, customer: Some(id) } => id.to_bytes().to_vec(),
    }
}

/// The row that a key and its value are.
pub(crate) fn read_row(key: &[u8], value: &[u8]) -> Result<Row, StoreError> {
    parse_row(key, value).ok_or_else(|| damaged("row", "its key is malformed"))
}

fn parse_row(key: &[u8], value: &[u8]) -> Option<Row> {
    let (letter, rest) = key.split_first()?;
    match letter {
        b'r' => {
            let (rank, since, rest) = split_rank(rest)?;
            Some(Row::Issue { rank, since, id: issue(rest)? })
        }
        b'u' => {
            let (rank, since, rest) = split_rank(rest)?;
            Some(Row::Unacknowledged { rank, since, entry: entry(rest)? })
        }
        b'o' => {
            let (customer, rest) = rest.split_first_chunk()?;
            Some(Row::OfCustomer { customer: Some(CustomerId::from_bytes(*customer)), id: issue(rest)? })
        }
        b'g' => {
            let (of, rest) = rest.split_first_chunk()?;
            Some(Row::Duplicate { of: IssueId::from_bytes(*of), id: issue(rest)? })
        }
        b'x' => Some(Row::Gone { id: issue(rest)? }),
        b'j' => {
            let (at, rest) = split_ordered(rest)?;
            Some(Row::Timer { at, id: issue(rest)? })
        }
        b'l' => Some(Row::Owed { id: issue(rest)? }),
        b'Y' => {
            let (ping, rest) = rest.split_first_chunk()?;
            Some(Row::Ping { ping: PingId::from_bytes(*ping), issue: issue(rest)? })
        }
        b'b' => {
            let (customer, rest) = rest.split_first_chunk()?;
            let (before, rest) = split_ordered(rest)?;
            let issue = if rest.is_empty() { None } else { Some(issue(rest)?) };
            Some(Row::Contact { customer: CustomerId::from_bytes(*customer), before, issue })
        }
        b'v' => {
            let (encoded, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == SLUG_END)?)?;
            let encoded = str::from_utf8(encoded).ok()?.to_owned();
            let customer = rest.get(1..)?.try_into().ok().map(CustomerId::from_bytes)?;
            Some(Row::SameId { encoded, customer })
        }
        b'k' => {
            let (slug, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == SLUG_END)?)?;
            let (rank, since, rest) = split_rank(rest.get(1..)?)?;
            let department = str::from_utf8(slug).ok()?.parse().ok()?;
            Some(Row::Concern { department, rank, since, id: issue(rest)? })
        }
        b'O' => Some(Row::OfCustomer { customer: None, id: issue(rest)? }),
        b't' => Some(Row::Customer { token: str::from_utf8(rest).ok()?.to_owned(), customer: named(value)? }),
        _ => None,
    }
}

fn split_rank(bytes: &[u8]) -> Option<(u8, i64, &[u8])> {
    let (rank, rest) = bytes.split_first()?;
    let (since, rest) = split_ordered(rest)?;
    Some((*rank, since, rest))
}

fn split_ordered(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some(((u64::from_be_bytes(*number) ^ SIGN).cast_signed(), rest))
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    match bytes.split_first()? {
        (&ENTRY_ISSUE, rest) => issue(rest).map(Entry::Issue),
        (&ENTRY_QUARANTINED, rest) => {
            Some(Entry::Quarantined(Position::new(u64::from_be_bytes(rest.try_into().ok()?))))
        }
        _ => None,
    }
}

fn issue(bytes: &[u8]) -> Option<IssueId> {
    bytes.try_into().ok().map(IssueId::from_bytes)
}

fn named(value: &[u8]) -> Option<LeafId> {
    if value.is_empty() {
        Some(None)
    } else {
        value.try_into().ok().map(|id| Some(CustomerId::from_bytes(id)))
    }
}

/// The bounds of a range of rows.
pub(crate) fn range(range: RowRange) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    match range {
        RowRange::Issues { rank, after } => {
            after_row([BY_RANK, &[rank]].concat(), after.map(|(since, id)| Row::Issue { rank, since, id }))
        }
        RowRange::Unacknowledged { rank, after } => {
            let after = after.map(|(since, entry)| Row::Unacknowledged { rank, since, entry });
            after_row([UNACKNOWLEDGED, &[rank]].concat(), after)
        }
        RowRange::OfCustomer { customer, after } => {
            after_row(of_customer(customer), after.map(|id| Row::OfCustomer { customer, id }))
        }
        RowRange::Concerns { department, after } => {
            let prefix = concerns(&department);
            after_row(prefix, after.map(|(rank, since, id)| Row::Concern { department, rank, since, id }))
        }
        RowRange::SameId { encoded } => under(same_id(&encoded)),
        RowRange::Gone { after } => after_row(GONE.to_vec(), after.map(|id| Row::Gone { id })),
        RowRange::Timers { after, until } => timers(after, until),
        RowRange::Owed { after } => after_row(OWED.to_vec(), after.map(|id| Row::Owed { id })),
        RowRange::Ping { ping } => under([PINGS, &ping.to_bytes()].concat()),
        RowRange::ContactsOf { customer } => under(contacts(customer)),
        RowRange::Contacts { after } => {
            let (from, to) = under(CONTACTS.to_vec());
            // Longer than any key of theirs.
            (
                after.map_or(from, |after| {
                    Bound::Excluded([contacts(after).as_slice(), &[u8::MAX; 25]].concat())
                }),
                to,
            )
        }
        RowRange::Duplicates { of, after } => {
            after_row(duplicates(of), after.map(|id| Row::Duplicate { of, id }))
        }
        RowRange::Customers { after } => {
            after_row(TOKENS.to_vec(), after.map(|token| Row::Customer { token, customer: None }))
        }
    }
}

/// After one timer until an instant. A range that is the wrong way round holds nothing.
fn timers(after: Option<(i64, IssueId)>, until: i64) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let (from, _) = after_row(TIMERS.to_vec(), after.map(|(at, id)| Row::Timer { at, id }));
    (from, Bound::Included(row(&Row::Timer { at: until, id: IssueId::from_bytes([u8::MAX; 16]) })))
}

fn after_row(prefix: Vec<u8>, after: Option<Row>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let (from, to) = under(prefix);
    (after.map_or(from, |after| Bound::Excluded(row(&after))), to)
}

/// The bounds of every key that begins with `prefix`.
pub(crate) fn under(prefix: Vec<u8>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let mut end = prefix.clone();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return (Bound::Included(prefix), Bound::Excluded(end));
        }
    }
    (Bound::Included(prefix), Bound::Unbounded)
}

fn contacts(customer: CustomerId) -> Vec<u8> {
    [CONTACTS, &customer.to_bytes()].concat()
}

fn duplicates(of: IssueId) -> Vec<u8> {
    [b"g".as_slice(), &of.to_bytes()].concat()
}

fn concerns(department: &Department) -> Vec<u8> {
    [b"k".as_slice(), department.as_str().as_bytes(), &[SLUG_END]].concat()
}

fn same_id(encoded: &str) -> Vec<u8> {
    [b"v".as_slice(), encoded.as_bytes(), &[SLUG_END]].concat()
}

fn of_customer(customer: LeafId) -> Vec<u8> {
    leaf(b"o", b"O", customer)
}

const SIGN: u64 = 1 << 63;

fn ordered(number: i64) -> [u8; 8] {
    (number.cast_unsigned() ^ SIGN).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUE: IssueId = IssueId::from_bytes([255; 16]);
    const CUSTOMER: CustomerId = CustomerId::from_bytes([255; 16]);

    fn rows() -> Vec<Row> {
        let mut rows = vec![
            Row::OfCustomer { customer: None, id: ISSUE },
            Row::OfCustomer { customer: Some(CUSTOMER), id: ISSUE },
            Row::Duplicate { of: IssueId::from_bytes([0; 16]), id: ISSUE },
            Row::Duplicate { of: ISSUE, id: ISSUE },
            Row::Gone { id: ISSUE },
            Row::Owed { id: ISSUE },
            Row::Ping { ping: PingId::from_bytes([9; 16]), issue: ISSUE },
            Row::SameId { encoded: "~ab".to_owned(), customer: CUSTOMER },
            Row::Customer { token: "_".to_owned(), customer: None },
            Row::Customer { token: "crm:4711".to_owned(), customer: Some(CUSTOMER) },
        ];
        for rank in [1, 4] {
            for since in [i64::MIN, -1, 0, 1, i64::MAX] {
                rows.push(Row::Issue { rank, since, id: ISSUE });
                rows.push(Row::Timer { at: since, id: ISSUE });
                for slug in ["it", "it-desk", "its"] {
                    let department = slug.parse().unwrap();
                    rows.push(Row::Concern { department, rank, since, id: ISSUE });
                }
                for entry in [Entry::Issue(ISSUE), Entry::Quarantined(Position::new(u64::MAX))] {
                    rows.push(Row::Unacknowledged { rank, since, entry });
                }
            }
        }
        rows.sort();
        rows.dedup();
        rows
    }

    #[test]
    fn keys_of_a_kind_sort_as_their_rows_and_read_back() {
        for pair in rows().windows(2) {
            let [one, other] = pair else { unreachable!() };
            if row(one)[0] == row(other)[0] {
                assert!(row(one) < row(other), "{one:?} before {other:?}");
            }
            assert_eq!(read_row(&row(one), &row_value(one)).unwrap(), *one);
        }
    }

    #[test]
    fn cut_keys_are_damage() {
        for whole in rows() {
            let key = row(&whole);
            for cut in 0..key.len() {
                match read_row(&key[..cut], &row_value(&whole)) {
                    Err(StoreError::Damaged { .. }) => {}
                    Err(StoreError::Io { .. }) => panic!("{whole:?}"),
                    // A shorter token is another token.
                    Ok(read) => assert!(matches!(read, Row::Customer { .. }), "{whole:?} cut at {cut}"),
                }
            }
        }
    }
}
