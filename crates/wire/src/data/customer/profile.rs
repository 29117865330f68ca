//! `customer.profile_set` and `contract.upserted`.

use domain::{
    Payload,
    identity::{Contract, CustomerFact, Money, ProfileChange},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::data::{
    Context, Data,
    common::{Id, List, PersonForm, Word, word},
};

/// What is known of a customer; absent: unchanged.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ProfileSet {
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// How much they matter, in the company's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tier: Option<Word>,
    /// Who looks after them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account_owner: Option<PersonForm>,
    /// They are to hear from somebody every so many days, 1 to 730.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cadence_days: Option<u32>,
    /// Their time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tz: Option<Word>,
    /// Their calendar in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calendar: Option<Word>,
    /// What to bear in mind about them; all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) care_flags: Option<List<Flag>>,
}

/// Care flags of one customer that are kept.
const FLAGS: usize = 20;
/// Bytes of each.
const FLAG_BYTES: usize = 160;

/// A few words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Flag(pub(crate) Word);

impl Data for ProfileSet {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let Self { name, tier, account_owner, cadence_days, tz, calendar, care_flags } = self;
        let flag = |Flag(Word(text)): &Flag| domain::cut(text, FLAG_BYTES).into_owned();
        let flags = care_flags.as_ref().map(|flags| flags.0.iter().take(FLAGS).map(flag).collect());
        Ok(Payload::Customer(CustomerFact::ProfileSet(ProfileChange {
            name: word(name.as_ref()),
            tier: word(tier.as_ref()),
            account_owner: account_owner.as_ref().map(|owner| owner.person(context.people_of)),
            cadence_days: *cadence_days,
            time_zone: word(tz.as_ref()),
            calendar: word(calendar.as_ref()),
            care_flags: flags,
        })))
    }

    fn settle(&mut self, context: &Context<'_>) {
        self.account_owner.iter_mut().for_each(|owner| owner.settle(context.people_of));
    }
}

/// A contract as it stands.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ContractUpserted {
    /// Its number.
    pub(crate) contract_no: Id,
    /// The first day, such as `2026-01-01`.
    pub(crate) starts_on: Word,
    /// The last day.
    pub(crate) ends_on: Word,
    /// How many days before the end it has to be given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notice_days: Option<u32>,
    /// What it is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<MoneyForm>,
    /// It goes on unless somebody gives it up.
    #[serde(default)]
    pub(crate) auto_renew: bool,
}

/// An amount in the smallest unit of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct MoneyForm {
    pub(crate) amount_minor: i64,
    /// ISO 4217, such as `EUR`.
    pub(crate) currency: Word,
}

/// Bytes of a contract's number; longer ones are cut.
const NUMBER_BYTES: usize = 64;

impl Data for ContractUpserted {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let Self { contract_no, starts_on, ends_on, notice_days, value, auto_renew } = self;
        let money = |form: &MoneyForm| {
            let currency = form.currency.0.as_str();
            let iso = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
            let money = Money { amount_minor: form.amount_minor, currency: currency.to_owned() };
            if iso { Ok(money) } else { Err("`value.currency` is not such as EUR".to_owned()) }
        };
        Ok(Payload::Customer(CustomerFact::ContractUpserted(Contract {
            number: domain::cut(&contract_no.0, NUMBER_BYTES).into_owned(),
            starts_on: date(starts_on, "starts_on")?,
            ends_on: date(ends_on, "ends_on")?,
            notice_days: *notice_days,
            value: value.as_ref().map(money).transpose()?,
            auto_renew: *auto_renew,
        })))
    }
}

fn date(word: &Word, member: &str) -> Result<Date, String> {
    word.0.parse().map_err(|_| format!("`{member}` is no day such as 2026-01-31"))
}
