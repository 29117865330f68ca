//! Why a command made no event: the rule, who could, and what to do next (`design.md` 1).

use std::fmt;

/// A refusal. Not a fault: the command was understood, and may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub code: RefusalCode,
    /// What is so, with names and dates: one sentence without a full stop.
    pub why: String,
    /// Who could do it, where somebody can: such as `support/zendesk:mia`, `head of engineering (ada)`.
    pub who_could: Vec<String>,
    /// What to do next: one sentence, imperative.
    pub next: String,
    /// The fields that are missing or wrong, where it is fields.
    pub fields: Vec<String>,
}

impl Refusal {
    /// With a reason and what to do next.
    pub fn new(code: RefusalCode, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code, why: why.into(), who_could: Vec::new(), next: next.into(), fields: Vec::new() }
    }

    /// Could be done by these, each named once.
    #[must_use]
    pub fn could(mut self, who: impl IntoIterator<Item = String>) -> Self {
        for name in who {
            if !self.who_could.contains(&name) {
                self.who_could.push(name);
            }
        }
        self
    }

    /// Because of these fields, or of what these ids name.
    #[must_use]
    pub fn about<T: fmt::Display>(mut self, fields: impl IntoIterator<Item = T>) -> Self {
        self.fields.extend(fields.into_iter().map(|field| field.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.code.code(), self.why, self.next)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// Which rule a command breaks (`domain.md` 4.4 and 5).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode {
            $($(#[$doc])* $name,)+
        }

        impl RefusalCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// What callers see.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

codes! {
    /// It is so already.
    Already = "E_ALREADY",
    /// Who asks for a deferral does not approve it.
    ApproverSelf = "E_APPROVER_SELF",
    /// An assist that blocks is not answered.
    AssistOpen = "E_ASSIST_OPEN",
    /// The lifecycle has no such step from where the issue stands.
    BadTransition = "E_BAD_TRANSITION",
    /// The id says nothing about who it is.
    BlockedValue = "E_BLOCKED_VALUE",
    /// It was declined too often: an arbiter has to assign it.
    Bounced = "E_BOUNCED",
    /// Another customer's issue.
    CrossCustomer = "E_CROSS_CUSTOMER",
    /// Deferred for too long altogether.
    Cumulative = "E_CUMULATIVE",
    /// A chain that leads back to where it began.
    Cycle = "E_CYCLE",
    /// The department is closed.
    InactiveDepartment = "E_INACTIVE_DEPT",
    /// The person left or is on leave.
    InactivePerson = "E_INACTIVE_PERSON",
    /// There are too many already.
    Limit = "E_LIMIT",
    /// What the receiving department asks for is missing.
    MissingHandOffFields = "E_MISSING_HANDOFF_FIELDS",
    /// No due date.
    NoDue = "E_NO_DUE",
    /// The customer's word, or the attempts to get it, are missing.
    NoProof = "E_NO_PROOF",
    /// What the hand-off is about was not said back.
    NoReadBack = "E_NO_READBACK",
    /// No reason.
    NoReason = "E_NO_REASON",
    /// Nobody acknowledged it.
    NotAcknowledged = "E_NOT_ACKED",
    /// It was asked of another department.
    NotAsked = "E_NOT_ASKED",
    /// Only a human does this.
    NotHuman = "E_NOT_HUMAN",
    /// It was not offered to who wants it.
    NotOffered = "E_NOT_OFFERED",
    /// Somebody else owns it.
    NotOwner = "E_NOT_OWNER",
    /// It is offered already.
    OfferOpen = "E_OFFER_OPEN",
    /// The due date is past.
    PastDue = "E_PAST_DUE",
    /// The customer was not asked.
    PauseUnproven = "E_PAUSE_UNPROVEN",
    /// A value outside of what it can be.
    Range = "E_RANGE",
    /// An issue of severity 1 is not deferred.
    SeverityOne = "E_S1",
    /// A link of something with itself.
    SelfLink = "E_SELF_LINK",
    /// It changed since it was looked at.
    Stale = "E_STALE",
    /// Somebody was faster.
    Taken = "E_TAKEN",
    /// The role does not suffice.
    Unauthorized = "E_UNAUTH",
    /// The department is not known.
    UnknownDepartment = "E_UNKNOWN_DEPT",
    /// What it answers is not there, or not open.
    UnknownRef = "E_UNKNOWN_REF",
    /// A workaround nobody reviewed.
    UnreviewedFix = "E_UNREVIEWED_FIX",
    /// The day is past.
    UntilPast = "E_UNTIL_PAST",
    /// The day is further than the severity allows.
    UntilTooFar = "E_UNTIL_TOO_FAR",
    /// Closed too long ago.
    Window = "E_WINDOW",
}
