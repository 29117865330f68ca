//! What is said about customers, as members of an event's data.

use domain::{
    Identity,
    identity::{AliasAssertion, Confidence, Contract, CustomerFact, CustomerName, ProfileChange},
};
use serde_json::json;

use super::members::Members;

pub(super) fn write(data: &mut Members, fact: &CustomerFact) {
    match fact {
        CustomerFact::AliasAsserted(assertion) => asserted(data, assertion),
        CustomerFact::AliasRetracted { assertion } => event(data, "assertion", assertion),
        CustomerFact::Merged { from, into } => {
            name(data, "from", from);
            name(data, "into", into);
        }
        CustomerFact::Unmerged { merge } => event(data, "merge", merge),
        CustomerFact::ProfileSet(change) => profile(data, change),
        CustomerFact::ContractUpserted(contract) => signed(data, contract),
    }
}

fn asserted(data: &mut Members, AliasAssertion { leaf, kind, to, confidence }: &AliasAssertion) {
    let confidence = match confidence {
        Confidence::Strong => "strong",
        Confidence::Weak => "weak",
    };
    data.set("leaf", json!({"system": leaf.leaf.system(), "id": leaf.id(), "kind": kind.word()}));
    name(data, "to", to);
    data.set("confidence", confidence);
}

fn name(data: &mut Members, member: &str, name: &CustomerName) {
    match name {
        CustomerName::Leaf(leaf) => data.customer(member, Some(leaf)),
        CustomerName::Id(id) => data.set(member, id.to_string()),
    }
}

fn event(data: &mut Members, member: &str, Identity { source, id }: &Identity) {
    data.set(member, json!({"source": source, "id": id}));
}

fn profile(data: &mut Members, change: &ProfileChange) {
    let ProfileChange { name, tier, account_owner, cadence_days, time_zone, calendar, care_flags } = change;
    data.maybe("name", name.as_ref());
    data.maybe("tier", tier.as_ref());
    data.person("account_owner", account_owner.as_ref());
    cadence_days.iter().for_each(|days| data.set("cadence_days", *days));
    data.maybe("tz", time_zone.as_ref());
    data.maybe("calendar", calendar.as_ref());
    care_flags.iter().for_each(|flags| data.set("care_flags", flags.clone()));
}

fn signed(data: &mut Members, contract: &Contract) {
    let Contract { number, starts_on, ends_on, notice_days, value, auto_renew } = contract;
    data.set("contract_no", number.as_str());
    data.set("starts_on", starts_on.to_string());
    data.set("ends_on", ends_on.to_string());
    notice_days.iter().for_each(|days| data.set("notice_days", *days));
    if let Some(money) = value {
        data.set("value", json!({"amount_minor": money.amount_minor, "currency": money.currency}));
    }
    data.flag("auto_renew", *auto_renew);
}
