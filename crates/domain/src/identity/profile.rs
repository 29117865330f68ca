//! What is known of a customer beside their issues: `customer.profile_set` and `contract.upserted`. What an event leaves out
//! stays as it was; of what several say, the newest counts, in whatever order they arrive.

use jiff::civil::Date;

use super::{CustomerFact, Moment};
use crate::{Contacts, Event, Payload, Person, limits};

/// What a customer's events say about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What they are called.
    pub name: Option<Kept<String>>,
    /// How much they matter to the company, in its own word.
    pub tier: Option<Kept<String>>,
    /// Who looks after them.
    pub account_owner: Option<Kept<Person>>,
    /// They are to hear from somebody every so many days.
    pub cadence_days: Option<Kept<u16>>,
    /// Their time zone, such as `Europe/Berlin`.
    pub time_zone: Option<Kept<String>>,
    /// Their calendar in the directory.
    pub calendar: Option<Kept<String>>,
    /// What to bear in mind about them.
    pub care_flags: Option<Kept<Vec<String>>>,
    /// By number, at most [`limits::CUSTOMER_CONTRACTS`]; of more, those that end last.
    pub contracts: Vec<Kept<Contract>>,
    /// Who spoke with them, where no issue is named, and what was announced of their clock.
    pub contacts: Contacts,
}

/// A value, and which event said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<T> {
    /// What was said.
    pub value: T,
    /// Where that stands among other events.
    pub moment: Moment,
}

/// What one event says; absent: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// What they are called.
    pub name: Option<String>,
    /// How much they matter.
    pub tier: Option<String>,
    /// Who looks after them.
    pub account_owner: Option<Person>,
    /// In days, 1 to 730.
    pub cadence_days: Option<u32>,
    /// Their time zone.
    pub time_zone: Option<String>,
    /// Their calendar.
    pub calendar: Option<String>,
    /// All of them.
    pub care_flags: Option<Vec<String>>,
}

/// A contract as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its number.
    pub number: String,
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// How many days before the end it has to be given up.
    pub notice_days: Option<u32>,
    /// What it is worth.
    pub value: Option<Money>,
    /// It goes on unless somebody gives it up.
    pub auto_renew: bool,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// In the smallest unit of the currency.
    pub amount_minor: i64,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
}

/// The longest cadence, in days (`domain.md` 5).
const CADENCE_DAYS: u32 = 730;

impl ProfileChange {
    /// Whether its numbers are such as they can be.
    pub fn is_in_range(&self) -> bool {
        self.cadence_days.is_none_or(|days| (1..=CADENCE_DAYS).contains(&days))
    }
}

/// Whether it says something that a profile keeps, or about leaves.
pub const fn is_about_customer(payload: &Payload) -> bool {
    matches!(payload, Payload::Customer(_) | Payload::ContactLogged(_) | Payload::SilenceMarked { .. })
}

impl Profile {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in what an event says; whether it is one that says anything here.
    pub fn hear(&mut self, event: &Event) -> bool {
        let spoke = self.contacts.hear(event);
        let Payload::Customer(fact) = &event.payload else { return spoke };
        let heard = super::doubts(event).is_empty();
        match fact {
            CustomerFact::ProfileSet(change) if heard => self.set(change, &Moment::of(event)),
            CustomerFact::ContractUpserted(contract) if heard => self.sign(contract, Moment::of(event)),
            CustomerFact::ProfileSet(_) | CustomerFact::ContractUpserted(_) => {}
            CustomerFact::AliasAsserted(_)
            | CustomerFact::AliasRetracted { .. }
            | CustomerFact::Merged { .. }
            | CustomerFact::Unmerged { .. } => return false,
        }
        true
    }

    fn set(&mut self, change: &ProfileChange, moment: &Moment) {
        let ProfileChange { name, tier, account_owner, cadence_days, time_zone, calendar, care_flags } =
            change;
        let days = cadence_days.and_then(|days| u16::try_from(days).ok());
        keep_newest(&mut self.name, name.as_ref(), moment);
        keep_newest(&mut self.tier, tier.as_ref(), moment);
        keep_newest(&mut self.account_owner, account_owner.as_ref(), moment);
        keep_newest(&mut self.cadence_days, days.as_ref(), moment);
        keep_newest(&mut self.time_zone, time_zone.as_ref(), moment);
        keep_newest(&mut self.calendar, calendar.as_ref(), moment);
        keep_newest(&mut self.care_flags, care_flags.as_ref(), moment);
    }

    fn sign(&mut self, contract: &Contract, moment: Moment) {
        match self.contracts.binary_search_by(|known| known.value.number.cmp(&contract.number)) {
            Ok(index) => {
                if let Some(known) = self.contracts.get_mut(index).filter(|known| known.moment <= moment) {
                    *known = Kept { value: contract.clone(), moment };
                }
            }
            Err(index) => self.contracts.insert(index, Kept { value: contract.clone(), moment }),
        }
        if self.contracts.len() > limits::CUSTOMER_CONTRACTS {
            let ends = |(_, kept): &(usize, &Kept<Contract>)| (kept.value.ends_on, kept.value.number.clone());
            let first = self.contracts.iter().enumerate().min_by_key(ends).map(|(index, _)| index);
            first.into_iter().for_each(|index| drop(self.contracts.remove(index)));
        }
    }

    /// The nearest end of a contract, on a day or after it.
    pub fn next_end(&self, day: Date) -> Option<Date> {
        self.contracts.iter().map(|kept| kept.value.ends_on).filter(|ends| *ends >= day).min()
    }
}

fn keep_newest<T: Clone>(known: &mut Option<Kept<T>>, said: Option<&T>, moment: &Moment) {
    if let Some(value) = said
        && known.as_ref().is_none_or(|known| known.moment <= *moment)
    {
        *known = Some(Kept { value: value.clone(), moment: moment.clone() });
    }
}
