//! What Davy's own origins say: clocks, runs and pings.

use davy_wire::Own;
use domain::{
    ClockKind, ClockName, Draft, Fired, ItemId, Mark, Payload, PersonalCycle, PingId, PingReason, PingTerms,
    PolicyVersion, Position, Recipient, RuleLeft, Stepped,
};
use proptest::{option, prelude::*, sample::select};

use super::{department, id, item, line, severity, time};

fn ping_id() -> impl Strategy<Value = PingId> {
    any::<[u8; 16]>().prop_map(PingId::from_bytes)
}

fn item_id() -> impl Strategy<Value = ItemId> {
    any::<[u8; 16]>().prop_map(ItemId::from_bytes)
}

fn clock() -> impl Strategy<Value = ClockName> {
    let item = option::of(item_id());
    (select(ClockKind::ALL.to_vec()), item, any::<u32>()).prop_map(|(kind, item, cycle)| ClockName {
        kind,
        item,
        cycle,
    })
}

fn fired() -> impl Strategy<Value = Fired> {
    prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(step, pass)| Fired::Step { step, pass }),
        any::<u32>().prop_map(|times| Fired::Fallback { times }),
        Just(Fired::Digest),
        Just(Fired::Meanwhile),
    ]
}

fn personal() -> impl Strategy<Value = PersonalCycle> {
    let rule = (any::<u32>(), line(), any::<u32>()).prop_map(|(rule, contact, after_seconds)| RuleLeft {
        rule,
        contact,
        after_seconds,
    });
    let rules = prop::collection::vec(rule, 0..3);
    (line(), any::<u32>(), any::<u32>(), any::<u32>(), time(), rules).prop_map(
        |(person, cycle, step, pass, started_at, left)| PersonalCycle {
            person,
            cycle,
            step,
            pass,
            started_at,
            left,
        },
    )
}

fn policy() -> impl Strategy<Value = PolicyVersion> {
    (id(), any::<u64>()).prop_map(|(id, position)| PolicyVersion { id, position: Position::new(position) })
}

fn stepped() -> impl Strategy<Value = Stepped> {
    let who = (department(), any::<u32>(), policy(), severity(), fired());
    let empty = prop::collection::vec(any::<u32>(), 0..3);
    let people = prop::collection::vec(personal(), 0..3);
    let what = (time(), any::<u32>(), empty, people, any::<bool>(), option::of(time()));
    (who, what).prop_map(
        |(
            (department, cycle, policy, severity, fired),
            (next_at, late_by, empty, people, unreachable, next_shift),
        )| {
            Stepped {
                department,
                cycle,
                policy,
                severity,
                fired,
                next_at,
                late_by,
                empty,
                people,
                unreachable,
                next_shift,
            }
        },
    )
}

fn requested() -> impl Strategy<Value = PingTerms> {
    let to = prop_oneof![
        (line(), line()).prop_map(|(person, contact)| Recipient::Person { person, contact }),
        line().prop_map(Recipient::Channel),
    ];
    let reason = prop_oneof![
        (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(step, pass, rule)| PingReason::Step {
            step,
            pass,
            rule
        }),
        any::<u32>().prop_map(|times| PingReason::Fallback { times }),
        clock().prop_map(PingReason::Warning),
        clock().prop_map(PingReason::Notice),
        Just(PingReason::Digest),
        ping_id().prop_map(PingReason::Instead),
        item_id().prop_map(PingReason::Reminder),
        item_id().prop_map(PingReason::Given),
        time().prop_map(PingReason::HandOver),
        time().prop_map(PingReason::Outage),
        time().prop_map(PingReason::Lapsed),
        ping_id().prop_map(PingReason::Retracted),
    ];
    (ping_id(), department(), any::<u32>(), to, reason, option::of(time())).prop_map(
        |(id, department, cycle, to, reason, not_before)| PingTerms {
            id,
            department,
            cycle,
            to,
            reason,
            not_before,
        },
    )
}

/// What Davy's own origins say, with which of them.
pub(crate) fn own() -> impl Strategy<Value = (Own, Draft)> {
    let marked = |name, mark| {
        (clock(), time()).prop_map(move |(clock, deadline)| {
            Draft::new(name, Payload::ClockMarked { clock, mark, deadline })
        })
    };
    let escalator = prop_oneof![
        marked("clock.warned", Mark::Warned),
        marked("clock.breached", Mark::Breached),
        stepped().prop_map(|stepped| Draft::new("run.stepped", Payload::RunStepped(Box::new(stepped)))),
        requested().prop_map(|terms| Draft::new("ping.requested", Payload::PingRequested(Box::new(terms)))),
        item().prop_map(|item| Draft::new("handoff.timed_out", Payload::OfferTimedOut { item })),
        time().prop_map(|ended| Draft::new("handoff.due", Payload::HandOverDue { ended })),
        (time(), time()).prop_map(|(asked, deadline)| {
            Draft::new("issue.customer_wait_lapsed", Payload::CustomerWaitLapsed { asked, deadline })
        }),
        item().prop_map(|item| Draft::new("assist.timed_out", Payload::AssistTimedOut { item })),
        Just(Draft::new("owner.orphaned", Payload::Orphaned)),
    ];
    let pager = prop_oneof![
        (ping_id(), any::<u32>(), line()).prop_map(|(ping, attempt, by)| Draft::new(
            "ping.attempted",
            Payload::PingAttempted { ping, attempt, by }
        )),
        (ping_id(), any::<u32>()).prop_map(|(ping, attempt)| Draft::new(
            "ping.delivered",
            Payload::PingDelivered { ping, attempt }
        )),
        (ping_id(), any::<u32>(), option::of(time())).prop_map(|(ping, attempt, retry_at)| Draft::new(
            "ping.failed",
            Payload::PingFailed { ping, attempt, retry_at }
        )),
        (ping_id(), time())
            .prop_map(|(ping, until)| Draft::new("ping.throttled", Payload::PingThrottled { ping, until })),
    ];
    prop_oneof![
        7 => escalator.prop_map(|draft| (Own::Escalator, draft)),
        3 => pager.prop_map(|draft| (Own::Pager, draft)),
        3 => commanded().prop_map(|draft| (Own::Command, draft)),
    ]
}

/// What is said about runs and pings by commands.
pub(super) fn commanded() -> impl Strategy<Value = Draft> {
    prop_oneof![
        department().prop_map(|department| Draft::new("run.escalated", Payload::RunEscalated { department })),
        (department(), time()).prop_map(|(department, until)| Draft::new(
            "run.snoozed",
            Payload::RunSnoozed { department, until }
        )),
        (department(), policy()).prop_map(|(department, policy)| Draft::new(
            "run.migrated",
            Payload::RunMigrated { department, policy }
        )),
        ping_id().prop_map(|ping| Draft::new("ping.acknowledged", Payload::PingAnswered { ping })),
    ]
}
