//! The clock of a customer: how long nobody has spoken with them (`domain.md` 4.6 to 4.8, F18, F36).
//!
//! It begins with the last conversation between people that was not about selling, and again with the next one. It never
//! rests, and nothing automatic breaks it. Of each leaf is kept what it begins by ([`Contacts`], beside the [`LastContact`] of
//! every issue); the clock of a customer is worked out from all of their leaves when somebody asks ([`silence`]), so that a
//! merge and its end leave nothing behind. Deliberately absent: where these are kept, and who is told.

use jiff::{SignedDuration, Timestamp};

use crate::{
    ActorKind, Department, Event, Mark, Payload,
    identity::{CustomerFact, Moment, Profile},
    limits::{HISTORY_DAYS, SILENCE_MARKS, WARN_PERCENT},
};

/// The name of the clock, as it stands in messages.
pub const SILENCE: &str = "silence";

/// What `contact.logged` says of a contact, as far as the clock asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Both sides spoke.
    pub two_way: bool,
    /// A machine wrote.
    pub auto: bool,
    /// What it was for.
    pub purpose: Purpose,
}

/// What a contact was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Nobody said, or in no word of Davy's.
    Unsaid,
    /// To help.
    Service,
    /// To know each other.
    Relationship,
    /// Work on a project.
    Project,
    /// To have a contract go on.
    Renewal,
    /// To sell more.
    Upsell,
    /// To be paid.
    Collections,
    /// To ask how it was.
    Survey,
    /// To advertise.
    Marketing,
}

impl Purpose {
    /// Those that have a word.
    pub const ALL: [Self; 8] = [
        Self::Service,
        Self::Relationship,
        Self::Project,
        Self::Renewal,
        Self::Upsell,
        Self::Collections,
        Self::Survey,
        Self::Marketing,
    ];

    /// The word in events; absent where nobody said it.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Unsaid => None,
            Self::Service => Some("service"),
            Self::Relationship => Some("relationship"),
            Self::Project => Some("project"),
            Self::Renewal => Some("renewal"),
            Self::Upsell => Some("upsell"),
            Self::Collections => Some("collections"),
            Self::Survey => Some("survey"),
            Self::Marketing => Some("marketing"),
        }
    }

    /// From the word in events, in whatever case it is written.
    pub fn parse(word: &str) -> Self {
        let same =
            |purpose: &Self| purpose.word().is_some_and(|known| known.eq_ignore_ascii_case(word.trim()));
        Self::ALL.into_iter().find(same).unwrap_or(Self::Unsaid)
    }

    /// Whether it is about what Davy's side wants.
    pub const fn is_commercial(self) -> bool {
        match self {
            Self::Renewal | Self::Upsell | Self::Collections | Self::Survey | Self::Marketing => true,
            Self::Unsaid | Self::Service | Self::Relationship | Self::Project => false,
        }
    }
}

/// The contact that a clock begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastContact {
    /// Where it stands among others.
    pub moment: Moment,
    /// When Davy heard of it.
    pub known_at: Timestamp,
    /// It was brought in as history.
    pub backfill: bool,
    /// Who said so.
    pub department: Department,
}

impl LastContact {
    /// What an event says, if it is a contact that ends a silence.
    pub fn of(event: &Event) -> Option<Self> {
        let Payload::ContactLogged(Talk { two_way, auto, purpose }) = event.payload else { return None };
        let human = !auto && event.actor.kind == ActorKind::Human;
        (two_way && human && !purpose.is_commercial()).then(|| Self::heard(event))
    }

    fn heard(event: &Event) -> Self {
        Self {
            moment: Moment::of(event),
            known_at: event.stored_at,
            backfill: event.backfill,
            department: event.origin.department().clone(),
        }
    }

    /// The later of what is known and this.
    pub(crate) fn keep_later(known: &mut Option<Self>, other: Self) {
        if known.as_ref().is_none_or(|known| known.moment < other.moment) {
            *known = Some(other);
        }
    }

    fn is_history(&self) -> bool {
        let age = self.known_at.duration_since(self.moment.time);
        self.backfill || age > SignedDuration::from_hours(HISTORY_DAYS * 24)
    }
}

/// What a leaf's own events say, those that name no issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// The last conversation.
    pub last: Option<LastContact>,
    /// The first word of somebody who looks after the customer: a contact of any sort, a profile, a contract. Silence counts
    /// from here where nobody ever spoke with them.
    pub first: Option<LastContact>,
    /// What was announced, at most [`SILENCE_MARKS`], of the latest clocks.
    pub marks: Vec<SilenceMark>,
}

/// That a customer's clock runs out, or ran out, was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SilenceMark {
    /// Which clock: the one that began then.
    pub since: Timestamp,
    /// What was said.
    pub mark: Mark,
    /// The deadline that it had.
    pub deadline: Timestamp,
    /// When it was said.
    pub at: Timestamp,
}

impl Contacts {
    /// Whether a clock begins by it.
    pub const fn begins(&self) -> bool {
        self.last.is_some() || self.first.is_some()
    }

