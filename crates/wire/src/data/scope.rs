//! What an event of a type is about, and which of them Davy alone says.

/// What an event of a type is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An issue, which it must name.
    Issue,
    /// A new issue; without a reference it gets one of its own.
    Report,
    /// An issue if it names one, else a customer.
    Customer,
    /// A document of the directory.
    Directory,
    /// A matter of the log's own. Davy's API publishes it, for an operator.
    Operation,
}

/// One of Davy's own origins (`contract.md` 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// What somebody does by Davy's API.
    Command,
    /// What follows from the time.
    Escalator,
    /// What becomes of pings.
    Pager,
}

impl Own {
    /// As it stands in a subject.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Escalator => "escalator",
            Self::Pager => "pager",
        }
    }
}
