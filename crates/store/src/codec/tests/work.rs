//! Any work within an issue.

use domain::{
    Assist, AssistState, AssistTerms, Deferral, DeferralState, DeferralTerms, EndCause, Floors, ItemId, Link,
    LinkKind, Promise, PromiseOrigin, PromiseState, PromiseTerms, Restriction, Verdict, Waiting, Work,
    Workaround, WorkaroundTerms,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::issue::{department, id, person, since, time, word};

pub(super) fn item() -> impl Strategy<Value = ItemId> {
    any::<[u8; 16]>().prop_map(ItemId::from_bytes)
}

prop_compose! {
    pub(super) fn work()(
        assists in vec(assist(), 0..3),
        deferrals in vec(deferral(), 0..3),
        promises in vec(promise(), 0..3),
        workarounds in vec(workaround(), 0..3),
    ) -> Work {
        Work { assists, deferrals, promises, workarounds }
    }
}

fn assist_state() -> impl Strategy<Value = AssistState> {
    prop_oneof![
        Just(AssistState::Requested),
        person().prop_map(|by| AssistState::Accepted { by }),
        (time(), any::<bool>()).prop_map(|(at, unrequested)| AssistState::Answered { at, unrequested }),
        time().prop_map(|at| AssistState::Declined { at }),
        time().prop_map(|at| AssistState::Cancelled { at }),
    ]
}

prop_compose! {
    fn assist()(
        (id, from, state, since) in (item(), department(), assist_state(), since()),
        (department, person, question) in (department(), option::of(person()), word()),
        (due, blocking) in (option::of(time()), any::<bool>()),
    ) -> Assist {
        let terms = AssistTerms { department, person, question, due, blocking };
        Assist { id, terms, from, state, since }
    }
}

fn deferral_state() -> impl Strategy<Value = DeferralState> {
    use EndCause::{Broken, Cancelled, Expired, Settled};
    let causes = select(vec![Expired, Broken, Cancelled, Settled]);
    prop_oneof![
        Just(DeferralState::Requested),
        (option::of(person()), time()).prop_map(|(by, at)| DeferralState::Approved { by, at }),
        time().prop_map(|at| DeferralState::Denied { at }),
        (causes, time()).prop_map(|(cause, at)| DeferralState::Ended { cause, at }),
    ]
}

prop_compose! {
    fn deferral()(
        (id, from, state, since) in (item(), department(), deferral_state(), since()),
        (until, reason, told_at, by) in (time(), word(), option::of(time()), option::of(person())),
    ) -> Deferral {
        Deferral { id, terms: DeferralTerms { until, reason, told_at }, from, by, state, since }
    }
}

fn promise_state() -> impl Strategy<Value = PromiseState> {
    prop_oneof![
        Just(PromiseState::Open),
        time().prop_map(|at| PromiseState::Kept { at }),
        time().prop_map(|at| PromiseState::Broken { at }),
        time().prop_map(|at| PromiseState::KeptLate { at }),
    ]
}

prop_compose! {
    fn promise()(
        (id, renegotiated, state, since) in (item(), any::<u32>(), promise_state(), since()),
        (what, to, by, due) in (word(), option::of(word()), option::of(person()), time()),
        origin in select(vec![
            PromiseOrigin::Issue, PromiseOrigin::Sale, PromiseOrigin::AfterSale, PromiseOrigin::Callback,
        ]),
    ) -> Promise {
        Promise { id, terms: PromiseTerms { what, to, by, due, origin }, renegotiated, state, since }
    }
}

prop_compose! {
    fn workaround()(
        (id, from, since) in (item(), department(), since()),
        verdict in option::of(select(vec![Verdict::Safe, Verdict::NeedsFix, Verdict::Unsafe])),
        (description, done_at) in (word(), option::of(time())),
    ) -> Workaround {
        Workaround { id, terms: WorkaroundTerms { description, done_at }, from, verdict, since }
    }
}

pub(super) fn floors() -> impl Strategy<Value = Floors> {
    (any::<bool>(), vec(word(), 0..3), any::<u32>()).prop_map(|(safety, withheld, chasers)| Floors {
        safety,
        withheld,
        chasers,
    })
}

pub(super) fn waiting() -> impl Strategy<Value = Waiting> {
    (option::of(since()), option::of(since())).prop_map(|(customer, external)| Waiting { customer, external })
}

pub(super) fn link() -> impl Strategy<Value = Link> {
    use LinkKind::{BlockedBy, Distinct, DuplicateOf, RecurrenceOf, Related};
    let kinds = select(vec![DuplicateOf, RecurrenceOf, Related, Distinct, BlockedBy]);
    (kinds, id()).prop_map(|(kind, other)| Link { kind, other })
}

pub(super) fn restriction() -> impl Strategy<Value = Restriction> {
    (word(), vec(department(), 0..3)).prop_map(|(reason, departments)| Restriction { reason, departments })
}
