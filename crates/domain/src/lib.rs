//! The nouns of Davy and the pure functions over them.
//!
//! Owns: ids, events, the directory, the fold of an issue's events into its state, who is shown as its owner.
//! Deliberately absent: IO, async, clocks, randomness, serialisation. Time comes in with the events; bytes are turned
//! into these types by `wire` (messages) and `store` (records).

mod anomaly;
mod arrival;
mod calendar;
mod clock;
mod command;
mod customer;
mod department;
mod directory;
mod escalate;
mod event;
mod fold;
mod hash;
mod id;
pub mod identity;
mod issue;
mod kin;
pub mod limits;
mod loss;
mod oncall;
mod operation;
mod owner;
mod payload;
mod person;
mod policy;
mod position;
mod principal;
mod quarantine;
mod refusal;
mod run;
mod severity;
mod silence;
mod text;
mod wall;
mod work;

pub use anomaly::{Anomalies, Anomaly};
pub use arrival::{Arrival, Arrived};
pub use calendar::{
    Calendar, CalendarError, OpenHours, ParseOpenHoursError, ParseTimeLimitError, Pause, QuietHours,
    TimeLimit, Week,
};
pub use clock::{
    Announced, Clock, ClockEnd, ClockHistory, ClockKind, ClockName, ClockOutcome, ClockState, Clocks,
    Deadline, DeadlineCause, DocumentVersion, Ending, ItemClock, Mark, Moment as HistoryMoment, Running,
    Started, explain_clocks,
};
pub use command::{
    Command, ContactTerms, Context, Decision, DeclineCode, Defaulted, Draft, HandOffTerms, Item, MissedTerms,
    NextAction, ReportTerms, ResolutionKind, Said, SeenRun, SignalTerms, Target, Told, Words, decide,
};
pub use customer::{AsReported, Leaf, LeafId};
pub use department::{Department, Origin, ParseDepartmentError};
pub use directory::{
    CalendarDocument, Contact, CustomerCalendar, DepartmentDocument, Directory, DirectoryChange, Document,
    DocumentKey, LayerDocument, LayerWho, Mistake, MistakeKind, OverrideDocument, PersonDocument,
    PersonStatus, PingRule, Recorded, RotationDocument, ScheduleDocument, SystemDocument, Version,
    check_alone, check_set,
};
pub use escalate::{
    Moment, Outlook, PingCase, PingExplained, PingWhy, PolicyQuestion, PolicySimulation, SimulatedStep,
    Unreachable, escalate, escalate_orphan, escalate_unseen, explain_issue, explain_ping,
    forecast_reachability, instant, next_due, outlook, pings_owed, simulate_policy, target_word, tell_outage,
    told_by, unattended_since, unseen,
};
pub use event::{Actor, ActorKind, Digits, Event, EventKey, Identity, IssueName, OrderKey, Ordinal, Rank};
pub use fold::{Applied, Effect, fold, listed_under, replay, replay_joined, replay_own, replay_with, stands};
pub use hash::Digest;
pub use id::{
    CustomerId, EdgeId, IssueId, ItemId, PingId, bare_event_id, command_event_id, directory_event_id,
    escalator_event_id, operator_event_id, pager_event_id, silence_event_id,
};
pub use issue::{Acknowledgement, Home, Issue, LastKey, Lifecycle, Reported, Settled, Standing};
pub use kin::{Kinship, tie};
pub use loss::{Loss, Losses};
pub use oncall::{
    Gap, Layer, OnCallError, OnDuty, Override, Rotation, RotationUnit, Schedule, Shift, ShiftWindow, Shifts,
    Source, Temporary, Who, next_change, on_call_at, people_on_call, shifts,
};
pub use operation::{Operation, OperationKind};
pub use owner::{Custody, Holding, Named, Offer, Owner, ShownOwner, Since};
pub use payload::{Assignment, Basis, Link, LinkKind, OfferTerms, Payload, Report, Retraction};
pub use person::{Person, Reference};
pub use policy::{
    ClockLimit, DEFAULT_POLICY, LeaseLimit, ParseLeaseLimitError, PingTarget, Plan, PolicyDocument,
    PolicyStep, Repeat,
};
pub use position::{ParsePositionError, Position};
pub use principal::{Principal, Role, Roles};
pub use quarantine::{Quarantined, Reason, Settlement, SettlementKind};
pub use refusal::{Refusal, RefusalCode};
pub use run::{
    Answer, Escalation, Fired, Given, HandOver, Lease, PersonalCycle, Ping, PingOutcome, PingReason,
    PingTerms, PolicyVersion, Queued, Recipient, RuleLeft, Run, RunPhase, Stepped, bundle,
};
pub use severity::Severity;
pub use silence::{Cadence, Contacts, LastContact, Purpose, SILENCE, Silence, SilenceMark, Talk, silence};
pub use text::cut;
pub use wall::{first_at, last_at};
pub use work::{
    Assist, AssistState, AssistTerms, Deferral, DeferralState, DeferralTerms, EndCause, Floors, ItemRef,
    Missed, Promise, PromiseOrigin, PromiseState, PromiseTerms, Restriction, Verdict, Waiting, Work,
    Workaround, WorkaroundTerms,
};

/// Raised whenever the same log would fold to another state, so that stores of an older fold are rebuilt.
/// The time-zone data are bundled with `jiff` and count as part of it.
pub const FOLD_VERSION: u32 = 7;
