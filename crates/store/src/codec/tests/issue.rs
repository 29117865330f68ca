//! Any state of an issue.

use domain::{
    Acknowledgement, Anomalies, AsReported, Clocks, Custody, Department, Escalation, Holding, Home, Identity,
    Issue, IssueId, LastContact, LastKey, Leaf, Named, Offer, Ordinal, Owner, Person, Position, Rank,
    Reference, Reported, Settled, Severity, Since, Standing, identity::Moment,
};
use engine::Change;
use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*};

use super::work::{floors, item, link, restriction, waiting, work};

pub(super) fn word() -> impl Strategy<Value = String> {
    ".{0,12}"
}

pub(super) fn time() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second() + 1..Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000).prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

pub(super) fn id() -> impl Strategy<Value = IssueId> {
    any::<[u8; 16]>().prop_map(IssueId::from_bytes)
}

pub(super) fn position() -> impl Strategy<Value = Position> {
    any::<u64>().prop_map(Position::new)
}

pub(super) fn department() -> impl Strategy<Value = Department> {
    "[a-z0-9-]{1,32}".prop_map(|slug| slug.parse().unwrap())
}

fn reference() -> impl Strategy<Value = Reference> {
    (word(), word()).prop_map(|(system, id)| Reference { system, id })
}

pub(super) fn person() -> impl Strategy<Value = Person> {
    (reference(), option::of(word())).prop_map(|(account, name)| Person { account, name })
}

pub(super) fn since() -> impl Strategy<Value = Since> {
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
    let to = (department(), option::of(word()), option::of(person()));
    (item(), to, vec(word(), 0..3), since()).prop_map(|(id, (department, team, person), missing, since)| {
        Offer { id, department, team, person, missing, since }
    })
}

prop_compose! {
    fn last_contact()(
        moment in (time(), any::<Option<u64>>(), position()),
        known_at in time(),
        backfill in any::<bool>(),
    ) -> LastContact {
        let (time, ordinal, position) = moment;
        let ordinal = Ordinal::parse(&ordinal.map(|number| number.to_string()).unwrap_or_default());
        let department = "sales".parse().unwrap();
        LastContact { moment: Moment { time, ordinal, position }, known_at, backfill, department }
    }
}

prop_compose! {
    fn custody()(
        (department, holding, since) in (department(), holding(), since()),
        offer in option::of(offer()),
        last_teams in vec((department(), word()), 0..3),
        earlier in vec((department(), option::of(word())), 0..3),
        (named, returned, owner_changes, hand_offs, bounces) in any::<(bool, bool, u32, u32, u32)>(),
    ) -> Custody {
        let owner = Owner { department, holding, since };
        Custody { owner, offer, named, last_teams, earlier, owner_changes, hand_offs, returned, bounces }
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

/// Nothing, or one of every sort.
fn duty() -> impl Strategy<Value = (Clocks, Escalation)> {
    let changes = engine::testing::sample::batch().changes;
    let files = changes
        .into_iter()
        .filter_map(|change| if let Change::File(_, file) = change { file.issue } else { None });
    let full = files.max_by_key(|issue| issue.escalation.runs.len()).unwrap();
    prop_oneof![
        Just((Clocks::default(), Escalation::default())),
        Just((full.clocks, full.escalation)),
        any::<[u32; 5]>().prop_map(|began| {
            (
                Clocks { began, ..Clocks::default() },
                Escalation { arbiter_calls: began[0], ..Escalation::default() },
            )
        }),
    ]
}

prop_compose! {
    pub(super) fn issue()(
        (id, references, token) in (id(), vec(reference(), 0..3), option::of(word())),
        (customer, customer_settled) in (option::of(customer()), any::<bool>()),
        reported in option::of((time(), word(), option::of(person()))),
        (heard_in, standing, duplicate_of) in (department(), standing(), option::of(id())),
        (assessed, severity_word) in (severity(), option::of(word())),
        acknowledged in option::of((time(), option::of(person()), option::of(word()))),
        (custody, floors, waiting, work) in (custody(), floors(), waiting(), work()),
        contact in option::of(last_contact()),
        (clocks, escalation) in duty(),
        (links, restricted) in (vec(link(), 0..3), option::of(restriction())),
        (first_seen_at, first_event_at, last_event_at) in (time(), time(), time()),
        (first_position, position, last_key) in (position(), position(), last_key()),
        (reopens, event_count, anomalies) in any::<(u32, u32, u64)>(),
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
            assessed,
            severity_word,
            acknowledged: acknowledged.map(|(at, by, channel)| Acknowledgement { at, by, channel }),
            floors,
            custody,
            waiting,
            contact,
            work,
            clocks,
            escalation,
            links,
            restricted,
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
