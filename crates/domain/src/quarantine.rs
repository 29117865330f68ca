//! Messages that cannot be read or placed. They stay listed, and those that may be complaints stay unacknowledged.

use jiff::Timestamp;

use crate::{Department, Person, Position};

/// Why a message is quarantined (`contract.md` 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The body is not JSON, or not an object.
    Unreadable,
    /// The subject has another depth, or a malformed department or customer token.
    WrongSubject,
    /// The subject and the CloudEvents `type` disagree.
    TypeMismatch,
    /// A member has another type than the catalogue's, or a required one is missing.
    WrongTypes,
    /// The type needs an issue and the event names none.
    NoIssue,
    /// An event of the same source and id, with other content, came before.
    ConflictingDuplicate,
    /// Folding the event failed; a defect of Davy's.
    FoldPanic,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::WrongSubject,
        Self::TypeMismatch,
        Self::WrongTypes,
        Self::NoIssue,
        Self::ConflictingDuplicate,
        Self::FoldPanic,
    ];

    /// The code that users see.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::WrongSubject => "wrong_subject",
            Self::TypeMismatch => "type_mismatch",
            Self::WrongTypes => "wrong_types",
            Self::NoIssue => "no_issue",
            Self::ConflictingDuplicate => "conflicting_duplicate",
            Self::FoldPanic => "fold_panic",
        }
    }

    /// From its code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// A quarantined message. Its whole body stays in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it stands in the log.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// As published, cut at [`crate::limits::WORD_BYTES`].
    pub subject: String,
    /// The department token, where the subject has one.
    pub department: Option<String>,
    /// The customer token, where the subject has a well-formed one.
    pub customer: Option<String>,
    /// Why.
    pub reason: Reason,
    /// What exactly is wrong.
    pub detail: String,
    /// The first [`crate::limits::EXCERPT_CHARS`] characters of the body.
    pub excerpt: String,
    /// How somebody dealt with it; absent while nobody did.
    pub settled: Option<Settlement>,
}

/// How somebody dealt with a quarantined message. It stands in no list of open work any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What was done.
    pub kind: SettlementKind,
    /// Of the event that did it; the first one in the log counts.
    pub position: Position,
    /// When the log stored that event.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// In whose name it was done.
    pub department: Department,
    /// Who did it, where the event says it.
    pub person: Option<Person>,
}

/// What was done with a quarantined message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettlementKind {
    /// It was read after all, as it stands or corrected.
    Redriven,
    /// It was judged to be of no use.
    Skipped,
}

impl Quarantined {
    /// Whether nobody dealt with it by a position and, where one is given, an instant; both inclusive.
    pub fn is_open(&self, at: Position, by: Option<Timestamp>) -> bool {
        let done = |settled: &Settlement| settled.position <= at && by.is_none_or(|by| settled.at <= by);
        !self.settled.as_ref().is_some_and(done)
    }

    /// Whether the message may be a complaint, and so stands among the unacknowledged (`contract.md` 1).
    pub fn may_be_a_complaint(&self) -> bool {
        self.reason == Reason::Unreadable || {
            let tokens: Vec<_> = self.subject.split('.').collect();
            tokens.windows(2).any(|pair| matches!(pair, ["issue", "reported"] | ["contact", "missed"]))
        }
    }
}
