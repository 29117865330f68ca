//! Packed events come back, whatever they hold; other bytes never panic.

use std::sync::Arc;

use domain::{
    Actor, ActorKind, Anomalies, Anomaly, Arrival, Arrived, AsReported, Digest, Event, Identity, IssueId,
    IssueName, Leaf, Ordinal, Origin, Payload, Person, Position, Reference, Report, Severity,
};
use engine::Codec as _;
use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*};

use super::EventCodec;

/// A catalogue of three payloads, told by what it is asked.
const CODEC: EventCodec = EventCodec {
    decode: |message| Arrival {
        position: message.position,
        stored_at: message.stored_at,
        fingerprint: Digest::default(),
        bare: None,
        content: Arrived::UnknownDocument { type_name: message.subject.clone() },
    },
    payload: |_, data, folded, names_issue| match (folded, names_issue) {
        _ if data == b"damaged" => Err("the data are damaged".to_owned()),
        (false, _) => Ok(Payload::Unknown),
        (true, true) => Ok(Payload::Noted),
        (true, false) => Ok(Payload::Reported(report())),
    },
};

fn report() -> Report {
    Report {
        title: "Pump resets".to_owned(),
        severity: Severity::Two,
        severity_word: None,
        heard_by: None,
        safety: false,
        restricted: None,
        missed: None,
    }
}

fn word() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn time() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second() + 1..Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000).prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn reference() -> impl Strategy<Value = Reference> {
    (word(), word()).prop_map(|(system, id)| Reference { system, id })
}

fn origin() -> impl Strategy<Value = Origin> {
    let sorts = prop_oneof![
        Just(Origin::Department as fn(_) -> _),
        Just(Origin::Command as _),
        Just(Origin::Escalator as _),
        Just(Origin::Pager as _),
    ];
    ("[a-z0-9-]{1,32}", sorts).prop_map(|(slug, sort)| sort(slug.parse().unwrap()))
}

fn customer() -> impl Strategy<Value = AsReported> {
    ("[a-z0-9-]{1,8}", "[A-Za-z0-9_-]{1,20}", option::of(word()))
        .prop_map(|(system, encoded, raw)| AsReported { leaf: Leaf::new(&system, &encoded).unwrap(), raw })
}

fn actor() -> impl Strategy<Value = Actor> {
    let kind = prop_oneof![Just(ActorKind::Human), Just(ActorKind::Bot), Just(ActorKind::System)];
    let person = (reference(), option::of(word())).prop_map(|(account, name)| Person { account, name });
    (kind, option::of(person)).prop_map(|(kind, person)| Actor { kind, person })
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![Just(Payload::Noted), Just(Payload::Unknown), Just(Payload::Reported(report()))]
}

prop_compose! {
    fn event()(
        (position, stored_at, late) in (any::<u64>(), time(), option::of(time())),
        (ordinal, source, id) in (prop_oneof!["[0-9]{0,4}", ".{0,4}"], word(), word()),
        (identity, content) in (any::<[u8; 16]>(), any::<[u8; 16]>()),
        (origin, customer, actor, payload) in (origin(), option::of(customer()), actor(), payload()),
        (foreign, own) in (option::of(word()), any::<bool>()),
        issue in option::of((any::<[u8; 16]>(), option::of(reference()))),
        (backfill, skewed, data) in (any::<bool>(), any::<bool>(), vec(any::<u8>(), 0..40)),
        (type_name, traceparent, tracestate) in (word(), option::of(word()), option::of(word())),
    ) -> Event {
        let own = customer.as_ref().filter(|_| own).map(|customer| customer.leaf.to_string());
        Event {
            position: Position::new(position),
            stored_at,
            time: late.unwrap_or(stored_at),
            ordinal: Ordinal::parse(&ordinal),
            identity: Identity { source, id },
            identity_digest: Digest(identity),
            content: Digest(content),
            origin,
            token: own.or(foreign),
            issue: issue.map(|(id, reference)| IssueName { id: IssueId::from_bytes(id), reference }),
            customer,
            actor,
            backfill,
            anomalies: skewed.then_some(Anomaly::ClockSkew).into_iter().collect::<Anomalies>(),
            type_name: type_name.into(),
            payload,
            data: data.into(),
            traceparent,
            tracestate,
        }
    }
}

proptest! {
    #[test]
    fn an_event_comes_back(event in event()) {
        prop_assert_eq!(CODEC.unpack(&CODEC.pack(&event)).unwrap(), event);
    }

    #[test]
    fn other_bytes_never_panic(event in event(), at in any::<prop::sample::Index>(), bits in 1..=255_u8) {
        let mut bytes = CODEC.pack(&event);
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        let _read = CODEC.unpack(&bytes);
        let _cut = CODEC.unpack(&bytes[..at]);
    }
}

#[test]
fn an_event_of_a_department_takes_little_more_than_its_data() {
    let data: Arc<[u8]> =
        br#"{"issue":{"system":"zendesk","id":"55"},"text":"Pump resets"}"#.as_slice().into();
    let stored_at: Timestamp = "2026-03-02T10:00:00.123456Z".parse().unwrap();
    let customer = AsReported { leaf: Leaf::new("crm", "4711").unwrap(), raw: None };
    let zendesk = Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    let event = Event {
        position: Position::new(18_446),
        stored_at,
        time: "2026-03-02T09:58:00Z".parse().unwrap(),
        ordinal: Ordinal::Absent,
        identity: Identity { source: "/zendesk".to_owned(), id: "z-1".to_owned() },
        identity_digest: Digest([1; 16]),
        content: Digest([2; 16]),
        origin: Origin::Department("support".parse().unwrap()),
        token: Some(customer.leaf.to_string()),
        issue: Some(IssueName { id: IssueId::of(&zendesk), reference: Some(zendesk) }),
        customer: Some(customer),
        actor: Actor { kind: ActorKind::Human, person: None },
        backfill: false,
        anomalies: Anomalies::default(),
        type_name: "issue.reported".into(),
        payload: Payload::Reported(report()),
        data: Arc::clone(&data),
        traceparent: None,
        tracestate: None,
    };
    let overhead = CODEC.pack(&event).len() - data.len();
    assert!(overhead <= 160, "{overhead} bytes");
}

#[test]
fn damage_is_told() {
    for (bytes, says) in [(b"".as_slice(), "empty"), (b"\xff", "format 255"), (b"\x02\x01", "event")] {
        let told = CODEC.unpack(bytes).unwrap_err().to_string();
        assert!(told.contains(says), "{told}");
    }
}
