//! What holds for any command by anybody, after any commands and facts about an issue: it is refused with words that help, or
//! what it makes fits.

use std::fmt::Write as _;

use domain::{
    Basis, Command, DeclineCode, Holding, Issue, Item, ItemId, Lifecycle, LinkKind, Payload, Principal,
    ResolutionKind, Role, Severity, Verdict,
};
use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*};

use crate::{
    order::{
        acknowledge, answer, ask, ask_customer, assess, assign, cancel, correct, decide, defer, disposition,
        known_as, link, log, missed, no_capacity, observe, offer, patch, promise, report, review, take_over,
        unlink, update, withdraw,
    },
    people::{ada, ana, bo, department, eve, kim, max, mia, publisher, responder, tool},
    world::World,
};

/// Who, what, with which of few choices, and how long after the one before.
type Move = (usize, usize, usize, i64);

/// Mostly there is something to work on.
const START: [fn() -> World; 4] = [World::new, World::reported, World::answered, World::answered];

fn moves() -> impl Strategy<Value = Vec<Move>> {
    vec((0..PEOPLE, 0..COMMANDS + FACTS, 0..24_usize, prop_oneof![9 => 0..10_i64, 1 => 0..1_500_i64]), 1..60)
}

const PEOPLE: usize = 12;
const COMMANDS: usize = 40;
const FACTS: usize = 8;

fn who(number: usize) -> Principal {
    let all = || Principal { roles: Role::ALL.into_iter().collect(), ..mia() };
    let people: [fn() -> Principal; PEOPLE - 2] =
        [mia, ana, bo, kim, ada, eve, max, tool, publisher, || responder("support", "ola")];
    match people.get(number) {
        Some(person) => person(),
        None if number == PEOPLE - 1 => responder("billing", "lee"),
        None => all(),
    }
}

/// One of the issue's items, or the only one that can be meant.
fn item<T>(items: &[T], id: fn(&T) -> ItemId, choice: usize) -> Item {
    items.get(choice).map_or(Item::Only, |item| Item::Id(id(item)))
}

const SEVERITIES: [Severity; 5] =
    [Severity::Unassessed, Severity::One, Severity::Two, Severity::Three, Severity::Four];
const LINKS: [LinkKind; 5] = [
    LinkKind::DuplicateOf,
    LinkKind::RecurrenceOf,
    LinkKind::Related,
    LinkKind::Distinct,
    LinkKind::BlockedBy,
];

fn command(number: usize, choice: usize, world: &World) -> Command {
    let none = domain::Work::default();
    let work = world.known().map_or(&none, |issue| &issue.work);
    let due = [None, Some(world.now + SignedDuration::from_hours(30)), Some(world.now)][choice % 3];
    let until =
        world.now + SignedDuration::from_hours([24, 24 * 6, 24 * 29, 24 * 50, 24 * 70, -1][choice % 6]);
    let reason = ["because", ""][choice % 2].to_owned();
    let places = [
        "engineering",
        "engineering/Firmware/bo",
        "support/L2",
        "support/-/ana",
        "sales",
        "billing",
        "-/-/lee",
    ];
    let place = places[choice % places.len()];
    let other = world.chain.first().map_or_else(|| crate::life::other("56").issue().id, |other| other.id);
    let assist = || item(&work.assists, |assist| assist.id, choice);
    let deferral = || item(&work.deferrals, |deferral| deferral.id, choice);
    let owed = || item(&work.promises, |promise| promise.id, choice);
    let patched = || item(&work.workarounds, |workaround| workaround.id, choice);
    match number {
        0 => report(),
        1 => acknowledge(),
        2 => Command::Acknowledge { channel: None, to: None, summary: None, next_update_due: due },
        3 | 4 => Command::Accept,
        5 => assign(place),
        6 => Command::Decline { reason },
        7 | 8 => offer(places[choice % 6]),
        9 | 10 => take_over(["It resets; I read the log next", "ok", ""][choice % 3]),
        11 => no_capacity(),
        12 => Command::DeclineHandOff {
            code: [DeclineCode::WrongDepartment, DeclineCode::MissingInfo, DeclineCode::NotIssue][choice % 3],
            missing: vec!["asset".to_owned()],
            instead: choice.is_multiple_of(2).then(|| department("sales")),
            reason,
        },
        13 => Command::WithdrawHandOff { reason },
        14 => ask(["engineering", "support", "sales"][choice % 3]),
        15 => Command::AcceptAssist { item: assist() },
        16 => answer(),
        17 => Command::AnswerAssist { item: choice.is_multiple_of(2).then(assist), answer: "so".to_owned() },
        18 => Command::DeclineAssist { item: assist(), reason },
        19 => defer(until),
        20 => {
            let reason = "later".to_owned();
            Command::RequestDeferral { until, reason, interim_measure: None, told: None }
        }
        21 => decide(!choice.is_multiple_of(3)),
        22 => Command::DecideDeferral { item: deferral(), approve: choice.is_multiple_of(2), reason },
        23 => cancel(),
        24 => promise(due),
        25 => Command::KeepPromise { item: owed(), evidence: None },
        26 => Command::RenegotiatePromise { item: owed(), due, customer_agreed: true },
        27 => patch([None, Some("engineering"), Some("billing")][choice % 3]),
        28 => review([Verdict::Safe, Verdict::NeedsFix, Verdict::Unsafe][choice % 3]),
        29 => Command::ReviewWorkaround { item: patched(), verdict: Verdict::Safe, note: None },
        30 => assess(SEVERITIES[choice % 5], &reason),
        31 => ask_customer(choice.is_multiple_of(2).then_some(world.now)),
        32 => update(due),
        33 => missed(due),
        34 => Command::Resolve {
            kind: [
                ResolutionKind::Fixed,
                ResolutionKind::Workaround,
                ResolutionKind::WontFix,
                ResolutionKind::NoResponse,
            ][choice % 4],
            summary: "done".to_owned(),
            root_cause: None,
            customer_told: true,
        },
        35 => Command::Close {
            basis: [Basis::Confirmed, Basis::Unanswered, Basis::Source][choice % 3],
            contact: Some("Jo".to_owned()),
            attempts: 2,
        },
        36 => Command::Reopen { reason, by_customer: true },
        37 => [withdraw(None), withdraw(Some("c-1")), Command::Reinstate { reason }][choice % 3].clone(),
        38 => {
            let kind = LINKS[choice % 5];
            if choice.is_multiple_of(2) { link(kind, other) } else { unlink(kind, other) }
        }
        _ => {
            let said = [
                correct(["crm:4711", "crm:4712"][choice % 2]),
                known_as(["10", "11"][choice % 2]),
                Command::AddNote { text: "hm".to_owned(), internal: false },
                log("service"),
                observe(1),
                disposition("why not"),
            ];
            said[choice % 6].clone()
        }
    }
}

