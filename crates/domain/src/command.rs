//! Commands: requests that may be refused, and the one function that decides them. Pure: the state, the directory, the
//! time and who asks come in; events to append, or a refusal, come out.
//!
//! Deliberately absent: what is a duplicate of an earlier request, and racing for the log, which are the engine's.

mod decide;
mod said;
mod terms;

pub use decide::decide;
pub use said::{Said, Words};
pub use terms::{
    ContactTerms, DeclineCode, HandOffTerms, Item, MissedTerms, NextAction, ReportTerms, ResolutionKind,
    SignalTerms, Told,
};

use jiff::{Timestamp, civil::Date};

use crate::{
    AsReported, Assignment, Basis, Department, Directory, Issue, IssueName, LinkKind, Payload, PingId,
    PingTerms, Position, Principal, PromiseOrigin, Reference, Severity, Stepped, Verdict,
};
use crate::{AssistTerms, Person};

/// What is asked for. The target is beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// ReportIssue.
    Report(ReportTerms),
    /// AcknowledgeIssue: the customer was told, by the caller, who owns the issue.
    Acknowledge {
        /// Such as `mail`.
        channel: Option<String>,
        /// Who was told.
        to: Option<String>,
        /// What was said.
        summary: Option<String>,
        /// When they hear of it again: becomes a promise.
        next_update_due: Option<Timestamp>,
    },
    /// AcceptIssue: the caller takes it.
    Accept,
    /// AssignIssue.
    Assign {
        /// To whom.
        to: Assignment,
        /// Why.
        reason: String,
    },
    /// DeclineIssue: the one named gives it back to the desk.
    Decline {
        /// Why.
        reason: String,
    },
    /// OfferHandOff.
    OfferHandOff(HandOffTerms),
    /// AcceptHandOff: the caller takes it.
    AcceptHandOff {
        /// What it is about and what comes next, in the receiver's words.
        read_back: String,
    },
    /// DeclineHandOff.
    DeclineHandOff {
        /// Why.
        code: DeclineCode,
        /// Which fields are missing, for [`DeclineCode::MissingInfo`].
        missing: Vec<String>,
        /// Who should be asked, for [`DeclineCode::WrongDepartment`].
        instead: Option<Department>,
        /// In words.
        reason: String,
    },
    /// WithdrawHandOff.
    WithdrawHandOff {
        /// Why.
        reason: String,
    },
    /// RequestAssist.
    RequestAssist {
        /// What, of whom, by when. The question is whole here.
        terms: AssistTerms,
    },
    /// AcceptAssist: the caller does it.
    AcceptAssist {
        /// Which.
        item: Item,
    },
    /// AnswerAssist.
    AnswerAssist {
        /// Which; none: help that nobody had asked for (F23).
        item: Option<Item>,
        /// The answer.
        answer: String,
    },
    /// DeclineAssist.
    DeclineAssist {
        /// Which.
        item: Item,
        /// Why.
        reason: String,
    },
    /// RequestDeferral.
    RequestDeferral {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
        /// What helps the customer until then.
        interim_measure: Option<String>,
        /// Who at the customer's was told, and when.
        told: Option<Told>,
    },
    /// DecideDeferral.
    DecideDeferral {
        /// Which.
        item: Item,
        /// Allowed or not.
        approve: bool,
        /// Why; needed to deny.
        reason: String,
    },
    /// CancelDeferral: asked for or in force.
    CancelDeferral {
        /// Which.
        item: Item,
        /// Why.
        reason: String,
    },
    /// MakePromise.
    MakePromise {
        /// What.
        what: String,
        /// To whom at the customer's.
        to: Option<String>,
        /// Who undertakes it; by default the caller.
        by: Option<Person>,
        /// By when; refused without.
        due: Option<Timestamp>,
        /// Out of what it came.
        origin: PromiseOrigin,
    },
    /// KeepPromise.
    KeepPromise {
        /// Which.
        item: Item,
        /// How one can tell.
        evidence: Option<String>,
    },
    /// RenegotiatePromise.
    RenegotiatePromise {
        /// Which.
        item: Item,
        /// By when instead.
        due: Option<Timestamp>,
        /// Whether the customer agreed.
        customer_agreed: bool,
    },
    /// ReportWorkaround; without an issue it reports one first.
    ReportWorkaround {
        /// The issue that it makes where none is named.
        report: Option<ReportTerms>,
        /// What was done.
        description: String,
        /// When.
        done_at: Option<Timestamp>,
        /// Whether it is to be replaced.
        temporary: bool,
        /// Whether the customer knows.
        customer_aware: bool,
        /// Who is to review it; by default the owner's department.
        reviewer: Option<Department>,
    },
    /// ReviewWorkaround.
    ReviewWorkaround {
        /// Which.
        item: Item,
        /// What the review says.
        verdict: Verdict,
        /// In words.
        note: Option<String>,
    },
    /// AddNote.
    AddNote {
        /// What.
        text: String,
        /// Not for the customer.
        internal: bool,
    },
    /// ChangeSeverity.
    ChangeSeverity {
        /// To what.
        to: Severity,
        /// Why; needed to lower it.
        reason: String,
    },
    /// RequestCustomerInput.
    RequestCustomerInput {
        /// What is asked.
        question: String,
        /// How it was sent.
        channel: Option<String>,
        /// When it was sent.
        sent_at: Option<Timestamp>,
        /// The message that asks.
        message_ref: Option<String>,
    },
    /// SendUpdate: the customer was told how it stands.
    SendUpdate {
        /// Such as `mail`.
        channel: Option<String>,
        /// What was said.
        summary: String,
        /// When they hear of it again: becomes a promise.
        next_update_due: Option<Timestamp>,
    },
    /// LogContact, of an issue or of a customer.
    LogContact(ContactTerms),
    /// ReportMissedContact; without an issue it is a report.
    ReportMissedContact(MissedTerms),
    /// ResolveIssue.
    Resolve {
        /// How.
        kind: ResolutionKind,
        /// What was done.
        summary: String,
        /// What it was.
        root_cause: Option<String>,
        /// Whether the customer was told; needed for [`ResolutionKind::WontFix`].
        customer_told: bool,
    },
    /// CloseIssue.
    Close {
        /// On whose word.
        basis: Basis,
        /// Who at the customer's said so, for [`Basis::Confirmed`].
        contact: Option<String>,
        /// How often they were asked, for [`Basis::Unanswered`]: at least twice.
        attempts: u32,
    },
    /// ReopenIssue.
    Reopen {
        /// Why.
        reason: String,
        /// The customer said so.
        by_customer: bool,
    },
    /// WithdrawIssue.
    Withdraw {
        /// Why.
        reason: String,
        /// The contact in which the customer said so.
        contact_ref: Option<String>,
    },
    /// ReinstateIssue.
    Reinstate {
        /// Why.
        reason: String,
    },
    /// LinkIssues, with [`Context::chain`].
    Link {
        /// What sort of link.
        kind: LinkKind,
        /// To which.
        other: IssueName,
        /// Why.
        note: Option<String>,
    },
    /// UnlinkIssues.
    Unlink {
        /// What sort of link.
        kind: LinkKind,
        /// To which.
        other: IssueName,
        /// Why.
        note: Option<String>,
    },
    /// CorrectCustomer.
    CorrectCustomer {
        /// Whose it is.
        to: AsReported,
        /// Why.
        reason: String,
    },
    /// AddReference: `issue.known_as`.
    AddReference {
        /// What another tool calls it.
        reference: Reference,
    },
    /// ObserveSignal, of a customer or about an issue.
    ObserveSignal(SignalTerms),
    /// AcknowledgePing.
    AnswerPing {
        /// Which.
        ping: PingId,
    },
    /// EscalateNow.
    EscalateNow {
        /// Whose run; by default that of the owner's department.
        department: Option<Department>,
        /// The run as the caller saw it.
        seen: Option<SeenRun>,
    },
    /// Snooze.
    Snooze {
        /// Whose run; by default that of the owner's department.
        department: Option<Department>,
        /// Until when.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// MigrateOpen, of one issue: its run goes by the present version of the department's policy.
    Migrate {
        /// Whose run.
        department: Department,
        /// Why.
        reason: String,
    },
    /// DispositionSignal.
    DispositionSignal {
        /// The event that observed it.
        signal: String,
        /// issue_opened, planned, noted or rejected.
        action: String,
        /// Why.
        reason: String,
        /// When the observer was told.
        told_observer_at: Option<Timestamp>,
    },
}

