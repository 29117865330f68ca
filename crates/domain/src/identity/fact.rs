//! What events say about a customer as such: `customer.*`, `customers.*` and `contract.upserted`.

use super::{Contract, ProfileChange, is_blocked};
use crate::{Anomalies, Anomaly, AsReported, CustomerId, Event, Identity, Payload};

/// What an event says about a customer. It names no issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerFact {
    /// `customer.alias_asserted`.
    AliasAsserted(AliasAssertion),
    /// `customer.alias_retracted`: an assertion about the same customer is taken back.
    AliasRetracted {
        /// Which.
        assertion: Identity,
    },
    /// `customers.merged`.
    Merged {
        /// Who is no customer of their own any more.
        from: CustomerName,
        /// Whom they are.
        into: CustomerName,
    },
    /// `customers.unmerged`: a merge into the same customer is taken back.
    Unmerged {
        /// Which.
        merge: Identity,
    },
    /// `customer.profile_set`.
    ProfileSet(ProfileChange),
    /// `contract.upserted`.
    ContractUpserted(Contract),
}

/// A leaf is said to be a customer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasAssertion {
    /// The leaf.
    pub leaf: AsReported,
    /// What sort of id it is.
    pub kind: LeafKind,
    /// Whose.
    pub to: CustomerName,
    /// How sure that is.
    pub confidence: Confidence,
}

/// A customer as an event or a command names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerName {
    /// By one of their leaves.
    Leaf(AsReported),
    /// By the id that Davy minted for one.
    Id(CustomerId),
}

impl CustomerName {
    /// The id of the leaf.
    pub fn id(&self) -> CustomerId {
        match self {
            Self::Leaf(named) => named.leaf.id(),
            Self::Id(id) => *id,
        }
    }

    /// The leaf, where it is told.
    pub const fn leaf(&self) -> Option<&AsReported> {
        match self {
            Self::Leaf(named) => Some(named),
            Self::Id(_) => None,
        }
    }
}

/// How sure an assertion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A name, a domain: only suggests.
    Weak,
    /// A contract number, an id of the CRM, a verified address: links.
    Strong,
}

/// What sort of id a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeafKind {
    /// An account in a department's system.
    Account,
    /// Somebody's e-mail address.
    ContactEmail,
    /// Somebody's phone number.
    Phone,
    /// A place.
    Site,
    /// A thing that they have.
    Asset,
    /// Where invoices go.
    Billing,
}

impl LeafKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Account, Self::ContactEmail, Self::Phone, Self::Site, Self::Asset, Self::Billing];

    /// The word in events.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::ContactEmail => "contact_email",
            Self::Phone => "phone",
            Self::Site => "site",
            Self::Asset => "asset",
            Self::Billing => "billing",
        }
    }

    /// From the word in events.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl CustomerFact {
    /// Every customer that it names, to be known from then on.
    pub fn named(&self) -> impl Iterator<Item = &AsReported> {
        let (one, other) = match self {
            Self::AliasAsserted(assertion) => (Some(&assertion.leaf), assertion.to.leaf()),
            Self::Merged { from, into } => (from.leaf(), into.leaf()),
            Self::AliasRetracted { .. }
            | Self::Unmerged { .. }
            | Self::ProfileSet(_)
            | Self::ContractUpserted(_) => (None, None),
        };
        one.into_iter().chain(other)
    }

    /// In whose timeline it stands where the event does not say.
    pub fn about(&self) -> Option<&AsReported> {
        match self {
            Self::AliasAsserted(assertion) => Some(assertion.to.leaf().unwrap_or(&assertion.leaf)),
            Self::Merged { from, into } => into.leaf().or_else(|| from.leaf()),
            Self::AliasRetracted { .. }
            | Self::Unmerged { .. }
            | Self::ProfileSet(_)
            | Self::ContractUpserted(_) => None,
        }
    }
}

/// Why what an event says about a customer is recorded and not applied; empty where it is, and for every other event.
pub fn doubts(event: &Event) -> Anomalies {
    let Payload::Customer(fact) = &event.payload else { return Anomalies::default() };
    let doubt = match fact {
        CustomerFact::AliasAsserted(AliasAssertion { leaf, to, .. }) => {
            if leaf.leaf.id() == to.id() {
                Some(Anomaly::SelfLink)
            } else {
                is_blocked(&leaf.id()).then_some(Anomaly::BlockedValue)
            }
        }
        CustomerFact::Merged { from, into } => (from.id() == into.id()).then_some(Anomaly::SelfLink),
        CustomerFact::ContractUpserted(contract) => {
            (contract.ends_on < contract.starts_on).then_some(Anomaly::OutOfRange)
        }
        CustomerFact::ProfileSet(change) => (!change.is_in_range()).then_some(Anomaly::OutOfRange),
        CustomerFact::AliasRetracted { .. } | CustomerFact::Unmerged { .. } => None,
    };
    doubt.into_iter().collect()
}
