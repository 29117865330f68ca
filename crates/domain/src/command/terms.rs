//! What the longer commands say. Texts are whole here; the fold cuts what it keeps.

use jiff::Timestamp;

use crate::{AsReported, Department, Person, Reference, Restriction, Severity};

/// Which assist, deferral, promise or workaround is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// By its id.
    Id(crate::ItemId),
    /// The only one that can be meant; refused where there are several.
    Only,
}

/// A complaint. Three fields suffice: whose, what, who heard it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTerms {
    /// Whose; absent: not known.
    pub customer: Option<AsReported>,
    /// What a tool calls it; absent: it gets a reference of its own.
    pub reference: Option<Reference>,
    /// In the customer's words. The first line is the title.
    pub text: String,
    /// Assessed harm.
    pub severity: Severity,
    /// How bad the customer says it is.
    pub customer_severity: Option<String>,
    /// Who heard it; by default the caller.
    pub heard_by: Option<Person>,
    /// Such as `phone`.
    pub channel: Option<String>,
    /// What the customer wants (ISO 10002).
    pub remedy_sought: Option<String>,
    /// Somebody may be hurt.
    pub safety: bool,
    /// Who may read it.
    pub restricted: Option<Restriction>,
}

/// An offer to hand an issue off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOffTerms {
    /// To which department.
    pub department: Department,
    /// To which of its teams.
    pub team: Option<String>,
    /// To which of its people.
    pub person: Option<Person>,
    /// What it is about.
    pub summary: String,
    /// What was done.
    pub done_so_far: String,
    /// What comes next.
    pub next_actions: Vec<NextAction>,
    /// What the customer was promised.
    pub promises: Vec<String>,
    /// What may go wrong.
    pub risks: String,
    /// The fields of the department's template, by name.
    pub fields: Vec<(String, String)>,
}

/// Something to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAction {
    /// What.
    pub what: String,
    /// By when.
    pub due: Option<Timestamp>,
}

/// Why a hand-off is declined (`domain.md` 4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclineCode {
    /// It is another department's matter, which is named.
    WrongDepartment,
    /// Something is missing, which is named.
    MissingInfo,
    /// Nobody has time.
    NoCapacity,
    /// It is no issue.
    NotIssue,
}

impl DeclineCode {
    /// As events say it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::WrongDepartment => "wrong_dept",
            Self::MissingInfo => "missing_info",
            Self::NoCapacity => "no_capacity",
            Self::NotIssue => "not_issue",
        }
    }
}

/// How an issue was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResolutionKind {
    /// The fault is gone.
    Fixed,
    /// There is a way around.
    Workaround,
    /// No fault was found.
    NoFaultFound,
    /// It will not be fixed: a head decides that, and the customer is told.
    WontFix,
    /// The customer did not answer, asked three times.
    NoResponse,
    /// A kindness without a fault.
    Goodwill,
}

impl ResolutionKind {
    /// As events say it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Workaround => "workaround",
            Self::NoFaultFound => "no_fault_found",
            Self::WontFix => "wont_fix",
            Self::NoResponse => "no_response",
            Self::Goodwill => "goodwill",
        }
    }
}

/// Who at the customer's was told, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub contact: String,
    /// When; by default now.
    pub at: Option<Timestamp>,
}

/// Somebody spoke or wrote with the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactTerms {
    /// Whose, where no issue is named.
    pub customer: Option<AsReported>,
    /// inbound or outbound.
    pub direction: String,
    /// Such as `phone`.
    pub channel: String,
    /// Whether both sides spoke.
    pub two_way: bool,
    /// service, relationship, project, renewal, upsell, collections, survey or marketing.
    pub purpose: String,
    /// With whom.
    pub contact: Option<String>,
    /// What was said.
    pub summary: Option<String>,
}

/// Nobody answered the customer (F07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedTerms {
    /// Whose, where no issue is named.
    pub customer: Option<AsReported>,
    /// call, voicemail, mail or chat.
    pub channel: String,
    /// Whose mailbox.
    pub mailbox: Option<String>,
    /// What was said.
    pub transcript: Option<String>,
    /// When they are to be called back: becomes a promise.
    pub callback_due: Option<Timestamp>,
}

/// Something was noticed that may matter (F31).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalTerms {
    /// Whose.
    pub customer: Option<AsReported>,
    /// -1, 0 or 1.
    pub polarity: i64,
    /// What about.
    pub theme: String,
    /// What was noticed.
    pub summary: String,
    /// Such as `high`.
    pub urgency: Option<String>,
}
