//! Who answers for an issue: exactly one, from the first event on (`contract.md` 4).

use jiff::Timestamp;

use crate::{Department, Directory, Identity, ItemId, Person, Position};

/// The one accountable department, team or person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The department that answers for it.
    pub department: Department,
    /// Who in it.
    pub holding: Holding,
    /// Since when, and by which event.
    pub since: Since,
}

/// Who in a department holds an issue, and how firmly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// Nobody is named.
    Desk,
    /// Somebody is named and has not taken it yet.
    Provisional(Named),
    /// A person took it.
    Accepted {
        /// The team they took it in.
        team: Option<String>,
        /// Who.
        person: Person,
    },
}

/// A team, a person, or a person of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A team, and nobody of it yet.
    Team(String),
    /// A person.
    Person {
        /// Their team, where one is named.
        team: Option<String>,
        /// Who.
        person: Person,
    },
}

/// When something became so, and by which event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The event's time.
    pub at: Timestamp,
    /// The event.
    pub by: Identity,
}

impl Holding {
    /// A desk, or the one named.
    pub fn named(team: Option<String>, person: Option<Person>) -> Self {
        match (team, person) {
            (None, None) => Self::Desk,
            (Some(team), None) => Self::Provisional(Named::Team(team)),
            (team, Some(person)) => Self::Provisional(Named::Person { team, person }),
        }
    }

    /// The team, where one is named.
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::Desk => None,
            Self::Provisional(Named::Team(team)) => Some(team),
            Self::Provisional(Named::Person { team, .. }) | Self::Accepted { team, .. } => team.as_deref(),
        }
    }

    /// The person, where one is named.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Desk | Self::Provisional(Named::Team(_)) => None,
            Self::Provisional(Named::Person { person, .. }) | Self::Accepted { person, .. } => Some(person),
        }
    }

    const fn is_accepted(&self) -> bool {
        match self {
            Self::Desk | Self::Provisional(_) => false,
            Self::Accepted { .. } => true,
        }
    }
}

/// An open offer; the owner stays accountable until it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// To answer it by.
    pub id: ItemId,
    /// To which department.
    pub department: Department,
    /// To which of its teams.
    pub team: Option<String>,
    /// To whom.
    pub person: Option<Person>,
    /// What the department asks for and the offer lacks.
    pub missing: Vec<String>,
    /// Since when, and by which event.
    pub since: Since,
}

/// The owner and how the issue came to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custody {
    /// Who answers for it.
    pub owner: Owner,
    /// To whom it is offered.
    pub offer: Option<Offer>,
    /// Whether anybody was ever named; the counts begin after that.
    pub named: bool,
    /// The team last named in each department that had one.
    pub last_teams: Vec<(Department, String)>,
    /// Every department and team that had it before the present one, in order, each once.
    pub earlier: Vec<(Department, Option<String>)>,
    /// Changes of department, team or person after the first naming.
    pub owner_changes: u32,
    /// Changes of department or team after the first naming.
    pub hand_offs: u32,
    /// Whether a hand-off led back to a department and team that had it before.
    pub returned: bool,
    /// Offers that were declined or timed out since the last hand-off that was accepted or assigned (`domain.md` 4.7).
    pub bounces: u32,
}

impl Custody {
    /// At the desk of the department that heard it.
    pub const fn at_desk(department: Department, since: Since) -> Self {
        Self {
            owner: Owner { department, holding: Holding::Desk, since },
            offer: None,
            named: false,
            last_teams: Vec::new(),
            earlier: Vec::new(),
            owner_changes: 0,
            hand_offs: 0,
            returned: false,
            bounces: 0,
        }
    }

    /// Gives the issue to another owner and counts the change. To be given to whom it belongs already changes nothing.
    pub fn give(&mut self, department: Department, holding: Holding, since: Since) {
        let moved = self.owner.department != department;
        let same_team = self.owner.holding.team() == holding.team();
        let same_person = match (self.owner.holding.person(), holding.person()) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let same = !moved && same_team && same_person;
        if same && self.owner.holding.is_accepted() == holding.is_accepted() {
            return;
        }
        let names_other_team = self.note_team(&department, holding.team());
        if self.named && !same {
            self.owner_changes = self.owner_changes.saturating_add(1);
            if moved || names_other_team {
                self.hand_offs = self.hand_offs.saturating_add(1);
                self.returned |= self.had(&department, holding.team());
            }
        }
        self.remember_present();
        self.named |= holding != Holding::Desk;
        if moved {
            self.offer = None;
        }
        self.owner = Owner { department, holding, since };
    }

    /// Notes the team as the last one named in its department; whether another was named there before.
    fn note_team(&mut self, department: &Department, team: Option<&str>) -> bool {
        let Some(team) = team else { return false };
        match self.last_teams.iter_mut().find(|(known, _)| known == department) {
            Some((_, last)) if last == team => false,
            Some((_, last)) => {
                team.clone_into(last);
                true
            }
            None => {
                self.last_teams.push((department.clone(), team.to_owned()));
                false
            }
        }
    }

    fn had(&self, department: &Department, team: Option<&str>) -> bool {
        self.earlier.iter().any(|(known, known_team)| known == department && known_team.as_deref() == team)
    }

    fn remember_present(&mut self) {
        let Owner { department, holding, since: _ } = &self.owner;
        if !self.had(department, holding.team()) {
            self.earlier.push((department.clone(), holding.team().map(ToOwned::to_owned)));
        }
    }
}

/// The owner as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownOwner {
    /// Who answers for the issue.
    pub owner: Owner,
    /// Who is named in the log, where they or their department are gone.
    pub was: Option<Owner>,
    /// The department is closed and names no successor.
    pub closed: bool,
}

impl Owner {
    /// The owner as the directory of the reader's position lets it stand: a person who left, or a department that
    /// closed, is shown as a desk (`contract.md` 4, last row).
    pub fn shown(&self, directory: &Directory, at: Position) -> ShownOwner {
        let department = directory.successor(&self.department, at);
        let person_gone = self.holding.person().is_some_and(|person| !directory.is_active(person, at));
        let moved = department.as_ref().is_none_or(|successor| *successor != self.department);
        if !moved && !person_gone {
            return ShownOwner { owner: self.clone(), was: None, closed: false };
        }
        let closed = department.is_none();
        let desk = Self {
            department: department.unwrap_or_else(|| self.department.clone()),
            holding: Holding::Desk,
            since: self.since.clone(),
        };
        ShownOwner { owner: desk, was: Some(self.clone()), closed }
    }
}
