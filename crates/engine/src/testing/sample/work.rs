//! An issue's work, one of every sort and state.

use domain::{
    Assist, AssistState, AssistTerms, Deferral, DeferralState, DeferralTerms, EndCause, Floors, ItemId, Link,
    LinkKind, Promise, PromiseOrigin, PromiseState, PromiseTerms, Restriction, Verdict, Waiting, Work,
    Workaround, WorkaroundTerms,
};

use super::{MONEY, at, department, mia, since};

pub(super) fn work() -> Work {
    Work {
        assists: vec![assist(1, AssistState::Accepted { by: mia() }), assist(2, answered())],
        deferrals: vec![
            deferral(3, DeferralState::Ended { cause: EndCause::Broken, at: at(5) }),
            deferral(4, DeferralState::Approved { by: Some(mia()), at: at(6) }),
        ],
        promises: vec![promise()],
        workarounds: vec![workaround()],
    }
}

const fn id(number: u8) -> ItemId {
    ItemId::from_bytes([number; 16])
}

fn answered() -> AssistState {
    AssistState::Answered { at: at(4), unrequested: true }
}

fn assist(number: u8, state: AssistState) -> Assist {
    let terms = AssistTerms {
        department: department("sales"),
        person: Some(mia()),
        question: "Which revision?".to_owned(),
        due: Some(at(60)),
        blocking: true,
    };
    Assist { id: id(number), terms, from: department("support"), state, since: since(3) }
}

fn deferral(number: u8, state: DeferralState) -> Deferral {
    let terms = DeferralTerms { until: at(90), reason: "No part is left".to_owned(), told_at: Some(at(5)) };
    Deferral {
        id: id(number),
        terms,
        from: department("engineering"),
        by: Some(mia()),
        state,
        since: since(5),
    }
}

fn promise() -> Promise {
    let terms = PromiseTerms {
        what: "Call back".to_owned(),
        to: Some("Jo".to_owned()),
        by: Some(mia()),
        due: at(30),
        origin: PromiseOrigin::Callback,
    };
    Promise {
        id: id(5),
        terms,
        renegotiated: 1,
        state: PromiseState::KeptLate { at: at(31) },
        since: since(6),
    }
}

fn workaround() -> Workaround {
    let terms = WorkaroundTerms { description: "Bypassed the valve".to_owned(), done_at: Some(at(2)) };
    Workaround {
        id: id(6),
        terms,
        from: department("sales"),
        verdict: Some(Verdict::NeedsFix),
        since: since(7),
    }
}

pub(super) fn floors() -> Floors {
    Floors { safety: true, withheld: vec!["R-1".to_owned()], chasers: 3 }
}

pub(super) fn waiting() -> Waiting {
    Waiting { customer: Some(since(7)), external: Some(since(8)) }
}

pub(super) fn links() -> Vec<Link> {
    vec![Link { kind: LinkKind::Related, other: MONEY }]
}

pub(super) fn restricted() -> Restriction {
    Restriction { reason: "legal".to_owned(), departments: vec![department("sales")] }
}