/// What a department's tool says meanwhile.
fn fact(number: usize, choice: usize) -> Payload {
    let facts = [
        Payload::CustomerChased,
        Payload::CustomerReplied { auto: false },
        Payload::InvoiceWithheld { invoice: choice.to_string() },
        Payload::Resolved,
        Payload::Reopened,
        Payload::Acknowledged { channel: None, next: None },
        Payload::Declined,
        Payload::SeverityChanged { to: SEVERITIES[choice % 5], word: None },
    ];
    facts[number].clone()
}

/// What every accepted command leaves in order.
fn is_sound(issue: &Issue) -> Result<(), String> {
    let pending =
        issue.work.deferrals.iter().filter(|deferral| deferral.is_pending() || deferral.is_in_force());
    let settled = !issue.own_lifecycle().is_open() || issue.duplicate_of.is_some();
    match (pending.count(), settled) {
        (0, _) | (1, false) => {}
        (count, _) => return Err(format!("{count} deferrals while {:?}", issue.lifecycle())),
    }
    match (&issue.custody.offer, issue.own_lifecycle()) {
        (Some(_), Lifecycle::Resolved | Lifecycle::Closed) => Err("offered though settled".to_owned()),
        (Some(offer), _) if offer.department == issue.custody.owner.department && offer.team.is_none() => {
            Err("offered to whom it belongs".to_owned())
        }
        (Some(_) | None, _) => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_command_is_refused_with_words_or_fits(start in 0..START.len(), moves in moves()) {
        let mut world = START[start]().beside(vec![crate::life::other("56").issue().clone()]);
        let mut story = String::new();
        for (number, what, choice, hours) in moves {
            world.pass(hours);
            if let Some(number) = what.checked_sub(COMMANDS) {
                let slug = ["support", "engineering"][choice % 2];
                writeln!(story, "{slug}: {:?}", fact(number, choice)).unwrap();
                world.fact(department(slug), "jo", fact(number, choice));
                continue;
            }
            let (who, command) = (who(number), command(what, choice, &world));
            writeln!(story, "{}: {command:?}", who.name).unwrap();
            let facts_only = world.known().is_none();
            match world.decide(&who, &command) {
                Ok(decision) => {
                    prop_assert!(!decision.drafts.is_empty());
                    let folded = world.fold(&who, &decision);
                    prop_assert!(folded.is_ok(), "{folded:?}\n{story}");
                    let sound = is_sound(world.issue());
                    prop_assert!(sound.is_ok(), "{sound:?}\n{story}");
                }
                Err(refusal) => {
                    let whole = !refusal.why.is_empty() && !refusal.next.is_empty();
                    prop_assert!(whole && !refusal.why.ends_with('.') && !refusal.next.ends_with('.'), "{refusal}");
                    prop_assert!(!facts_only || !matches!(command, Command::Report(_)) || who.name == publisher().name);
                }
            }
        }
    }

    #[test]
    fn of_many_who_take_it_one_has_it(names in vec(0..4_usize, 2..8)) {
        let mut world = World::reported();
        let mut winner = None;
        for name in names {
            let who = [mia, ana, ada, || responder("support", "zoe")][name]();
            match world.decide(&who, &Command::Accept) {
                Ok(decision) => {
                    prop_assert!(winner.is_none());
                    world.fold(&who, &decision).unwrap();
                    winner = who.person.clone();
                }
                Err(refusal) => {
                    let name = winner.as_ref().map(|person| person.account.to_string()).unwrap();
                    let own = who.person == winner;
                    prop_assert!(own || refusal.why.contains(&name), "{refusal}");
                }
            }
        }
        let holding = &world.issue().custody.owner.holding;
        prop_assert_eq!(holding, &Holding::Accepted { team: None, person: winner.unwrap() });
    }
}
