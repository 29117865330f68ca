//! From the report to the end and back (`domain.md` 4.4).

use domain::{
    Basis, Command, Issue, IssueId, LinkKind, Payload, PromiseOrigin, RefusalCode, ResolutionKind, Severity,
    Target,
};
use expect_test::expect;

use crate::{
    order::{
        acknowledge, ask, ask_customer, assess, close, correct, customer, day, disposition, known_as, link,
        log, missed, observe, offer, reopen, report, resolve, terms, unlink, update, withdraw,
    },
    people::{ada, ana, bo, kim, mia, person, reference},
    world::{Told, World},
};

/// Another issue of the same customer.
pub(crate) fn other(id: &str) -> World {
    let mut world = World::of(id);
    world.does(&mia(), &report());
    world
}

#[test]
fn three_fields_suffice_and_the_rest_is_told() {
    let mut world = World::new();
    let decision = world.does(&kim(), &report());
    let defaulted: Vec<_> =
        decision.defaulted.iter().map(|said| format!("{}: {}", said.field, said.value)).collect();
    expect![[r#"
        reference: one of its own
        severity: unassessed, counts as 3
        heard_by: zendesk:kim"#]]
    .assert_eq(&defaulted.join("\n"));
    assert_eq!(world.issue().title(), "Pump resets every two hours");
    assert_eq!(world.issue().custody.owner.holding.person(), Some(&person("kim")));
}

#[test]
fn a_complaint_without_a_word_is_none() {
    let refusal = World::new().refused(&kim(), &Command::Report(terms(" \n ")));
    assert_eq!((refusal.code, refusal.fields), (RefusalCode::NoReason, vec!["text".to_owned()]));
}

#[test]
fn what_was_heard_of_before_it_was_reported_is_reported_once() {
    let mut world = World::new();
    world.fact(crate::people::department("support"), "ana", Payload::Noted);
    world.does(&kim(), &report());
    assert_eq!(world.code(&kim(), &report()), RefusalCode::Already);
}

#[test]
fn from_open_to_closed_and_back() {
    let (mut world, mut told) = (World::reported(), Told::default());
    told.tries(&mut world, &mia(), &resolve(ResolutionKind::Fixed));
    told.tries(&mut world, &mia(), &close());
    told.tries(&mut world, &mia(), &reopen());
    told.tries(&mut world, &mia(), &acknowledge());
    told.tries(&mut world, &bo(), &resolve(ResolutionKind::Fixed));
    told.tries(&mut world, &mia(), &resolve(ResolutionKind::Fixed));
    told.tries(&mut world, &mia(), &resolve(ResolutionKind::Fixed));
    told.tries(&mut world, &mia(), &Command::Close { basis: Basis::Confirmed, contact: None, attempts: 0 });
    told.tries(&mut world, &mia(), &Command::Close { basis: Basis::Unanswered, contact: None, attempts: 1 });
    told.tries(&mut world, &mia(), &Command::Close { basis: Basis::Source, contact: None, attempts: 0 });
    told.tries(&mut world, &mia(), &Command::Close { basis: Basis::Unanswered, contact: None, attempts: 2 });
    told.tries(&mut world, &mia(), &close());
    told.tries(&mut world, &kim(), &reopen());
    told.tries(&mut world, &mia(), &acknowledge());
    expect![[r#"
        mia: E_NOT_ACKED: nobody acknowledged it: the customer does not know that it was heard; tell the customer who owns it, and acknowledge it first
        mia: E_NOT_ACKED: nobody acknowledged it: the customer does not know that it was heard; tell the customer who owns it, and acknowledge it first
        mia: E_ALREADY: it is open already; leave it, or go on with it
        mia: issue.acknowledged => open, support/mia provisional
        bo: E_NOT_OWNER: only its owner can resolve it, and that is support/zendesk:mia since 2026-03-02 00:00 UTC; ask support/zendesk:mia to do it, or to hand the issue to you
        mia: issue.resolved => resolved, support/mia provisional
        mia: E_ALREADY: it is resolved since 2026-03-02 00:00 UTC already; leave it, or reopen it if it is not done
        mia: E_NO_PROOF: it does not say who at the customer's said that it is done; name the contact who said so
        mia: E_NO_PROOF: the customer was asked 1 of the 2 times that it takes; ask the customer again, and say how often you did
        mia: E_NO_PROOF: only a tool's own event closes an issue on the tool's word; say who at the customer's confirmed it, or how often they were asked
        mia: issue.closed => closed, support/mia provisional
        mia: E_ALREADY: it is closed since 2026-03-02 00:00 UTC already; leave it, or reopen it if it came back
        kim: issue.reopened => open, support/mia provisional
        mia: issue.acknowledged => open, support/mia provisional
    "#]].assert_eq(&told.0);
}

#[test]
fn it_is_not_fixed_only_if_the_head_and_the_customer_know() {
    let mut world = World::answered();
    assert_eq!(world.code(&mia(), &resolve(ResolutionKind::WontFix)), RefusalCode::Unauthorized);
    assert_eq!(world.code(&ada(), &resolve(ResolutionKind::WontFix)), RefusalCode::NoProof);
    let (summary, root_cause) = ("End of life".to_owned(), None);
    let told = Command::Resolve { kind: ResolutionKind::WontFix, summary, root_cause, customer_told: true };
    world.does(&ada(), &told);
}

#[test]
fn no_answer_takes_a_question() {
    let mut world = World::answered();
    assert_eq!(world.code(&mia(), &resolve(ResolutionKind::NoResponse)), RefusalCode::NoProof);
    let sent = Some(world.now);
    assert_eq!(world.code(&bo(), &ask_customer(sent)), RefusalCode::NotOwner);
    world.does(&mia(), &ask("engineering"));
    world.does(&bo(), &ask_customer(sent));
    assert!(world.issue().waiting.customer.is_some());
    world.does(&bo(), &crate::order::answer());
    world.does(&mia(), &resolve(ResolutionKind::NoResponse));
    assert!(world.issue().waiting.customer.is_none());
}

#[test]
fn a_mistake_is_taken_back_within_the_hour_and_later_on_the_customers_word() {
    let mut world = World::reported();
    assert_eq!(world.code(&kim(), &withdraw(None)), RefusalCode::NotOwner);
    world.does(&mia(), &withdraw(None));
    assert_eq!(world.code(&mia(), &acknowledge()), RefusalCode::BadTransition);
    world.does(&mia(), &Command::Reinstate { reason: "it was none".to_owned() });
    world.pass(2);
    assert_eq!(world.code(&mia(), &withdraw(None)), RefusalCode::NoProof);
    world.does(&ana(), &withdraw(Some("call-7")));
}

#[test]
fn harm_is_raised_by_anybody_and_lowered_by_the_owner_with_a_reason() {
    let (mut world, mut told) = (World::answered(), Told::default());
    told.tries(&mut world, &bo(), &assess(Severity::Two, ""));
    told.tries(&mut world, &bo(), &assess(Severity::Four, "small"));
    told.tries(&mut world, &mia(), &assess(Severity::Four, ""));
    told.tries(&mut world, &mia(), &assess(Severity::Unassessed, "who knows"));
    told.tries(&mut world, &mia(), &assess(Severity::Four, "small"));
    told.tries(&mut world, &mia(), &assess(Severity::Four, "small"));
    expect![[r#"
        bo: issue.severity_changed => open, support/mia accepted
        bo: E_NOT_OWNER: only its owner can lower the severity, and that is support/zendesk:mia since 2026-03-02 00:00 UTC; ask support/zendesk:mia to do it, or to hand the issue to you
        mia: E_NO_REASON: it does not say why; say why
        mia: E_RANGE: it names no severity; name one from 1 to 4
        mia: issue.severity_changed => open, support/mia accepted
        mia: E_ALREADY: it is assessed as 4 already; leave it, or name another severity
    "#]].assert_eq(&told.0);
}

#[test]
fn an_update_is_told_by_the_owner_and_promises_the_next() {
    let mut world = World::answered();
    assert_eq!(world.code(&ana(), &update(None)), RefusalCode::NotOwner);
    assert_eq!(world.code(&mia(), &update(Some(day(-1)))), RefusalCode::PastDue);
    world.does(&mia(), &update(Some(day(2))));
    let promise = &world.issue().work.promises[0];
    assert_eq!((promise.terms.due, &promise.terms.by), (day(2), &Some(person("mia"))));
}

#[test]
fn a_duplicate_hangs_on_the_root() {
    let root = other("57").issue().clone();
    let mut middle = other("56").issue().clone();
    middle.duplicate_of = Some(root.id);
    let mut world = World::reported().beside(vec![middle.clone(), root.clone()]);
    assert_eq!(world.code(&bo(), &link(LinkKind::DuplicateOf, middle.id)), RefusalCode::NotOwner);
    world.does(&mia(), &link(LinkKind::DuplicateOf, middle.id));
    assert_eq!(world.issue().duplicate_of, Some(root.id));
    assert_eq!(world.code(&mia(), &link(LinkKind::DuplicateOf, middle.id)), RefusalCode::Already);
    assert_eq!(world.code(&mia(), &offer("engineering")), RefusalCode::BadTransition);
    world.does(&mia(), &unlink(LinkKind::DuplicateOf, middle.id));
    assert_eq!(world.issue().duplicate_of, None);
}

#[test]
fn a_chain_that_leads_nowhere_is_not_followed() {
    let mut lost = other("56").issue().clone();
    lost.duplicate_of = Some(IssueId::of(&reference("zendesk", "404")));
    let world = World::reported().beside(vec![lost.clone()]);
    assert_eq!(world.code(&mia(), &link(LinkKind::DuplicateOf, lost.id)), RefusalCode::UnknownRef);
}

#[test]
fn other_links_are_anybodys_and_each_once() {
    let near = other("56").issue().clone();
    let mut world = World::reported().beside(vec![near.clone()]);
    world.does(&kim(), &link(LinkKind::Related, near.id));
    assert_eq!(world.code(&kim(), &link(LinkKind::Related, near.id)), RefusalCode::Already);
    world.does(&kim(), &link(LinkKind::Distinct, near.id));
    world.does(&kim(), &unlink(LinkKind::Related, near.id));
    assert_eq!(world.code(&kim(), &unlink(LinkKind::Related, near.id)), RefusalCode::UnknownRef);
    assert_eq!(world.issue().links.len(), 1);
}

#[test]
fn whose_it_is_and_what_it_is_called() {
    let mut world = World::reported();
    assert_eq!(world.code(&kim(), &correct("crm:4712")), RefusalCode::NotOwner);
    world.does(&mia(), &correct("crm:4712"));
    assert_eq!(world.issue().customer, Some(customer("crm:4712")));
    assert_eq!(world.code(&mia(), &correct("crm:4712")), RefusalCode::Already);
    world.does(&bo(), &known_as("10"));
    assert_eq!(world.code(&bo(), &known_as("10")), RefusalCode::Already);
    let own = Command::AddReference { reference: reference("zendesk", "55") };
    assert_eq!(world.code(&bo(), &own), RefusalCode::SelfLink);
}

#[test]
fn two_issues_become_one_by_the_owner_of_either_if_they_are_one_customers() {
    let (near, far) = (other("56").issue().clone(), other("57").issue().clone());
    let join = Command::AddReference { reference: reference("zendesk", "56") };
    let beside = |issue: &Issue| World::reported().beside(vec![issue.clone()]);
    let mut theirs = near.clone();
    theirs.customer = Some(customer("crm:4712"));
    assert_eq!(beside(&theirs).code(&mia(), &join), RefusalCode::CrossCustomer);
    assert_eq!(beside(&near).code(&bo(), &join), RefusalCode::NotOwner);
    assert_eq!(beside(&far).code(&mia(), &join), RefusalCode::Already, "it is part of a third one");
    let own = World::reported().issue().clone();
    assert_eq!(beside(&own).code(&mia(), &join), RefusalCode::Already, "it is part of this one");
    beside(&near).does(&mia(), &join);
}

#[test]
fn a_call_that_nobody_took_is_a_report_and_a_promise_to_call_back() {
    let mut world = World::new();
    world.does(&kim(), &missed(Some(day(1))));
    assert_eq!(world.issue().title(), "Missed voicemail");
    assert_eq!(world.issue().work.promises[0].terms.origin, PromiseOrigin::Callback);
    world.does(&kim(), &missed(None));
    assert_eq!(world.issue().event_count, 3);
}

#[test]
fn of_a_customer_there_is_something_to_say_without_an_issue() {
    let world = World::new();
    for command in [log("relationship"), observe(-1), disposition("no budget"), missed(None), report()] {
        world.decide_on(&Target::Customer, &kim(), &command).unwrap();
    }
    let note = Command::AddNote { text: "hm".to_owned(), internal: true };
    let refusal = world.decide_on(&Target::Customer, &kim(), &note).expect_err("is refused");
    assert_eq!(refusal.code, RefusalCode::UnknownRef);
}
