//! Every refusal code that a command on an issue can give, with the words that its caller reads.

use std::{collections::BTreeSet, fmt::Write as _};

use domain::{
    Command, DeclineCode, Directory, Issue, Item, LinkKind, Payload, Position, Principal, Refusal,
    RefusalCode, ResolutionKind, Severity, Target,
};
use expect_test::expect;
use jiff::civil::date;

use crate::{
    order::{
        acknowledge, answer, ask, ask_customer, assess, assign, close, day, decide, defer, disposition, link,
        log, no_capacity, observe, offer, offering, patch_it, promise, reopen, report, resolve, take_over,
        withdraw,
    },
    people::{ada, ana, bo, department, eve, kim, max, mia, person, publisher, responder, tool},
    world::World,
};

/// Given elsewhere: what says nothing about who it is, by the commands about customers; what changed since it was looked
/// at, by the engine, which alone sees that.
const ELSEWHERE: [RefusalCode; 2] = [RefusalCode::BlockedValue, RefusalCode::Stale];

type Case = (&'static str, Principal, Command, fn() -> World);

fn reported() -> World {
    World::reported()
}

fn answered() -> World {
    World::answered()
}

fn grave() -> World {
    let mut world = answered();
    world.does(&mia(), &assess(Severity::One, ""));
    world
}

fn offered() -> World {
    let mut world = answered();
    world.does(&mia(), &offer("engineering"));
    world
}

fn gravely_offered() -> World {
    let mut world = grave();
    world.does(&mia(), &offer("engineering"));
    world
}

fn bounced() -> World {
    let mut world = answered();
    for _ in 0..2 {
        world.does(&mia(), &offer("engineering"));
        world.does(&bo(), &no_capacity());
    }
    world
}

fn asked() -> World {
    let mut world = answered();
    world.does(&mia(), &ask("engineering"));
    world
}

fn deferral_asked() -> World {
    let mut world = answered();
    world.does(&bo(), &defer(day(20)));
    world
}

fn deferral_asked_by_head() -> World {
    let mut world = answered();
    world.does(&ada(), &defer(day(20)));
    world
}

fn deferred_twice() -> World {
    let mut world = answered();
    for week in 1..=2 {
        world.does(&bo(), &defer(day(week * 7)));
        world.does(&ada(), &decide(true));
        world.fact(department("support"), "jo", Payload::CustomerChased);
        world.pass(24);
    }
    world
}

fn renewed_soon() -> World {
    let mut world = answered();
    world.renewal = Some(date(2026, 7, 5));
    world
}

fn patched() -> World {
    let mut world = answered();
    world.does(&mia(), &patch_it(Some("engineering")));
    world
}

fn resolved() -> World {
    let mut world = answered();
    world.does(&mia(), &resolve(ResolutionKind::Fixed));
    world
}

fn long_closed() -> World {
    let mut world = resolved();
    world.does(&mia(), &close());
    world.pass(31 * 24);
    world
}

fn full() -> World {
    let mut world = answered();
    for day_of in 1..=40 {
        world.does(&mia(), &promise(Some(day(day_of))));
    }
    world
}

/// Another issue, of this customer.
fn other(id: &str, token: &str) -> Issue {
    let mut world = World::of(id);
    world.does(&mia(), &report());
    if token != "crm:4711" {
        world.does(&ada(), &crate::order::correct(token));
    }
    world.issue().clone()
}

fn beside_anothers() -> World {
    reported().beside(vec![other("56", "crm:4712")])
}

/// Which is a duplicate of this one already.
fn beside_its_duplicate() -> World {
    let world = reported();
    let mut other = other("56", "crm:4711");
    other.duplicate_of = Some(world.issue().id);
    world.beside(vec![other])
}

fn beside_itself() -> World {
    let world = reported();
    let own = world.issue().clone();
    world.beside(vec![own])
}

fn beside_nothing() -> World {
    reported()
}

fn wrong_department_without_another() -> Command {
    let (missing, reason) = (Vec::new(), String::new());
    Command::DeclineHandOff { code: DeclineCode::WrongDepartment, missing, instead: None, reason }
}

fn without_content() -> Command {
    let mut terms = offering("engineering");
    (terms.done_so_far, terms.fields) = (String::new(), Vec::new());
    Command::OfferHandOff(terms)
}

fn cases() -> Vec<Case> {
    let id = |id: &str| other(id, "crm:4711").id;
    let duplicate = |other| link(LinkKind::DuplicateOf, other);
    let own = World::reported().issue().id;
    vec![
        ("E_ALREADY", ana(), acknowledge(), answered),
        ("E_ALREADY", mia(), report(), reported),
        ("E_APPROVER_SELF", ada(), decide(true), deferral_asked_by_head),
        ("E_ASSIST_OPEN", mia(), resolve(ResolutionKind::Fixed), asked),
        ("E_BAD_TRANSITION", mia(), offer("engineering"), resolved),
        ("E_BOUNCED", mia(), offer("engineering"), bounced),
        ("E_CROSS_CUSTOMER", mia(), duplicate(id("56")), beside_anothers),
        ("E_CUMULATIVE", bo(), defer(day(20)), deferred_twice),
        ("E_CYCLE", mia(), duplicate(id("56")), beside_its_duplicate),
        ("E_INACTIVE_DEPT", mia(), offer("billing"), answered),
        ("E_INACTIVE_PERSON", mia(), assign("-/-/lee"), answered),
        ("E_LIMIT", mia(), promise(Some(day(50))), full),
        ("E_MISSING_HANDOFF_FIELDS", mia(), without_content(), answered),
        ("E_NO_DUE", mia(), promise(None), answered),
        ("E_NO_PROOF", mia(), withdraw(None), || {
            let mut world = answered();
            world.pass(2);
            world
        }),
        ("E_NO_READBACK", bo(), take_over("ok"), gravely_offered),
        ("E_NO_REASON", bo(), wrong_department_without_another(), offered),
        ("E_NO_REASON", kim(), disposition(""), reported),
        ("E_NOT_ACKED", bo(), defer(day(20)), reported),
        ("E_NOT_ASKED", kim(), answer(), asked),
        ("E_NOT_HUMAN", tool(), Command::Accept, reported),
        ("E_NOT_OFFERED", bo(), Command::Accept, reported),
        ("E_NOT_OFFERED", kim(), take_over("It resets; I read the log"), offered),
        ("E_NOT_OWNER", bo(), resolve(ResolutionKind::Fixed), answered),
        ("E_NOT_OWNER", mia(), assign("engineering"), answered),
        ("E_OFFER_OPEN", mia(), offer("sales"), offered),
        ("E_PAST_DUE", mia(), promise(Some(day(0))), answered),
        ("E_PAUSE_UNPROVEN", mia(), ask_customer(None), answered),
        ("E_RANGE", kim(), observe(2), reported),
        ("E_RANGE", kim(), log("chat"), reported),
        ("E_S1", bo(), defer(day(3)), grave),
        ("E_SELF_LINK", mia(), duplicate(own), beside_itself),
        ("E_TAKEN", ana(), Command::Accept, answered),
        ("E_UNAUTH", publisher(), acknowledge(), reported),
        ("E_UNAUTH", eve(), decide(true), deferral_asked),
        ("E_UNAUTH", mia(), resolve(ResolutionKind::WontFix), answered),
        ("E_UNKNOWN_DEPT", mia(), offer("enginering"), answered),
        ("E_UNKNOWN_REF", mia(), duplicate(id("56")), beside_nothing),
        ("E_UNKNOWN_REF", ada(), decide(true), answered),
        ("E_UNREVIEWED_FIX", mia(), resolve(ResolutionKind::Workaround), patched),
        ("E_UNTIL_PAST", bo(), defer(day(-1)), answered),
        ("E_UNTIL_TOO_FAR", bo(), defer(day(90)), answered),
        ("E_UNTIL_TOO_FAR", bo(), defer(day(20)), renewed_soon),
        ("E_WINDOW", kim(), reopen(), long_closed),
    ]
}

#[test]
fn every_code_is_given_and_says_who_could_and_what_to_do() {
    let mut given = BTreeSet::new();
    let mut said = String::new();
    for (code, who, command, world) in cases() {
        let refusal = world().refused(&who, &command);
        assert_eq!(refusal.code.code(), code, "{} {command:?}: {refusal}", who.name);
        assert!(!refusal.why.is_empty() && !refusal.next.is_empty(), "{refusal}");
        given.insert(refusal.code);
        write(&mut said, &refusal);
    }
    let all: BTreeSet<_> =
        RefusalCode::ALL.iter().copied().filter(|code| !ELSEWHERE.contains(code)).collect();
    assert_eq!(given, all);
    expect![[r#"
        E_ALREADY: zendesk:mia acknowledged it on 2026-03-02 00:00 UTC
          -> send an update if the customer is to hear more
        E_ALREADY: it was reported on 2026-03-02 00:00 UTC as `Pump resets every two hours`
          -> add what is new as a note, or reopen it if it came back
        E_APPROVER_SELF: zendesk:ada asked for it, and who asks does not approve
          -> let the head of support (ada) or the arbiter of support (max) decide
          could: head of support (ada); arbiter of support (max)
        E_ASSIST_OPEN: engineering owes support an answer since 2026-03-02 00:00 UTC: Which firmware is it?
          -> get the answer of engineering, or let support take the question back
          could: engineering
        E_BAD_TRANSITION: it is resolved since 2026-03-02 00:00 UTC, and nobody can hand it off then
          -> reopen it if it is not done
        E_BOUNCED: it was offered and declined 2 times
          -> ask the arbiter of support (max) to assign it
          could: arbiter of support (max)
        E_CROSS_CUSTOMER: it is crm:4711's, and the other is crm:4712's
          -> link them as related, correct the customer, or merge the two if they are one
        E_CUMULATIVE: it was deferred 2 times already
          -> work on it, or let the arbiter of support (max) ask for it
          could: arbiter of support (max)
        E_CYCLE: the other issue is, directly or not, a duplicate of this one or of itself
          -> link the two the other way round, or take the wrong link away first
        E_INACTIVE_DEPT: billing is closed
          -> name support instead, which took over from it
          could: support
        E_INACTIVE_PERSON: zendesk:lee left
          -> name somebody else, or the department alone
        E_LIMIT: 40 assists, deferrals, promises and workarounds of it are not done yet
          -> finish some of them first, or say it in a note
        E_MISSING_HANDOFF_FIELDS: engineering does not take an issue without done_so_far, asset
          -> fill in done_so_far, asset and offer it again
        E_NO_DUE: it has no due date, and what is due at no time is due never
          -> say by when, with a date
        E_NO_PROOF: it does not say when the customer took the complaint back
          -> name the contact in which the customer said so
        E_NO_READBACK: it is of severity 1, and what it is about was not said back
          -> say in your own words, in 20 characters or more, how it stands and what you do next
        E_NO_REASON: it does not say which department it is for
          -> say which department it is for
        E_NO_REASON: it does not say why
          -> say why
        E_NOT_ACKED: nobody acknowledged it, and the customer would wait without knowing who answers for it
          -> tell the customer who owns it, and acknowledge it first
          could: support/zendesk:mia
        E_NOT_ASKED: support asked it of engineering on 2026-03-02 00:00 UTC
          -> let engineering answer, or add what sales knows as a note
          could: engineering
        E_NOT_HUMAN: token/tool is no person, and only a person can take an issue
          -> call with a credential of the person who does it
          could: a person of support
        E_NOT_OFFERED: it is with support/zendesk:mia and was not offered to engineering
          -> ask support/zendesk:mia to offer it to engineering
          could: support/zendesk:mia; head of support (ada); arbiter of support (max)
        E_NOT_OFFERED: it is offered to engineering since 2026-03-02 00:00 UTC
          -> ask support/zendesk:mia to offer it to sales
          could: engineering; support/zendesk:mia; head of support (ada); arbiter of support (max)
        E_NOT_OWNER: only its owner can resolve it, and that is support/zendesk:mia since 2026-03-02 00:00 UTC
          -> ask support/zendesk:mia to do it, or to hand the issue to you
          could: support/zendesk:mia; head of support (ada); arbiter of support (max)
        E_NOT_OWNER: only the head of support (ada) or the arbiter of support (max) moves it to another department at once
          -> offer a hand-off to that department instead, or ask one of them
          could: head of support (ada); arbiter of support (max)
        E_OFFER_OPEN: it is offered to engineering since 2026-03-02 00:00 UTC
          -> wait for the answer of engineering, or withdraw that offer first
          could: engineering
        E_PAST_DUE: 2026-03-02 00:00 UTC is past
          -> name a day to come
        E_PAUSE_UNPROVEN: nothing says that the question went out
          -> send the question, then say by which channel and when
        E_RANGE: 2 is no polarity
          -> say -1 (bad), 0 or 1 (good)
        E_RANGE: `chat` is none of service, relationship, project, renewal, upsell, collections, survey, marketing
          -> say one of service, relationship, project, renewal, upsell, collections, survey, marketing
        E_S1: it is of severity 1, and that does not wait
          -> ask for help with it, or have its owner lower the severity if the harm is less
          could: support/zendesk:mia
        E_SELF_LINK: both are the same issue
          -> name the other issue
        E_TAKEN: zendesk:mia took it on 2026-03-02 00:00 UTC
          -> take another one, or ask zendesk:mia or the head of support (ada) to assign it to you
          could: support/zendesk:mia; head of support (ada); arbiter of support (max)
        E_UNAUTH: token/tool has the role publisher, which gives no commands
          -> let a responder of sales do it, or ask an admin for a credential with the role responder
          could: a responder of sales
        E_UNAUTH: whether it may wait is for the head of support (ada) or the arbiter of support (max) to decide
          -> ask the head of support (ada) or the arbiter of support (max)
          could: head of support (ada); arbiter of support (max)
        E_UNAUTH: that it will not be fixed is for the head of support (ada) to say
          -> ask the head of support (ada)
          could: head of support (ada); arbiter of support (max)
        E_UNKNOWN_DEPT: the directory knows no department enginering
          -> name one of engineering, operations, sales, support
        E_UNKNOWN_REF: there is no issue 7a33f0d3-3f7f-556c-9e87-0acac4ed9dc5
          -> look the issue up by its reference or id
        E_UNKNOWN_REF: no deferral of the issue can be meant
          -> look at the issue and what is open there
        E_UNREVIEWED_FIX: nobody reviewed the quick fix of support of 2026-03-02 00:00 UTC: Bridged the relay
          -> let engineering or support review it
          could: engineering; support
        E_UNTIL_PAST: 2026-03-01 00:00 UTC is past
          -> name a day to come
        E_UNTIL_TOO_FAR: an issue of severity 3 is deferred for 30 days at most, to 2026-04-01 00:00 UTC
          -> name a day until 2026-04-01 00:00 UTC
        E_UNTIL_TOO_FAR: the customer's contract ends on 2026-07-05, and nothing stays deferred within 120 days of that
          -> name a day until 2026-03-07, or work on it now
        E_WINDOW: it is closed since 2026-03-02 00:00 UTC, and that is more than 30 days ago
          -> report a new issue and link it to 03ef809f-94b2-5eee-9bd2-9c2a8198024c as a recurrence
    "#]].assert_eq(&said);
}

fn write(said: &mut String, refusal: &Refusal) {
    let Refusal { code, why, who_could, next, fields: _ } = refusal;
    writeln!(said, "{}: {why}\n  -> {next}", code.code()).unwrap();
    if !who_could.is_empty() {
        writeln!(said, "  could: {}", who_could.join("; ")).unwrap();
    }
}

#[test]
fn what_is_missing_is_named_whole() {
    let refusal = answered().refused(&mia(), &without_content());
    assert_eq!(refusal.fields, ["done_so_far", "asset"]);
}

#[test]
fn several_that_can_be_meant_are_listed() {
    let mut world = asked();
    world.does(&mia(), &ask("engineering"));
    let refusal = world.refused(&bo(), &answer());
    assert_eq!(refusal.code, RefusalCode::UnknownRef);
    let open = world.issue().work.assists.iter().map(|assist| assist.id.to_string());
    assert_eq!(refusal.fields, open.collect::<Vec<_>>());
    let first = world.issue().work.assists[0].id;
    world.does(&bo(), &Command::AcceptAssist { item: Item::Id(first) });
}

#[test]
fn only_an_issue_is_taken() {
    let world = World::new();
    for target in [Target::NewIssue, Target::Customer] {
        let refusal = world.decide_on(&target, &mia(), &Command::Accept).expect_err("is refused");
        assert_eq!((refusal.code, refusal.fields), (RefusalCode::UnknownRef, vec!["issue".to_owned()]));
    }
}

#[test]
fn nobody_is_known_where_the_directory_is_empty() {
    let mut world = World::new();
    world.directory = Directory::default();
    assert_eq!(world.directory.last_change(), Position::START);
    world.does(&responder("front", "mia"), &report());
    world.does(&responder("front", "mia"), &offer("workshop"));
    let refusal = world.refused(&responder("attic", "zoe"), &take_over(""));
    assert_eq!(refusal.who_could, ["workshop", "front/zendesk:mia", "head of front", "arbiter of front"]);
    world.does(&responder("workshop", "zoe"), &take_over(""));
    assert_eq!(world.issue().custody.owner.holding.person(), Some(&person("zoe")));
    assert_eq!(world.code(&max(), &Command::Accept), RefusalCode::NotOffered);
}