    /// Takes in an event; whether it is one that says anything here.
    pub fn hear(&mut self, event: &Event) -> bool {
        if let Payload::SilenceMarked { since, mark, deadline } = event.payload {
            return self.announce(SilenceMark { since, mark, deadline, at: event.time }, event);
        }
        if !is_care(&event.payload) {
            return false;
        }
        let heard = LastContact::heard(event);
        if self.first.as_ref().is_none_or(|first| heard.moment < first.moment) {
            self.first = Some(heard);
        }
        LastContact::of(event).into_iter().for_each(|last| LastContact::keep_later(&mut self.last, last));
        true
    }

    /// Only by Davy's escalator, and each mark of a clock once.
    fn announce(&mut self, said: SilenceMark, event: &Event) -> bool {
        let same = |known: &SilenceMark| known.since == said.since && known.mark == said.mark;
        if !event.origin.is_own() || self.marks.iter().any(same) {
            return false;
        }
        let place = self.marks.partition_point(|known| *known < said);
        self.marks.insert(place, said);
        if self.marks.len() > SILENCE_MARKS {
            self.marks.remove(0);
        }
        true
    }
}

/// Whether somebody who looks after the customer says so.
const fn is_care(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::ContactLogged(_)
            | Payload::Customer(CustomerFact::ProfileSet(_) | CustomerFact::ContractUpserted(_))
    )
}

/// The clock of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// What it began with.
    pub began: LastContact,
    /// That was a conversation; false: nobody ever spoke with them.
    pub spoken: bool,
    /// After so many days they are to hear from somebody.
    pub cadence_days: u16,
    /// Why so many.
    pub cadence: Cadence,
    /// Three quarters of that are over then.
    pub warn_at: Timestamp,
    /// It is over then.
    pub deadline: Timestamp,
    /// That it runs out soon was said.
    pub warned: Option<SilenceMark>,
    /// That it ran out was said.
    pub breached: Option<SilenceMark>,
    /// It began with history, or was over when Davy heard of it: it is listed, and nothing is announced.
    pub silent: bool,
}

/// Why a customer is to hear from somebody so often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Their profile says how often.
    Profile,
    /// By their tier.
    Tier(String),
    /// Nothing is known of them that tells.
    Standard,
}

/// Days by tier, in the words for the first, the second and the third one (`domain.md` 4.8: 30, 60, 90).
const BY_TIER: [(u16, [&str; 3]); 3] =
    [(30, ["1", "a", "gold"]), (60, ["2", "b", "silver"]), (90, ["3", "c", "bronze"])];
/// Where nothing tells.
const STANDARD_DAYS: u16 = 90;

/// How often a customer of this profile is to hear from somebody.
fn cadence(profile: &Profile) -> (u16, Cadence) {
    if let Some(days) = &profile.cadence_days {
        return (days.value, Cadence::Profile);
    }
    let tier = profile.tier.as_ref().map(|kept| kept.value.trim());
    let known = tier.and_then(|tier| {
        let named = |(_, words): &&(u16, [&str; 3])| words.iter().any(|word| word.eq_ignore_ascii_case(tier));
        let (days, _) = BY_TIER.iter().find(named)?;
        Some((*days, Cadence::Tier(tier.to_owned())))
    });
    known.unwrap_or((STANDARD_DAYS, Cadence::Standard))
}

/// The clock of a customer with these leaves: of each what its own events say, and the last conversation about any of its
/// issues. `profile` is that of the leaf by which they go. None where nobody looks after them.
pub fn silence<'a>(
    leaves: impl IntoIterator<Item = (&'a Contacts, Option<&'a LastContact>)>,
    profile: &Profile,
) -> Option<Silence> {
    let (mut last, mut first) = (None::<&LastContact>, None::<&LastContact>);
    let mut marks: Vec<SilenceMark> = Vec::new();
    for (contacts, of_issues) in leaves {
        last = last.into_iter().chain(&contacts.last).chain(of_issues).max_by_key(|contact| &contact.moment);
        first = first.into_iter().chain(&contacts.first).min_by_key(|contact| &contact.moment);
        marks.extend(&contacts.marks);
    }
    let began = last.or(first)?.clone();
    let (cadence_days, cadence) = cadence(profile);
    let since = began.moment.time;
    let after = |percent: u32| {
        let hours = i64::from(cadence_days) * 24 * i64::from(percent) / 100;
        since.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
    };
    let (warn_at, deadline) = (after(WARN_PERCENT), after(100));
    let said = |mark: Mark| marks.iter().find(|said| said.since == since && said.mark == mark).copied();
    let silent = began.is_history() || deadline <= began.known_at;
    Some(Silence {
        spoken: last.is_some(),
        cadence_days,
        cadence,
        warn_at,
        deadline,
        warned: said(Mark::Warned),
        breached: said(Mark::Breached),
        silent,
        began,
    })
}

impl Silence {
    /// Since when nobody has spoken with them.
    pub const fn since(&self) -> Timestamp {
        self.began.moment.time
    }

    /// What is to be announced by now: each once, and no warning once it is over.
    pub fn due(&self, now: Timestamp) -> Option<Mark> {
        if self.silent || self.breached.is_some() {
            None
        } else if self.deadline <= now {
            Some(Mark::Breached)
        } else {
            (self.warn_at <= now && self.warned.is_none()).then_some(Mark::Warned)
        }
    }
}
