//! Assists, deferrals, promises and workarounds by commands (F01, F03, F04, F14, F23).

use domain::{
    AssistState, Command, DeferralState, Department, EndCause, Item, Lifecycle, Payload, PromiseState,
    RefusalCode, ResolutionKind, Severity, Verdict,
};

use crate::{
    order::{
        answer, ask, asking, assess, cancel, close, day, decide, defer, keep, patch, patch_it, promise,
        resolve, review,
    },
    people::{ada, ana, bo, department, eve, kim, max, mia, person, responder},
    world::World,
};

fn support() -> Department {
    department("support")
}

fn deferral(world: &World) -> &DeferralState {
    &world.issue().work.deferrals.last().unwrap().state
}

#[test]
fn help_is_asked_taken_and_given_while_the_owner_stays() {
    let mut world = World::answered();
    assert_eq!(world.code(&mia(), &ask("support")), RefusalCode::SelfLink);
    world.does(&kim(), &ask("engineering"));
    world.does(&bo(), &Command::AcceptAssist { item: Item::Only });
    let zoe = responder("engineering", "zoe");
    assert_eq!(world.code(&zoe, &Command::AcceptAssist { item: Item::Only }), RefusalCode::Taken);
    assert_eq!(world.code(&bo(), &Command::AcceptAssist { item: Item::Only }), RefusalCode::Already);
    world.does(&zoe, &answer());
    assert_eq!(world.code(&bo(), &answer()), RefusalCode::UnknownRef);
    assert_eq!(world.issue().custody.owner.department, support());
}

#[test]
fn a_question_is_declined_by_who_was_asked_and_taken_back_by_who_asked() {
    let mut world = World::answered();
    let no = Command::DeclineAssist { item: Item::Only, reason: "not our part".to_owned() };
    for (who, cancelled) in [(bo(), false), (mia(), true)] {
        world.does(&mia(), &ask("engineering"));
        assert_eq!(world.code(&kim(), &no), RefusalCode::UnknownRef);
        world.does(&who, &no);
        let state = &world.issue().work.assists.last().unwrap().state;
        assert_eq!(matches!(state, AssistState::Cancelled { .. }), cancelled, "{state:?}");
    }
    world.does(&mia(), &resolve(ResolutionKind::Fixed));
}

#[test]
fn help_that_nobody_asked_for_is_credited() {
    let mut world = World::answered();
    world.does(&kim(), &Command::AnswerAssist { item: None, answer: "Drove there".to_owned() });
    assert!(matches!(world.issue().work.assists[0].state, AssistState::Answered { unrequested: true, .. }));
}

#[test]
fn what_is_asked_names_somebody_who_is_there() {
    let mut terms = asking("engineering");
    terms.person = Some(person("ola"));
    let world = World::answered();
    assert_eq!(world.code(&mia(), &Command::RequestAssist { terms }), RefusalCode::InactivePerson);
}

#[test]
fn a_deferral_is_anothers_to_allow_and_ends_when_the_customer_asks_again() {
    let mut world = World::answered();
    world.does(&bo(), &defer(day(30)));
    assert_eq!(world.code(&bo(), &defer(day(20))), RefusalCode::Already);
    assert_eq!(world.code(&bo(), &decide(true)), RefusalCode::ApproverSelf);
    assert_eq!(world.code(&eve(), &decide(true)), RefusalCode::Unauthorized);
    world.does(&ada(), &decide(true));
    assert_eq!(world.issue().lifecycle(), Lifecycle::Deferred);
    assert_eq!(world.code(&ada(), &decide(false)), RefusalCode::UnknownRef);
    world.fact(support(), "jo", Payload::CustomerChased);
    assert!(matches!(deferral(&world), DeferralState::Ended { cause: EndCause::Broken, .. }));
    assert_eq!(world.issue().lifecycle(), Lifecycle::Open);
}

#[test]
fn who_was_not_told_is_promised_to_be() {
    let mut world = World::answered();
    let until = day(10);
    let reason = "The part is on its way".to_owned();
    world.does(&bo(), &Command::RequestDeferral { until, reason, interim_measure: None, told: None });
    let decision = world.does(&ada(), &decide(true));
    assert_eq!(decision.drafts.len(), 2);
    let promise = &world.issue().work.promises[0];
    assert_eq!(promise.terms.by, Some(person("mia")));
    assert!(promise.terms.due <= day(2));
}

