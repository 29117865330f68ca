//! What is known of a customer beside their issues.

use domain::identity::{Contract, Kept, Money, Profile};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Malformed,
    contact::ContactsParts,
    edge::MomentParts,
    parts::{PersonParts, text},
};

/// A value and its moment.
type KeptParts<'a, T> = (T, MomentParts<'a>);

#[derive(Serialize, Deserialize)]
pub(super) struct ProfileParts<'a> {
    #[serde(borrow)]
    name: Option<KeptParts<'a, &'a str>>,
    tier: Option<KeptParts<'a, &'a str>>,
    account_owner: Option<KeptParts<'a, PersonParts<'a>>>,
    cadence_days: Option<KeptParts<'a, u16>>,
    time_zone: Option<KeptParts<'a, &'a str>>,
    calendar: Option<KeptParts<'a, &'a str>>,
    care_flags: Option<KeptParts<'a, Vec<&'a str>>>,
    contracts: Vec<KeptParts<'a, ContractParts<'a>>>,
    #[serde(borrow)]
    contacts: ContactsParts<'a>,
}

#[derive(Serialize, Deserialize)]
struct ContractParts<'a> {
    number: &'a str,
    starts_on: DateParts,
    ends_on: DateParts,
    notice_days: Option<u32>,
    value: Option<(i64, &'a str)>,
    auto_renew: bool,
}

/// Year, month, day.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct DateParts(i16, i8, i8);

impl From<Date> for DateParts {
    fn from(date: Date) -> Self {
        Self(date.year(), date.month(), date.day())
    }
}

impl TryFrom<DateParts> for Date {
    type Error = Malformed;

    fn try_from(DateParts(year, month, day): DateParts) -> Result<Self, Malformed> {
        Self::new(year, month, day).map_err(|_| Malformed("date"))
    }
}

fn kept<'a, T, P>(kept: &'a Kept<T>, parts: impl FnOnce(&'a T) -> P) -> KeptParts<'a, P> {
    (parts(&kept.value), MomentParts::from(&kept.moment))
}

fn text_of(known: Option<&Kept<String>>) -> Option<KeptParts<'_, &str>> {
    known.map(|known| kept(known, String::as_str))
}

impl<'a> From<&'a Profile> for ProfileParts<'a> {
    fn from(profile: &'a Profile) -> Self {
        let Profile {
            name,
            tier,
            account_owner,
            cadence_days,
            time_zone,
            calendar,
            care_flags,
            contracts,
            contacts,
        } = profile;
        Self {
            name: text_of(name.as_ref()),
            tier: text_of(tier.as_ref()),
            account_owner: account_owner.as_ref().map(|known| kept(known, PersonParts::from)),
            cadence_days: cadence_days.as_ref().map(|known| kept(known, |days| *days)),
            time_zone: text_of(time_zone.as_ref()),
            calendar: text_of(calendar.as_ref()),
            care_flags: care_flags
                .as_ref()
                .map(|known| kept(known, |flags| flags.iter().map(String::as_str).collect())),
            contracts: contracts.iter().map(|known| kept(known, ContractParts::from)).collect(),
            contacts: contacts.into(),
        }
    }
}

impl<'a> From<&'a Contract> for ContractParts<'a> {
    fn from(contract: &'a Contract) -> Self {
        let Contract { number, starts_on, ends_on, notice_days, value, auto_renew } = contract;
        Self {
            number,
            starts_on: (*starts_on).into(),
            ends_on: (*ends_on).into(),
            notice_days: *notice_days,
            value: value.as_ref().map(|money| (money.amount_minor, money.currency.as_str())),
            auto_renew: *auto_renew,
        }
    }
}

fn read<T, P>(
    parts: Option<KeptParts<'_, P>>,
    value: impl FnOnce(P) -> Result<T, Malformed>,
) -> Result<Option<Kept<T>>, Malformed> {
    parts.map(|(parts, moment)| Ok(Kept { value: value(parts)?, moment: moment.try_into()? })).transpose()
}

impl TryFrom<ProfileParts<'_>> for Profile {
    type Error = Malformed;

    fn try_from(parts: ProfileParts<'_>) -> Result<Self, Malformed> {
        let ProfileParts {
            name,
            tier,
            account_owner,
            cadence_days,
            time_zone,
            calendar,
            care_flags,
            contracts,
            contacts,
        } = parts;
        let owned = |text: &str| Ok(text.to_owned());
        let contract = |parts| read(Some(parts), Contract::try_from);
        let contracts: Vec<_> = contracts.into_iter().map(contract).collect::<Result<_, _>>()?;
        Ok(Self {
            name: read(name, owned)?,
            tier: read(tier, owned)?,
            account_owner: read(account_owner, |person| Ok(person.into()))?,
            cadence_days: read(cadence_days, Ok)?,
            time_zone: read(time_zone, owned)?,
            calendar: read(calendar, owned)?,
            care_flags: read(care_flags, |flags| Ok(flags.into_iter().map(ToOwned::to_owned).collect()))?,
            contracts: contracts.into_iter().flatten().collect(),
            contacts: contacts.try_into()?,
        })
    }
}

impl TryFrom<ContractParts<'_>> for Contract {
    type Error = Malformed;

    fn try_from(parts: ContractParts<'_>) -> Result<Self, Malformed> {
        let ContractParts { number, starts_on, ends_on, notice_days, value, auto_renew } = parts;
        let money = |(amount_minor, currency)| Some(Money { amount_minor, currency: text(Some(currency))? });
        Ok(Self {
            number: number.to_owned(),
            starts_on: starts_on.try_into()?,
            ends_on: ends_on.try_into()?,
            notice_days,
            value: value.and_then(money),
            auto_renew,
        })
    }
}
