//! Records read back as they were written, and damaged ones never panic.

use domain::{
    Acknowledgement, Anomalies, AsReported, Custody, Department, Digest, Holding, Home, Identity, Issue,
    IssueId, LastKey, Leaf, Named, Offer, Ordinal, Owner, Person, Position, Rank, Reference, Reported,
    Settled, Severity, Since, Standing,
};
use engine::{Blob, BlobEntry, File, Store as _, StoreError, testing::sample};
use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*};

use crate::{Options, SledStore, Sum, codec, error::damaged, key};

fn word() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn time() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second() + 1..Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000).prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn id() -> impl Strategy<Value = IssueId> {
    any::<[u8; 16]>().prop_map(IssueId::from_bytes)
}

fn position() -> impl Strategy<Value = Position> {
    any::<u64>().prop_map(Position::new)
}

fn department() -> impl Strategy<Value = Department> {
    "[a-z0-9-]{1,32}".prop_map(|slug| slug.parse().unwrap())
}

fn reference() -> impl Strategy<Value = Reference> {
    (word(), word()).prop_map(|(system, id)| Reference { system, id })
}

fn person() -> impl Strategy<Value = Person> {
    (reference(), option::of(word())).prop_map(|(account, name)| Person { account, name })
}

fn since() -> impl Strategy<Value = Since> {
    (time(), word(), word()).prop_map(|(at, source, id)| Since { at, by: Identity { source, id } })
}