#[test]
fn what_harms_badly_waits_on_an_arbiters_word_and_not_long() {
    let mut world = World::answered();
    world.does(&bo(), &assess(Severity::Two, ""));
    assert_eq!(world.code(&bo(), &defer(day(8))), RefusalCode::UntilTooFar);
    world.does(&bo(), &defer(day(6)));
    assert_eq!(world.code(&ada(), &decide(true)), RefusalCode::Unauthorized);
    world.does(&max(), &decide(true));
    world.does(&kim(), &assess(Severity::One, ""));
    assert!(matches!(deferral(&world), DeferralState::Ended { cause: EndCause::Broken, .. }));
}

#[test]
fn what_got_worse_meanwhile_is_not_allowed_any_more() {
    let mut world = World::answered();
    world.does(&bo(), &defer(day(20)));
    world.does(&kim(), &assess(Severity::Two, ""));
    assert_eq!(world.code(&max(), &decide(true)), RefusalCode::UntilTooFar);
    world.does(&max(), &decide(false));
    assert!(matches!(deferral(&world), DeferralState::Denied { .. }));
}

#[test]
fn sixty_days_are_enough_but_for_an_arbiter() {
    let mut world = World::answered();
    world.does(&mia(), &assess(Severity::Four, "small"));
    world.does(&bo(), &defer(day(50)));
    world.does(&ada(), &decide(true));
    world.pass(40 * 24);
    assert_eq!(world.code(&kim(), &cancel()), RefusalCode::NotOwner);
    world.does(&bo(), &cancel());
    assert_eq!(world.code(&bo(), &defer(day(70))), RefusalCode::Cumulative);
    world.does(&max(), &defer(day(70)));
}

#[test]
fn a_promise_is_kept_by_who_made_it_or_owns_the_issue() {
    let mut world = World::answered();
    world.does(&bo(), &promise(Some(day(1))));
    assert_eq!(world.code(&kim(), &keep()), RefusalCode::NotOwner);
    let later = |due| Command::RenegotiatePromise { item: Item::Only, due, customer_agreed: true };
    assert_eq!(world.code(&bo(), &later(None)), RefusalCode::NoDue);
    assert_eq!(world.code(&bo(), &later(Some(day(1)))), RefusalCode::Already);
    world.does(&bo(), &later(Some(day(2))));
    world.does(&mia(), &keep());
    let promise = &world.issue().work.promises[0];
    assert!(matches!(promise.state, PromiseState::Kept { .. }));
    let again = Command::KeepPromise { item: Item::Id(promise.id), evidence: None };
    assert_eq!(world.code(&mia(), &again), RefusalCode::Already);
}

#[test]
fn a_quick_fix_makes_an_issue_that_stays_until_it_is_reviewed() {
    let mut world = World::new();
    let decision = world.does(&kim(), &patch(Some("engineering")));
    let types: Vec<_> = decision.drafts.iter().map(|draft| draft.type_name).collect();
    assert_eq!(types, ["issue.reported", "workaround.applied", "assist.requested"]);
    world.does(&kim(), &crate::order::acknowledge());
    assert_eq!(world.code(&kim(), &resolve(ResolutionKind::Fixed)), RefusalCode::UnreviewedFix);
    assert_eq!(world.code(&ana(), &review(Verdict::Safe)), RefusalCode::NotAsked);
    world.does(&bo(), &review(Verdict::NeedsFix));
    assert!(world.issue().work.assists.iter().all(|assist| !assist.is_open()));
    assert_eq!(world.code(&kim(), &resolve(ResolutionKind::Workaround)), RefusalCode::UnreviewedFix);
    world.does(&kim(), &resolve(ResolutionKind::Fixed));
    world.does(&kim(), &close());
}

#[test]
fn who_patched_anothers_matter_does_not_review_it() {
    let mut world = World::answered();
    world.does(&kim(), &patch_it(None));
    assert_eq!(world.issue().work.assists[0].terms.department, support());
    assert_eq!(world.code(&kim(), &review(Verdict::Safe)), RefusalCode::NotAsked);
    world.does(&ana(), &review(Verdict::Unsafe));
    assert_eq!(world.issue().severity(), Severity::One);
    let item = Item::Id(world.issue().work.workarounds[0].id);
    let again = Command::ReviewWorkaround { item, verdict: Verdict::Safe, note: None };
    assert_eq!(world.code(&ana(), &again), RefusalCode::Already);
}
