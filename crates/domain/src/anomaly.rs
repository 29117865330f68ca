//! Why a fact was recorded but not applied, or applied with a doubt.

/// One doubt about one event. The order is that of their codes in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Anomaly {
    /// The time is unreadable or more than 5 minutes ahead; the stored time is used.
    ClockSkew,
    /// An e-mail address, a phone number or an over-long id stood in the subject; it is read as its hashed form.
    PersonalId,
    /// The customer in the payload, or of the issue, is another than the subject's.
    CustomerMismatch,
    /// The department in the payload is another than the subject's, which is the one that counts.
    DepartmentMismatch,
    /// The issue was reported before; this report is a detail.
    ReportedAgain,
    /// An acknowledgement earlier than the report; it counts as at the report's time.
    BeforeReport,
    /// An acknowledgement by a bot or a system, which does not count.
    NotHuman,
    /// An answer without an open offer to its department.
    NoOpenOffer,
    /// A lifecycle fact from a department that is neither the system of record nor the owner.
    NotSystemOfRecord,
    /// The lifecycle has no such step from where the issue stood.
    BadTransition,
    /// Reopened more than 30 days after it was resolved or closed.
    ReopenedLate,
    /// The type is not in this Davy's catalogue; the event is kept unfolded.
    UnknownType,
    /// The version of the type is newer than this Davy's; the event is kept unfolded.
    UnknownVersion,
    /// A retraction of another department's event.
    NotOwnEvent,
    /// A retraction of an event that is not there, or of another retraction.
    NothingToRetract,
    /// A command's event that a late fact overtook: where it sorts, it does not fit any more.
    Overtaken,
    /// It answers an assist, a deferral, a promise or a workaround that is not there, or not open.
    UnknownRef,
    /// A hand-off that lacks what the department it is offered to asks for.
    Incomplete,
    /// A hand-off was taken without saying back what it is about, where that is asked for.
    NoReadBack,
    /// A deferral until an instant that is past.
    UntilPast,
    /// A deferral for longer than the severity allows.
    UntilTooFar,
    /// A deferral approved by who asked for it.
    ApproverSelf,
    /// A deferral of an issue of severity 1, or of one that nobody acknowledged.
    NotDeferrable,
    /// A wait for the customer without proof that they were asked.
    PauseUnproven,
    /// Somebody or some department is named that the directory says is gone.
    Inactive,
    /// The issue holds as many of these as it can; the event stands in the timeline alone.
    TooMany,
    /// A link or merge of something with itself.
    SelfLink,
    /// It was so before.
    Already,
    /// An id that says nothing about who it is, such as a shared mailbox.
    BlockedValue,
    /// A value outside of what it can be, such as an end before the beginning.
    OutOfRange,
}

impl Anomaly {
    /// All of them, in order.
    pub const ALL: [Self; 30] = [
        Self::ClockSkew,
        Self::PersonalId,
        Self::CustomerMismatch,
        Self::DepartmentMismatch,
        Self::ReportedAgain,
        Self::BeforeReport,
        Self::NotHuman,
        Self::NoOpenOffer,
        Self::NotSystemOfRecord,
        Self::BadTransition,
        Self::ReopenedLate,
        Self::UnknownType,
        Self::UnknownVersion,
        Self::NotOwnEvent,
        Self::NothingToRetract,
        Self::Overtaken,
        Self::UnknownRef,
        Self::Incomplete,
        Self::NoReadBack,
        Self::UntilPast,
        Self::UntilTooFar,
        Self::ApproverSelf,
        Self::NotDeferrable,
        Self::PauseUnproven,
        Self::Inactive,
        Self::TooMany,
        Self::SelfLink,
        Self::Already,
        Self::BlockedValue,
        Self::OutOfRange,
    ];

    /// The code that users see.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClockSkew => "clock_skew",
            Self::PersonalId => "personal_id",
            Self::CustomerMismatch => "customer_mismatch",
            Self::DepartmentMismatch => "department_mismatch",
            Self::ReportedAgain => "reported_again",
            Self::BeforeReport => "before_report",
            Self::NotHuman => "not_human",
            Self::NoOpenOffer => "no_open_offer",
            Self::NotSystemOfRecord => "not_system_of_record",
            Self::BadTransition => "bad_transition",
            Self::ReopenedLate => "reopened_late",
            Self::UnknownType => "unknown_type",
            Self::UnknownVersion => "unknown_version",
            Self::NotOwnEvent => "not_own_event",
            Self::NothingToRetract => "nothing_to_retract",
            Self::Overtaken => "overtaken",
            Self::UnknownRef => "unknown_ref",
            Self::Incomplete => "incomplete",
            Self::NoReadBack => "no_read_back",
            Self::UntilPast => "until_past",
            Self::UntilTooFar => "until_too_far",
            Self::ApproverSelf => "approver_self",
            Self::NotDeferrable => "not_deferrable",
            Self::PauseUnproven => "pause_unproven",
            Self::Inactive => "inactive",
            Self::TooMany => "too_many",
            Self::SelfLink => "self_link",
            Self::Already => "already",
            Self::BlockedValue => "blocked_value",
            Self::OutOfRange => "out_of_range",
        }
    }
}

/// A set of anomalies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Anomalies(u64);

impl Anomalies {
    /// Adds one.
    pub const fn insert(&mut self, anomaly: Anomaly) {
        self.0 |= 1 << anomaly as u8;
    }

    /// Adds all of another set.
    pub const fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it is in the set.
    pub const fn contains(self, anomaly: Anomaly) -> bool {
        self.0 & (1 << anomaly as u8) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of [`Anomaly::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Anomaly> {
        Anomaly::ALL.into_iter().filter(move |anomaly| self.contains(*anomaly))
    }

    /// As bits, for records; bit n is the nth of [`Anomaly::ALL`].
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// From a record.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl FromIterator<Anomaly> for Anomalies {
    fn from_iter<I: IntoIterator<Item = Anomaly>>(anomalies: I) -> Self {
        let mut set = Self::default();
        anomalies.into_iter().for_each(|anomaly| set.insert(anomaly));
        set
    }
}
