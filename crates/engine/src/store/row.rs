//! Rows of the indexes: what they say, and ranges of them.

use domain::{CustomerId, Department, IssueId, LeafId, PingId, Position};

/// An entry of the list of the unacknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// An issue.
    Issue(IssueId),
    /// A quarantined message.
    Quarantined(Position),
}

/// A row of an index. The order of rows of one kind is the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// Every issue, worst first, then longest waiting (microseconds since 1970).
    Issue {
        /// [`domain::Severity::rank`].
        rank: u8,
        /// [`domain::Issue::since`].
        since: i64,
        /// Which.
        id: IssueId,
    },
    /// What awaits acknowledgement, worst first, then longest waiting.
    Unacknowledged {
        /// [`domain::Severity::rank`].
        rank: u8,
        /// [`domain::Issue::since`], or when a quarantined message was stored.
        since: i64,
        /// Which.
        entry: Entry,
    },
    /// Issues that may be this customer's: any of their events named the customer.
    OfCustomer {
        /// Whose.
        customer: LeafId,
        /// Which.
        id: IssueId,
    },
    /// Customers in the order of their tokens.
    Customer {
        /// The token, `_` for what names none.
        token: String,
        /// Whose.
        customer: LeafId,
    },
    /// Issues that are duplicates of this one.
    Duplicate {
        /// This one.
        of: IssueId,
        /// Which.
        id: IssueId,
    },
    /// Issues of which everything is retracted, or that are part of another one. They are none, but earlier they may have
    /// been.
    Gone {
        /// Which.
        id: IssueId,
    },
    /// Open issues that concern a department, worst first, then longest waiting.
    Concern {
        /// Which.
        department: Department,
        /// [`domain::Severity::rank`].
        rank: u8,
        /// [`domain::Issue::since`].
        since: i64,
        /// Which issue.
        id: IssueId,
    },
    /// Customers of one hashed id, whichever system gave it.
    SameId {
        /// [`domain::Leaf::encoded`].
        encoded: String,
        /// Whose.
        customer: CustomerId,
    },
    /// Conversations that may begin a customer's clock: the last one about each issue, the latest first, then that there is
    /// something about the leaf itself to begin it.
    Contact {
        /// Whose.
        customer: CustomerId,
        /// Its time in microseconds since 1970, negated; `i64::MAX` for the leaf itself.
        before: i64,
        /// About which issue; absent for the leaf itself.
        issue: Option<IssueId>,
    },
    /// Issues that wait for an instant: each once, at its earliest.
    Timer {
        /// In microseconds since 1970.
        at: i64,
        /// Which.
        id: IssueId,
    },
    /// Issues of which a ping is to be sent.
    Owed {
        /// Which.
        id: IssueId,
    },
    /// The issue that a ping is about, as long as its state keeps it.
    Ping {
        /// The ping.
        ping: PingId,
        /// Its issue.
        issue: IssueId,
    },
}

/// Rows of one kind, from `from` (inclusive) on while `within` holds their common beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowRange {
    /// [`Row::Issue`] of one rank, after `after`.
    Issues {
        /// [`domain::Severity::rank`].
        rank: u8,
        /// Exclusive.
        after: Option<(i64, IssueId)>,
    },
    /// [`Row::Unacknowledged`] of one rank, after `after`.
    Unacknowledged {
        /// [`domain::Severity::rank`].
        rank: u8,
        /// Exclusive.
        after: Option<(i64, Entry)>,
    },
    /// [`Row::OfCustomer`] of one customer, after `after`.
    OfCustomer {
        /// Whose.
        customer: LeafId,
        /// Exclusive.
        after: Option<IssueId>,
    },
    /// [`Row::Customer`], after `after`.
    Customers {
        /// Exclusive.
        after: Option<String>,
    },
    /// [`Row::Duplicate`] of one issue, after `after`.
    Duplicates {
        /// Of which.
        of: IssueId,
        /// Exclusive.
        after: Option<IssueId>,
    },
    /// [`Row::Gone`], after `after`.
    Gone {
        /// Exclusive.
        after: Option<IssueId>,
    },
    /// [`Row::Concern`] of one department, after `after`.
    Concerns {
        /// Which.
        department: Department,
        /// Rank, since and issue; exclusive.
        after: Option<(u8, i64, IssueId)>,
    },
    /// [`Row::SameId`] of one id.
    SameId {
        /// [`domain::Leaf::encoded`].
        encoded: String,
    },
    /// [`Row::Contact`] of one customer.
    ContactsOf {
        /// Whose.
        customer: CustomerId,
    },
    /// [`Row::Contact`] of every customer after `after`.
    Contacts {
        /// Exclusive, with all of their rows.
        after: Option<CustomerId>,
    },
    /// [`Row::Timer`] until an instant, the earliest first, after `after`.
    Timers {
        /// Exclusive.
        after: Option<(i64, IssueId)>,
        /// In microseconds since 1970; inclusive.
        until: i64,
    },
    /// [`Row::Owed`], after `after`.
    Owed {
        /// Exclusive.
        after: Option<IssueId>,
    },
    /// [`Row::Ping`] of one ping.
    Ping {
        /// Which.
        ping: PingId,
    },
}
