//! How long nobody has spoken with a customer.

use domain::{
    ActorKind, Cadence, Contacts, Department, Event, LastContact, Mark, Origin, Payload, Purpose, Silence,
    Talk,
    identity::{CustomerFact, Kept, Moment, Profile, ProfileChange},
    limits, silence,
};
use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};

use super::told::{at, event, merged};

const DAY: i64 = 24 * 60;

fn said(minutes: i64, number: usize, payload: Payload) -> Event {
    // Davy hears of it when it happens.
    Event { payload, stored_at: at(minutes), ..event(&merged(1, 2, minutes), number, number) }
}

fn talk(minutes: i64, number: usize, purpose: Purpose) -> Event {
    said(minutes, number, Payload::ContactLogged(Talk { two_way: true, auto: false, purpose }))
}

fn spoke(minutes: i64, number: usize) -> Event {
    talk(minutes, number, Purpose::Service)
}

fn heard<'a>(events: impl IntoIterator<Item = &'a Event>) -> Contacts {
    let mut contacts = Contacts::default();
    for event in events {
        contacts.hear(event);
    }
    contacts
}

fn clock(contacts: &Contacts) -> Option<Silence> {
    silence([(contacts, None)], &Profile::default())
}

fn since(events: &[Event]) -> Option<(Timestamp, bool)> {
    clock(&heard(events)).map(|clock| (clock.since(), clock.spoken))
}

/// Of the clock that began at `since`, by Davy's escalator.
fn marked(since: i64, mark: Mark, minutes: i64, number: usize) -> Event {
    let payload = Payload::SilenceMarked { since: at(since), mark, deadline: at(since + 90 * DAY) };
    let department: Department = "sales".parse().unwrap();
    Event { origin: Origin::Escalator(department), ..said(minutes, number, payload) }
}

#[test]
fn only_people_who_speak_with_each_other_and_not_to_sell_break_it() {
    let first = || spoke(0, 0);
    for purpose in Purpose::ALL.into_iter().chain([Purpose::Unsaid]) {
        let ends = since(&[first(), talk(9, 1, purpose)]) == Some((at(9), true));
        let sells = matches!(
            purpose,
            Purpose::Renewal | Purpose::Upsell | Purpose::Collections | Purpose::Survey | Purpose::Marketing
        );
        assert_eq!(ends, !sells, "{purpose:?}");
        assert_eq!(
            purpose.word().map(str::to_uppercase).map(|word| Purpose::parse(&word)).unwrap_or(purpose),
            purpose
        );
    }
    let auto = Talk { two_way: true, auto: true, purpose: Purpose::Service };
    let one_way = Talk { two_way: false, auto: false, ..auto };
    for talk in [auto, one_way] {
        assert_eq!(since(&[first(), said(9, 1, Payload::ContactLogged(talk))]), Some((at(0), true)));
    }
    let mut bot = spoke(9, 1);
    bot.actor.kind = ActorKind::Bot;
    assert_eq!(since(&[first(), bot]), Some((at(0), true)));
    assert_eq!(since(&[first(), said(9, 1, Payload::Noted)]), Some((at(0), true)));
}

#[test]
fn who_was_never_spoken_with_is_silent_since_somebody_wrote_of_them() {
    assert_eq!(since(&[said(0, 0, Payload::Noted)]), None);
    let profile = Payload::Customer(CustomerFact::ProfileSet(ProfileChange::default()));
    let known = [talk(5, 0, Purpose::Renewal), said(3, 1, profile)];
    assert_eq!(since(&known), Some((at(3), false)));
}

#[test]
fn the_cadence_is_the_profiles_or_the_tiers_or_ninety_days() {
    let contacts = heard(&[spoke(0, 0)]);
    let days = |days: Option<u16>, tier: Option<&str>| {
        let moment =
            Moment { time: at(0), ordinal: domain::Ordinal::Absent, position: domain::Position::new(1) };
        let profile = Profile {
            cadence_days: days.map(|value| Kept { value, moment: moment.clone() }),
            tier: tier.map(|tier| Kept { value: tier.to_owned(), moment }),
            ..Profile::default()
        };
        let clock = silence([(&contacts, None)], &profile).unwrap();
        assert_eq!(clock.deadline, at(i64::from(clock.cadence_days) * DAY));
        (clock.cadence_days, clock.cadence)
    };
    assert_eq!(days(None, None), (90, Cadence::Standard));
    assert_eq!(days(None, Some("A1")), (90, Cadence::Standard));
    assert_eq!(days(None, Some(" gold ")), (30, Cadence::Tier("gold".to_owned())));
    assert_eq!(days(None, Some("B")), (60, Cadence::Tier("B".to_owned())));
    assert_eq!(days(Some(7), Some("gold")), (7, Cadence::Profile));
}

