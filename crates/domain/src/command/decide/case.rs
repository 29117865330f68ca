//! An issue that a command is about, and whose it is for the caller.

use crate::{Department, Holding, Issue, Person, Refusal, RefusalCode, ShownOwner};

use super::{
    super::{Context, Target},
    who,
};

/// The issue, who asks, and the owner as they see it.
pub(super) struct Case<'a> {
    pub(super) issue: &'a Issue,
    pub(super) context: &'a Context<'a>,
    /// A leaver's issue is at a desk here.
    pub(super) shown: ShownOwner,
}

impl<'a> Case<'a> {
    /// Of a command that only an issue can be the target of.
    pub(super) fn of(target: &Target<'a>, context: &'a Context<'a>) -> Result<Self, Refusal> {
        match target {
            Target::Issue(issue) => Ok(Self::new(issue, context)),
            Target::NewIssue | Target::Customer => Err(no_issue()),
        }
    }

    pub(super) fn new(issue: &'a Issue, context: &'a Context<'a>) -> Self {
        Self { issue, context, shown: issue.custody.owner.shown(context.directory, context.at) }
    }

    /// Who answers for it.
    pub(super) const fn department(&self) -> &Department {
        &self.shown.owner.department
    }

    /// Who took it, and is still there.
    pub(super) const fn holder(&self) -> Option<&Person> {
        match &self.shown.owner.holding {
            Holding::Desk | Holding::Provisional(_) => None,
            Holding::Accepted { person, .. } => Some(person),
        }
    }

    /// Whether the caller may act as the owner: the person who took it; anybody of the department while nobody did; its head;
    /// an arbiter.
    pub(super) fn is_owner(&self) -> bool {
        let context = self.context;
        let free = || self.holder().is_none_or(|holder| context.is_caller(holder));
        context.leads(self.department()) || context.speaks_for(self.department()) && free()
    }

    /// Only the owner can `deed`.
    pub(super) fn require_owner(&self, deed: &str) -> Result<(), Refusal> {
        if self.is_owner() {
            return Ok(());
        }
        let owner = self.owner();
        Err(Refusal::new(
            RefusalCode::NotOwner,
            format!("only its owner can {deed}, and that is {owner} since {}", who::at(self.since())),
            format!("ask {owner} to do it, or to hand the issue to you"),
        )
        .could(self.owner_side()))
    }

    /// Who may act as the owner, by name.
    pub(super) fn owner_side(&self) -> [String; 3] {
        let department = self.department();
        [self.owner(), self.context.head_of(department), self.context.arbiter_of(department)]
    }

    pub(super) fn owner(&self) -> String {
        who::owner(&self.shown.owner)
    }

    pub(super) const fn since(&self) -> jiff::Timestamp {
        self.shown.owner.since.at
    }
}

/// The command makes no sense without an issue.
pub(super) fn no_issue() -> Refusal {
    Refusal::new(RefusalCode::UnknownRef, "it names no issue", "name the issue that it is about")
        .about(["issue"])
}