/// How far a run had got when somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenRun {
    /// Its cycle.
    pub cycle: u32,
    /// The step that fired last.
    pub step: u32,
    /// How often the steps had begun again.
    pub pass: u32,
}

/// What a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// An issue there is.
    Issue(&'a Issue),
    /// An issue that the command makes.
    NewIssue,
    /// A customer, and no issue.
    Customer,
}

/// What a command is decided on.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The time that the events will carry; never before an earlier command's of the same home.
    pub now: Timestamp,
    /// The directory,
    pub directory: &'a Directory,
    /// as of this position.
    pub at: Position,
    /// The nearest end of a contract of the customer's that is not renewed.
    pub renewal: Option<Date>,
    /// For links and AddReference: the other issue, and every issue that its chain of duplicates leads to, at most
    /// [`crate::limits::CHAIN`]. Empty: the other does not exist.
    pub chain: &'a [Issue],
}

/// What a command makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// At least one, in order, all about the target.
    pub drafts: Vec<Draft>,
    /// What the caller left out and was filled in.
    pub defaulted: Vec<Defaulted>,
}

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaulted {
    /// The request's field.
    pub field: &'static str,
    /// What was taken.
    pub value: String,
}

/// An event to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `entity.verb`.
    pub type_name: &'static str,
    /// What the fold will read of it.
    pub payload: Payload,
    /// What the timeline shows beside.
    pub words: Words,
}

impl Decision {
    /// To append this one too, after the others.
    fn and(mut self, draft: Draft) -> Self {
        self.drafts.push(draft);
        self
    }

    /// With a field that the caller left out.
    fn filled(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.defaulted.push(Defaulted { field, value: value.into() });
        self
    }
}

impl Draft {
    /// That says no more than the fold reads.
    pub const fn new(type_name: &'static str, payload: Payload) -> Self {
        Self { type_name, payload, words: Words::none() }
    }

    /// That says this beside.
    #[must_use]
    pub fn saying(mut self, words: Words) -> Self {
        self.words = words;
        self
    }

    /// The ping that it asks for, if it asks for one.
    pub fn requested(&self) -> Option<&PingTerms> {
        if let Payload::PingRequested(terms) = &self.payload { Some(terms) } else { None }
    }

    /// How far it takes a run, if it does.
    pub fn stepped(&self) -> Option<&Stepped> {
        if let Payload::RunStepped(stepped) = &self.payload { Some(stepped) } else { None }
    }
}

impl From<Draft> for Decision {
    fn from(draft: Draft) -> Self {
        Self { drafts: vec![draft], defaulted: Vec::new() }
    }
}