fn customer() -> impl Strategy<Value = AsReported> {
    let hashed = Just("~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned());
    let encoded = prop_oneof!["[A-Za-z0-9_-]{1,20}", Just("Caller%202403".to_owned()), hashed];
    ("[a-z0-9-]{1,8}", encoded, option::of(word()))
        .prop_map(|(system, encoded, raw)| AsReported { leaf: Leaf::new(&system, &encoded).unwrap(), raw })
}

fn settled() -> impl Strategy<Value = Settled> {
    prop_oneof![Just(Settled::Open), time().prop_map(Settled::Resolved), time().prop_map(Settled::Closed)]
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![settled().prop_map(Standing::from), settled().prop_map(|from| Standing::Withdrawn { from })]
}

fn holding() -> impl Strategy<Value = Holding> {
    let held = || (option::of(word()), person());
    prop_oneof![
        Just(Holding::Desk),
        word().prop_map(|team| Holding::Provisional(Named::Team(team))),
        held().prop_map(|(team, person)| Holding::Provisional(Named::Person { team, person })),
        held().prop_map(|(team, person)| Holding::Accepted { team, person }),
    ]
}

fn offer() -> impl Strategy<Value = Offer> {
    (department(), option::of(word()), option::of(person()), since())
        .prop_map(|(department, team, person, since)| Offer { department, team, person, since })
}

prop_compose! {
    fn custody()(
        (department, holding, since) in (department(), holding(), since()),
        offer in option::of(offer()),
        last_teams in vec((department(), word()), 0..3),
        earlier in vec((department(), option::of(word())), 0..3),
        (named, returned, owner_changes, hand_offs) in any::<(bool, bool, u32, u32)>(),
    ) -> Custody {
        let owner = Owner { department, holding, since };
        Custody { owner, offer, named, last_teams, earlier, owner_changes, hand_offs, returned }
    }
}

fn severity() -> impl Strategy<Value = Severity> {
    use Severity::{Four, One, Three, Two, Unassessed};
    prop::sample::select(vec![One, Two, Three, Four, Unassessed])
}

fn last_key() -> impl Strategy<Value = LastKey> {
    let rank = prop::sample::select(vec![Rank::Report, Rank::Other]);
    (rank, time(), prop_oneof!["[0-9]{0,25}", word()], position()).prop_map(
        |(rank, time, ordinal, position)| LastKey { rank, time, ordinal: Ordinal::parse(&ordinal), position },
    )
}

prop_compose! {
    fn issue()(
        (id, references, token) in (id(), vec(reference(), 0..3), option::of(word())),
        (customer, customer_settled) in (option::of(customer()), any::<bool>()),
        reported in option::of((time(), word(), option::of(person()))),
        (heard_in, standing, duplicate_of) in (department(), standing(), option::of(id())),
        (severity, severity_word) in (severity(), option::of(word())),
        acknowledged in option::of((time(), option::of(person()), option::of(word()))),
        custody in custody(),
        (first_seen_at, first_event_at, last_event_at) in (time(), time(), time()),
        (first_position, position, last_key) in (position(), position(), last_key()),
        (reopens, event_count, anomalies) in any::<(u32, u32, u32)>(),
    ) -> Issue {
        Issue {
            id,
            references,
            home: token.map_or(Home::Issue(id), Home::Token),
            customer,
            customer_settled,
            reported: reported.map(|(at, title, heard_by)| Reported { at, title, heard_by }),
            heard_in,
            standing,
            duplicate_of,
            severity,
            severity_word,
            acknowledged: acknowledged.map(|(at, by, channel)| Acknowledgement { at, by, channel }),
            custody,
            reopens,
            first_seen_at,
            first_position,
            first_event_at,
            last_event_at,
            position,
            event_count,
            anomalies: Anomalies::from_bits(anomalies),
            last_key,
        }
    }
}

prop_compose! {
    fn blob()(entries in vec((any::<[u8; 16]>(), any::<[u8; 16]>(), position(), vec(any::<u8>(), 0..40)), 0..4)) -> Blob {
        let mut blob = Blob::default();
        for (identity, content, position, bytes) in &entries {
            let (identity, content) = (Digest(*identity), Digest(*content));
            blob.push(BlobEntry { identity, content, position: *position, bytes });
        }
        blob
    }
}

prop_compose! {
    fn file()(
        issue in option::of(issue()),
        has_retractions in any::<bool>(),
        chunks in any::<u32>(),
        tail in blob(),
    ) -> File {
        File { issue, has_retractions, chunks, tail }
    }
}

proptest! {
    #[test]
    fn a_file_reads_back(file in file()) {
        let mut bytes = vec![0; 7];
        codec::file::encode(&file, &mut bytes).unwrap();
        prop_assert_eq!(codec::file::decode_issue(&bytes).unwrap(), file.issue.clone());
        prop_assert_eq!(codec::file::decode(&bytes).unwrap(), file);
    }

    #[test]
    fn any_bytes_are_a_file_or_damage(bytes in vec(any::<u8>(), 0..200)) {
        let bytes = [&[codec::FORMAT][..], &bytes].concat();
        let read = codec::file::decode(&bytes);
        let is_told = matches!(read, Ok(_) | Err(StoreError::Damaged { .. }));
        prop_assert!(is_told, "{:?}", read);
    }
}

/// Reads a record as its key says.
fn decode(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    match key[0] {
        b'm' => codec::cursor::decode(value).map(drop),
        b'n' => Sum::from_bytes(value).map(drop).ok_or_else(|| damaged("sum", "it has another length")),
        b'i' | b'f' | b'F' => {
            codec::file::decode_issue(value).and_then(|_| codec::file::decode(value)).map(drop)
        }
        b'h' => codec::file::decode_chunk(value).map(drop),
        b's' => codec::file::decode_spilled(value).map(drop),
        b'c' | b'C' => codec::customer::decode(value).map(drop),
        b'p' | b'P' => codec::page::decode(value).map(drop),
        b'd' => codec::customer::decode_department(&key[1..], value).map(drop),
        b'q' => codec::quarantine::decode(value).map(drop),
        b'y' => codec::directory::decode(value).map(drop),
        b'w' => codec::quarantine::decode_window(&key[1..], value).map(drop),
        _ => key::read_row(key, value).map(drop),
    }
}

#[test]
fn damaged_records_are_damage_or_another_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = SledStore::open(dir.path(), Options { cache_bytes: 1 << 20, flush_every: None }).unwrap();
    store.commit(&sample::batch()).unwrap();
    let mut letters = Vec::new();
    for row in store.scan("read everything", key::under(Vec::new())) {
        let (key, value) = row.unwrap();
        letters.push(char::from(key[0]));
        decode(&key, &value).unwrap();
        for damaged in damage(&value) {
            let read = decode(&key, &damaged);
            assert!(matches!(read, Ok(()) | Err(StoreError::Damaged { .. })), "{key:?}: {read:?}");
        }
    }
    letters.dedup();
    assert_eq!(String::from_iter(letters), "CFOPcdfghimnopqrstuwxy", "a record of every sort");
}

/// Every cut, every flipped bit, and a byte too many.
fn damage(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cuts = (0..value.len()).map(|end| value[..end].to_vec());
    let flips = (0..value.len() * 8).map(|bit| {
        let mut flipped = value.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    cuts.chain(flips).chain([[value, &[0]].concat()])
}

#[test]
fn a_cut_file_is_damage() {
    let mut bytes = Vec::new();
    let file =
        File { issue: Some(sample::full()), has_retractions: false, chunks: 1, tail: sample::blob([1, 2]) };
    codec::file::encode(&file, &mut bytes).unwrap();
    let ends_of_entries = [bytes.len() - 2 * 44 - 3, bytes.len() - 44 - 2];
    for end in (0..bytes.len()).filter(|end| !ends_of_entries.contains(end)) {
        let read = codec::file::decode(&bytes[..end]);
        assert!(matches!(read, Err(StoreError::Damaged { .. })), "cut at {end}: {read:?}");
    }
}
