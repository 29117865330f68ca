//! What is known of customers beside their issues, and what makes their leaves one customer.

use domain::{
    Leaf,
    identity::{Confidence, Contract, LeafKind, Profile, Tie, TieKind},
};
use proto::v1;

use super::{person, timestamp};

/// A leaf, and the id as a payload gave it where the leaf holds only its hash.
pub type NamedLeaf = (Leaf, Option<String>);

/// A leaf as its system writes it, as far as that is known.
pub fn leaf((leaf, raw): &NamedLeaf) -> v1::Reference {
    let id = raw.clone().unwrap_or_else(|| leaf.decoded());
    v1::Reference { system: leaf.system().to_owned(), id }
}

/// What a customer's events say about them; absent if they say nothing. Contracts are apart.
pub fn profile(profile: &Profile) -> Option<v1::CustomerProfile> {
    let Profile {
        name,
        tier,
        account_owner,
        cadence_days,
        time_zone,
        calendar,
        care_flags,
        contracts: _,
        contacts: _,
    } = profile;
    let shown = v1::CustomerProfile {
        name: name.as_ref().map(|known| known.value.clone()).unwrap_or_default(),
        tier: tier.as_ref().map(|known| known.value.clone()).unwrap_or_default(),
        account_owner: account_owner.as_ref().map(|known| person(&known.value)),
        cadence_days: cadence_days.as_ref().map(|known| i32::from(known.value)).unwrap_or_default(),
        time_zone: time_zone.as_ref().map(|known| known.value.clone()).unwrap_or_default(),
        calendar: calendar.as_ref().map(|known| known.value.clone()).unwrap_or_default(),
        care_flags: care_flags.as_ref().map(|known| known.value.clone()).unwrap_or_default(),
    };
    (shown != v1::CustomerProfile::default()).then_some(shown)
}

/// A contract as it stands.
pub fn contract(contract: &Contract) -> v1::Contract {
    let Contract { number, starts_on, ends_on, notice_days, value, auto_renew } = contract;
    v1::Contract {
        contract_no: number.clone(),
        starts_on: starts_on.to_string(),
        ends_on: ends_on.to_string(),
        notice_days: notice_days.map(super::count),
        value: value
            .as_ref()
            .map(|money| v1::Money { amount_minor: money.amount_minor, currency: money.currency.clone() }),
        auto_renew: *auto_renew,
    }
}

/// An assertion or a merge, with its two leaves and the one that it is about, as far as they are known.
pub fn tie(tie: &Tie, [from, to]: [Option<&NamedLeaf>; 2], about: Option<&Leaf>) -> v1::CustomerTie {
    let (kind, leaf_kind, confidence) = match tie.kind {
        TieKind::Merge => (v1::customer_tie::Kind::Merge, v1::LeafKind::Unspecified, None),
        TieKind::Alias(kind, confidence) => {
            (v1::customer_tie::Kind::Alias, self::kind(kind), Some(confidence))
        }
    };
    v1::CustomerTie {
        kind: kind.into(),
        confidence: confidence.map_or(v1::AliasConfidence::Unspecified, self::confidence).into(),
        leaf_kind: leaf_kind.into(),
        from: from.map(leaf),
        to: to.map(leaf),
        source: tie.identity.source.clone(),
        event_id: tie.identity.id.clone(),
        position: tie.moment.position.to_string(),
        time: Some(timestamp(tie.moment.time)),
        department: tie.origin.department().to_string(),
        about: about.map(ToString::to_string).unwrap_or_default(),
    }
}

const fn kind(kind: LeafKind) -> v1::LeafKind {
    match kind {
        LeafKind::Account => v1::LeafKind::Account,
        LeafKind::ContactEmail => v1::LeafKind::ContactEmail,
        LeafKind::Phone => v1::LeafKind::Phone,
        LeafKind::Site => v1::LeafKind::Site,
        LeafKind::Asset => v1::LeafKind::Asset,
        LeafKind::Billing => v1::LeafKind::Billing,
    }
}

const fn confidence(confidence: Confidence) -> v1::AliasConfidence {
    match confidence {
        Confidence::Weak => v1::AliasConfidence::Weak,
        Confidence::Strong => v1::AliasConfidence::Strong,
    }
}

/// What sort of id a request names.
pub const fn leaf_kind_from(kind: v1::LeafKind) -> LeafKind {
    match kind {
        v1::LeafKind::Unspecified | v1::LeafKind::Account => LeafKind::Account,
        v1::LeafKind::ContactEmail => LeafKind::ContactEmail,
        v1::LeafKind::Phone => LeafKind::Phone,
        v1::LeafKind::Site => LeafKind::Site,
        v1::LeafKind::Asset => LeafKind::Asset,
        v1::LeafKind::Billing => LeafKind::Billing,
    }
}

/// How sure a request is.
pub const fn confidence_from(confidence: v1::AliasConfidence) -> Confidence {
    match confidence {
        v1::AliasConfidence::Unspecified | v1::AliasConfidence::Weak => Confidence::Weak,
        v1::AliasConfidence::Strong => Confidence::Strong,
    }
}