#[test]
fn each_mark_of_a_clock_is_said_once_and_the_next_conversation_begins_another() {
    let due = |events: &[Event], days: i64| clock(&heard(events)).and_then(|clock| clock.due(at(days * DAY)));
    let mut log = vec![spoke(0, 0)];
    assert_eq!(
        (due(&log, 67), due(&log, 68), due(&log, 90)),
        (None, Some(Mark::Warned), Some(Mark::Breached))
    );
    log.push(marked(0, Mark::Warned, 68 * DAY, 1));
    assert_eq!((due(&log, 69), due(&log, 90)), (None, Some(Mark::Breached)));
    log.push(marked(0, Mark::Breached, 90 * DAY, 2));
    assert_eq!(due(&log, 400), None);
    log.push(spoke(100 * DAY, 3));
    assert_eq!((due(&log, 101), due(&log, 190)), (None, Some(Mark::Breached)));
    // What anybody else says is no announcement.
    let mut forged = marked(100 * DAY, Mark::Breached, 190 * DAY, 4);
    forged.origin = Origin::Department("sales".parse().unwrap());
    log.push(forged);
    assert_eq!(due(&log, 190), Some(Mark::Breached));
}

#[test]
fn nothing_is_announced_of_history_and_of_what_was_over_when_it_came() {
    let mut backfilled = spoke(0, 0);
    backfilled.backfill = true;
    let mut old = spoke(0, 0);
    old.stored_at = at(90 * DAY);
    for event in [backfilled, old] {
        let clock = clock(&heard([&event])).unwrap();
        assert!(clock.silent);
        assert_eq!(clock.due(at(400 * DAY)), None);
    }
    let mut late = spoke(0, 0);
    late.stored_at = at(89 * DAY);
    assert!(clock(&heard([&late])).unwrap().due(at(90 * DAY)).is_some());
}

fn anything() -> impl Strategy<Value = (i64, u8)> {
    (0..60_i64, 0..6_u8)
}

fn made((minutes, kind): (i64, u8), number: usize) -> Event {
    let minutes = minutes * DAY;
    match kind {
        0 => talk(minutes, number, Purpose::Upsell),
        1 => said(minutes, number, Payload::Customer(CustomerFact::ProfileSet(ProfileChange::default()))),
        2 => marked(minutes / 2, Mark::Warned, minutes, number),
        3 => marked(minutes / 2, Mark::Breached, minutes, number),
        _ => spoke(minutes, number),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    // The positions stay with what was said.
    #[test]
    fn any_order_of_arrival_and_any_repetition_gives_the_same_clock(
        told in vec(anything(), 0..12),
        keys in vec(any::<u32>(), 12),
    ) {
        let events: Vec<_> = told.iter().enumerate().map(|(number, told)| made(*told, number)).collect();
        let mut shuffled: Vec<_> = events.iter().enumerate().collect();
        shuffled.sort_by_key(|(number, _)| keys[*number]);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, event)| event).collect();
        let (one, other) = (heard(&events), heard(shuffled.iter().copied().chain(shuffled.iter().copied())));
        prop_assert_eq!((&one.last, &one.first), (&other.last, &other.first));
        let told = |contacts: &Contacts| {
            clock(contacts).map(|clock| (clock.since(), clock.warned.is_some(), clock.breached.is_some()))
        };
        prop_assert_eq!(told(&one), told(&other));
        prop_assert!(one.marks.len() <= limits::SILENCE_MARKS);
    }

    // A merge adds what was said of two leaves: the later conversation counts, whichever leaf it was with.
    #[test]
    fn leaves_together_are_as_silent_as_the_one_that_was_spoken_with_last(
        told in vec((anything(), any::<bool>()), 0..12),
        of_issue in proptest::option::of(0..60_i64),
    ) {
        let events: Vec<_> =
            told.iter().enumerate().map(|(number, (told, own))| (made(*told, number), *own)).collect();
        let of = |own: bool| heard(events.iter().filter(|(_, of)| *of == own).map(|(event, _)| event));
        let (one, other) = (of(true), of(false));
        let issue = of_issue.and_then(|days| LastContact::of(&spoke(days * DAY, 99)));
        let whole = silence([(&one, None), (&other, issue.as_ref())], &Profile::default());
        let back = silence([(&other, issue.as_ref()), (&one, None)], &Profile::default());
        prop_assert_eq!(&whole, &back);
        let mut all: Vec<_> = events.iter().map(|(event, _)| event.clone()).collect();
        all.extend(of_issue.map(|days| spoke(days * DAY, 99)));
        let single = clock(&heard(&all));
        prop_assert_eq!(whole.as_ref().map(Silence::since), single.as_ref().map(Silence::since));
        prop_assert_eq!(whole.map(|clock| clock.spoken), single.map(|clock| clock.spoken));
    }
}
