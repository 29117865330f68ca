//! Who asks: the principal behind a call, and what their roles let them do. How a call proves who it is, is for the API.

use crate::{Department, Person};

/// A caller (`design.md` 7): a department, a person of it unless a tool calls, and roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Which credential it came by, such as `token/crm-sales` or `jwt/<subject>`. Part of the ids of its commands' events,
    /// so that two principals never share one; no secret.
    pub name: String,
    /// For which department it speaks.
    pub department: Department,
    /// Who calls; absent for a tool.
    pub person: Option<Person>,
    /// What it may do.
    pub roles: Roles,
}

/// What a principal may do. Reading what is open to all departments takes no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// Publishes events as its own department.
    Publisher,
    /// Gives the commands of its own department.
    Responder,
    /// As a responder; decides on deferrals and assigns within its department and away from it.
    Head,
    /// Assigns any issue to anybody, and decides where departments bounce one.
    Arbiter,
    /// Asks what pings are owed, and records what became of them.
    Pager,
    /// Runs Davy: operations, the directory, merges of customers.
    Admin,
    /// Reads everything, restricted bodies too; commands nothing.
    Auditor,
}

impl Role {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Publisher,
        Self::Responder,
        Self::Head,
        Self::Arbiter,
        Self::Pager,
        Self::Admin,
        Self::Auditor,
    ];

    /// The word that users see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Responder => "responder",
            Self::Head => "head",
            Self::Arbiter => "arbiter",
            Self::Pager => "pager",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Every role: whoever calls while there is no authentication.
    pub fn all() -> Self {
        Role::ALL.into_iter().collect()
    }

    /// Whether it is in the set.
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// In the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |set, role| set | 1 << role as u8))
    }
}
