//! Whose an issue becomes by commands: taken, given, handed over with read-back, bounced (`domain.md` 4.7, F37, F37b).

use domain::{Command, Person, PersonDocument, PersonStatus, Principal, RefusalCode, Severity};
use expect_test::expect;

use crate::{
    order::{acknowledge, assess, assign, day, no_capacity, offer, promise, report, take_over},
    people::{ada, ana, bo, eve, kim, max, mia, person, reference, responder, tool},
    world::{Told, World},
};

fn owner(world: &World) -> Option<&Person> {
    world.issue().custody.owner.holding.person()
}

#[test]
fn the_first_who_takes_it_has_it() {
    let (mut world, mut told) = (World::reported(), Told::default());
    told.tries(&mut world, &ana(), &Command::Accept);
    told.tries(&mut world, &mia(), &Command::Accept);
    told.tries(&mut world, &ana(), &Command::Accept);
    told.tries(&mut world, &max(), &Command::Accept);
    told.tries(&mut world, &tool(), &Command::Accept);
    told.tries(&mut world, &mia(), &Command::Decline { reason: "not mine".to_owned() });
    told.tries(&mut world, &ana(), &Command::Decline { reason: "nor mine".to_owned() });
    told.tries(&mut world, &mia(), &Command::Accept);
    expect![[r#"
        ana: owner.accepted => open, support/ana accepted
        mia: E_TAKEN: zendesk:ana took it on 2026-03-02 00:00 UTC; take another one, or ask zendesk:ana or the head of support (ada) to assign it to you
        ana: E_ALREADY: you took it on 2026-03-02 00:00 UTC; go on with it
        max: E_NOT_OFFERED: it is with support/zendesk:ana and was not offered to operations; ask support/zendesk:ana to offer it to operations
        tool: E_NOT_HUMAN: token/tool is no person, and only a person can take an issue; call with a credential of the person who does it
        mia: E_NOT_OWNER: only support/zendesk:ana can give it back, who has it since 2026-03-02 00:00 UTC; ask support/zendesk:ana, or the head of support (ada) to assign it
        ana: owner.declined => open, support desk
        mia: owner.accepted => open, support/mia accepted
    "#]].assert_eq(&told.0);
}

#[test]
fn one_person_is_the_same_by_every_account() {
    let mut world = World::reported();
    world.does(&mia(), &Command::Accept);
    let by_jira =
        Principal { person: Some(Person { account: reference("jira", "mia"), name: None }), ..mia() };
    assert_eq!(world.code(&by_jira, &Command::Accept), RefusalCode::Already);
    world.does(&by_jira, &offer("engineering"));
}

#[test]
fn what_a_leaver_had_is_taken_by_a_colleague() {
    let mut world = World::reported();
    world.does(&mia(), &Command::Accept);
    let left = PersonDocument {
        status: PersonStatus::Left,
        accounts: vec![reference("zendesk", "mia")],
        ..PersonDocument::new("mia".to_owned())
    };
    world.set(domain::Document::Person(left));
    assert_eq!(world.code(&mia(), &Command::Accept), RefusalCode::InactivePerson);
    world.does(&ana(), &Command::Accept);
    assert_eq!(owner(&world), Some(&person("ana")));
}

#[test]
fn who_is_away_still_reports_and_the_desk_has_it() {
    let mut world = World::new();
    let decision = world.does(&responder("support", "ola"), &report());
    let heard_by = decision.defaulted.iter().find(|defaulted| defaulted.field == "heard_by").unwrap();
    assert_eq!(heard_by.value, "nobody by name");
    assert_eq!(owner(&world), None);
}

#[test]
fn only_who_overrules_assigns_to_another_department() {
    let (mut world, mut told) = (World::answered(), Told::default());
    told.tries(&mut world, &ana(), &assign("-/-/ana"));
    told.tries(&mut world, &mia(), &assign("-/-/ana"));
    told.tries(&mut world, &mia(), &assign("-/-/ana"));
    told.tries(&mut world, &mia(), &assign("engineering/-/bo"));
    told.tries(&mut world, &eve(), &assign("engineering/-/bo"));
    told.tries(&mut world, &ada(), &assign("engineering/Firmware/bo"));
    told.tries(&mut world, &max(), &assign("support/L2"));
    expect![[r#"
        ana: E_NOT_OWNER: only its owner can assign it, and that is support/zendesk:mia since 2026-03-02 00:00 UTC; ask support/zendesk:mia to do it, or to hand the issue to you
        mia: owner.assigned => open, support/ana provisional
        mia: E_ALREADY: it is with support/zendesk:ana since 2026-03-02 00:00 UTC; name somebody else, or leave it
        mia: E_NOT_OWNER: only the head of support (ada) or the arbiter of support (max) moves it to another department at once; offer a hand-off to that department instead, or ask one of them
        eve: E_NOT_OWNER: only the head of support (ada) or the arbiter of support (max) moves it to another department at once; offer a hand-off to that department instead, or ask one of them
        ada: owner.assigned => open, engineering/Firmware/bo provisional
        max: owner.assigned => open, support/L2 provisional
    "#]].assert_eq(&told.0);
}

#[test]
fn the_sender_answers_for_it_until_it_is_accepted() {
    let (mut world, mut told) = (World::answered(), Told::default());
    world.does(&mia(), &assess(Severity::Two, ""));
    world.does(&mia(), &promise(Some(day(2))));
    told.tries(&mut world, &bo(), &offer("engineering/Firmware"));
    told.tries(&mut world, &mia(), &offer("support"));
    told.tries(&mut world, &mia(), &offer("engineering/Firmware"));
    told.tries(&mut world, &mia(), &offer("sales"));
    told.tries(&mut world, &bo(), &Command::Accept);
    told.tries(&mut world, &kim(), &take_over("It resets; I read the log next"));
    told.tries(&mut world, &bo(), &take_over("Yes, sure"));
    told.tries(&mut world, &bo(), &take_over("It resets; I read the log next"));
    told.tries(&mut world, &bo(), &take_over("It resets; I read the log next"));
    expect![[r#"
        bo: E_NOT_OWNER: only its owner can hand it off, and that is support/zendesk:mia since 2026-03-02 00:00 UTC; ask support/zendesk:mia to do it, or to hand the issue to you
        mia: E_ALREADY: support has it already; assign it within the team, or name another team or department
        mia: handoff.offered => open, support/mia accepted, offered to engineering
        mia: E_OFFER_OPEN: it is offered to engineering/Firmware since 2026-03-02 00:00 UTC; wait for the answer of engineering/Firmware, or withdraw that offer first
        bo: E_OFFER_OPEN: it was offered to engineering on 2026-03-02 00:00 UTC; accept the hand-off, and say back what it is about and what comes next
        kim: E_NOT_OFFERED: it is offered to engineering/Firmware since 2026-03-02 00:00 UTC; ask support/zendesk:mia to offer it to sales
        bo: E_NO_READBACK: it is of severity 2, and what it is about was not said back; say in your own words, in 20 characters or more, how it stands and what you do next
        bo: handoff.accepted => open, engineering/Firmware/bo accepted
        bo: E_ALREADY: you took it on 2026-03-02 00:00 UTC; go on with it
    "#]].assert_eq(&told.0);
    // What was promised stays promised.
    assert!(world.issue().work.promises[0].is_open());
}

#[test]
fn after_two_refusals_an_arbiter_assigns_it() {
    let (mut world, mut told) = (World::answered(), Told::default());
    for _ in 0..2 {
        told.tries(&mut world, &mia(), &offer("engineering"));
        told.tries(&mut world, &bo(), &no_capacity());
    }
    told.tries(&mut world, &mia(), &offer("engineering"));
    told.tries(&mut world, &ada(), &offer("sales"));
    told.tries(&mut world, &max(), &assign("engineering/-/bo"));
    told.tries(&mut world, &bo(), &offer("support"));
    expect![[r#"
        mia: handoff.offered => open, support/mia accepted, offered to engineering
        bo: handoff.declined => open, support/mia accepted, bounced 1
        mia: handoff.offered => open, support/mia accepted, offered to engineering, bounced 1
        bo: handoff.declined => open, support/mia accepted, bounced 2
        mia: E_BOUNCED: it was offered and declined 2 times; ask the arbiter of support (max) to assign it
        ada: E_BOUNCED: it was offered and declined 2 times; ask the arbiter of support (max) to assign it
        max: owner.assigned => open, engineering/bo provisional
        bo: handoff.offered => open, engineering/bo provisional, offered to support
    "#]]
    .assert_eq(&told.0);
}

#[test]
fn an_offer_to_somebody_is_theirs_or_their_heads() {
    let mut world = World::answered();
    world.does(&mia(), &offer("engineering/-/bo"));
    assert_eq!(world.code(&responder("engineering", "zoe"), &take_over("")), RefusalCode::NotOffered);
    world.does(&eve(), &take_over(""));
    assert_eq!(owner(&world), Some(&person("eve")));
}

#[test]
fn an_offer_is_taken_back_by_who_made_it() {
    let mut world = World::answered();
    let withdraw = Command::WithdrawHandOff { reason: String::new() };
    assert_eq!(world.code(&mia(), &withdraw), RefusalCode::UnknownRef);
    world.does(&mia(), &offer("engineering"));
    assert_eq!(world.code(&bo(), &withdraw), RefusalCode::NotOwner);
    world.does(&mia(), &withdraw);
    assert_eq!(world.issue().custody.offer, None);
}

#[test]
fn anybody_tells_the_customer_once_until_it_comes_back() {
    let mut world = World::reported();
    world.does(&kim(), &acknowledge());
    let known = world.issue().acknowledged.clone().unwrap();
    assert_eq!(known.by, Some(person("kim")));
    assert_eq!(world.code(&mia(), &acknowledge()), RefusalCode::Already);
    assert_eq!(World::reported().code(&tool(), &acknowledge()), RefusalCode::NotHuman);
}
