//! Postponement as a loan with a due date (F01), and what breaks it (`domain.md` 4.4 T6, T7).

use domain::{ActorKind, EndCause, LinkKind, PersonStatus, Severity};
use expect_test::expect;

use crate::{
    deeds::{
        chased, deferral_approved, deferral_cancelled, deferral_denied, deferral_ended, deferral_requested,
        patched, reviewed, withheld,
    },
    draft::{
        Draft, acknowledged, engineering, linked, person, person_document, reference, reopened, reported,
        resolved, sales, set, severity_changed, support,
    },
    story::given,
};

/// Reported and acknowledged, asked for by engineering and allowed by support until the tenth day.
fn deferred() -> Vec<Draft> {
    vec![
        support("09:00", reported()),
        support("09:01", acknowledged()),
        engineering("09:02", deferral_requested("10d 00:00")),
        support("09:03", deferral_approved("-")),
    ]
}

// F01.
#[test]
fn nothing_is_shelved_without_a_day_and_somebody_elses_word() {
    given([
        support("09:00", reported()),
        engineering("09:01", deferral_requested("10d 00:00")),
        support("09:02", acknowledged()),
        engineering("09:03", deferral_requested("00:00")),
        engineering("09:04", deferral_requested("31d 00:00")),
        engineering("09:05", deferral_requested("10d 00:00")),
        // The same tool; then somebody else.
        engineering("09:06", deferral_approved("-")),
        support("09:07", deferral_approved("-")),
        support("10d 00:00", deferral_ended("-", EndCause::Expired)),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 engineering deferral.requested: open, support/-/- desk !not_deferrable (not applied)
        09:02 support issue.acknowledged: open, support/-/- desk, acknowledged 09:02
        09:03 engineering deferral.requested: open, support/-/- desk, acknowledged 09:02 !until_past (not applied)
        09:04 engineering deferral.requested: open, support/-/- desk, acknowledged 09:02 !until_too_far (not applied)
        09:05 engineering deferral.requested: open, support/-/- desk, acknowledged 09:02; until 10d 00:00 requested
        09:06 engineering deferral.approved: open, support/-/- desk, acknowledged 09:02; until 10d 00:00 requested !approver_self (not applied)
        09:07 support deferral.approved: deferred, support/-/- desk, acknowledged 09:02; until 10d 00:00 approved
        10d 00:00 support deferral.ended: open, support/-/- desk, acknowledged 09:02; until 10d 00:00 expired
    "#]]);
}

#[test]
fn the_day_depends_on_the_severity() {
    let asked = |severity, until| {
        given([
            support("00:00", reported().assessed(severity)),
            support("00:00", acknowledged()),
            engineering("00:00", deferral_requested(until)),
        ])
        .issue()
        .work
        .deferrals
        .len()
    };
    for (severity, last, too_far) in [
        (Severity::Two, "7d 00:00", "7d 00:01"),
        (Severity::Three, "30d 00:00", "30d 00:01"),
        (Severity::Unassessed, "30d 00:00", "30d 00:01"),
        (Severity::Four, "60d 00:00", "60d 00:01"),
    ] {
        assert_eq!((asked(severity, last), asked(severity, too_far)), (1, 0), "{severity:?}");
    }
    assert_eq!(asked(Severity::One, "1d 00:00"), 0);
}

#[test]
fn nobody_allows_their_own_request_by_whichever_account() {
    let mut ana_in_jira = person("ana");
    ana_in_jira.account = reference("jira", "a.smith");
    let approved = |mut draft: Draft| {
        draft.0.actor.person = Some(ana_in_jira.clone());
        draft
    };
    let document = || {
        let mut document = person_document("ana", PersonStatus::Active);
        if let domain::Document::Person(person) = &mut document {
            person.accounts.push(reference("jira", "a.smith"));
        }
        document
    };
    given([
        support("09:00", reported()),
        support("09:01", acknowledged()),
        engineering("09:02", deferral_requested("10d 00:00")).by(ActorKind::Human, "ana"),
        sales("09:03", deferral_approved("-")).by(ActorKind::Human, "ana"),
        approved(sales("09:04", deferral_approved("-"))),
        engineering("09:05", deferral_approved("-")).by(ActorKind::Human, "bo"),
    ])
    .under([set(1, document())])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.acknowledged: open, support/-/- desk, acknowledged 09:01
        09:02 engineering deferral.requested: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 requested
        09:03 sales deferral.approved: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 requested !approver_self (not applied)
        09:04 sales deferral.approved: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 requested !approver_self (not applied)
        09:05 engineering deferral.approved: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 approved
    "#]]);
}

#[test]
fn it_is_denied_or_taken_back() {
    given([
        support("09:00", reported()),
        support("09:01", acknowledged()),
        engineering("09:02", deferral_requested("10d 00:00")),
        support("09:03", deferral_denied("-")),
        engineering("09:04", deferral_requested("5d 00:00")),
        support("09:05", deferral_approved("-")),
        // A longer one comes in the place of the first.
        engineering("09:06", deferral_requested("9d 00:00")),
        support("09:07", deferral_approved("-")),
        engineering("09:08", deferral_cancelled("-")),
        engineering("09:09", deferral_cancelled("-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.acknowledged: open, support/-/- desk, acknowledged 09:01
        09:02 engineering deferral.requested: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 requested
        09:03 support deferral.denied: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied
        09:04 engineering deferral.requested: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 requested
        09:05 support deferral.approved: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 approved
        09:06 engineering deferral.requested: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 approved; until 9d 00:00 requested
        09:07 support deferral.approved: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 cancelled; until 9d 00:00 approved
        09:08 engineering deferral.cancelled: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 cancelled; until 9d 00:00 cancelled
        09:09 engineering deferral.cancelled: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 denied; until 5d 00:00 cancelled; until 9d 00:00 cancelled !unknown_ref (not applied)
    "#]]);
}

#[test]
fn a_customer_who_is_worse_off_breaks_it() {
    let breaks =
        [chased(), withheld("R-1"), severity_changed(Severity::Two), reviewed("-", domain::Verdict::Unsafe)];
    for deed in breaks {
        let mut log = deferred();
        log.push(engineering("09:04", patched()));
        // What is only asked for stays so.
        log.push(engineering("09:05", deferral_requested("5d 00:00")));
        log.push(support("09:06", deed));
        let states: Vec<_> = given(log).issue().work.deferrals.into_iter().map(|it| it.state).collect();
        let at = crate::draft::clock("09:06");
        let broken = domain::DeferralState::Ended { cause: EndCause::Broken, at };
        assert_eq!(states, [broken, domain::DeferralState::Requested]);
    }
    let mut log = deferred();
    log.push(support("09:04", severity_changed(Severity::Four)));
    assert!(given(log).issue().work.is_deferred());
}

#[test]
fn what_is_settled_is_not_postponed() {
    let mut log = deferred();
    log.extend([
        engineering("09:04", deferral_requested("9d 00:00")),
        support("09:05", resolved()),
        support("09:06", deferral_approved("5")),
        support("09:07", deferral_requested("9d 00:00")),
        support("09:08", reopened()),
    ]);
    given(log).then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.acknowledged: open, support/-/- desk, acknowledged 09:01
        09:02 engineering deferral.requested: open, support/-/- desk, acknowledged 09:01; until 10d 00:00 requested
        09:03 support deferral.approved: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 approved
        09:04 engineering deferral.requested: deferred, support/-/- desk, acknowledged 09:01; until 10d 00:00 approved; until 9d 00:00 requested
        09:05 support issue.resolved: resolved, support/-/- desk, acknowledged 09:01; until 10d 00:00 settled; until 9d 00:00 settled
        09:06 support deferral.approved: resolved, support/-/- desk, acknowledged 09:01; until 10d 00:00 settled; until 9d 00:00 settled !bad_transition (not applied)
        09:07 support deferral.requested: resolved, support/-/- desk, acknowledged 09:01; until 10d 00:00 settled; until 9d 00:00 settled !bad_transition (not applied)
        09:08 support issue.reopened: open, support/-/- desk, reopens 1, acknowledged 09:01; until 10d 00:00 settled; until 9d 00:00 settled
    "#]]);

    let mut log = deferred();
    log.push(support("09:04", linked(LinkKind::DuplicateOf, "56")));
    assert!(!given(log).issue().work.is_deferred());
}
