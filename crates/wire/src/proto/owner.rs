//! Who answers for an issue.

use domain::{Holding, Offer, Owner, Person, Reference, ShownOwner};
use proto::v1;

use super::timestamp;

/// An id in a system, decoded.
pub fn reference(reference: &Reference) -> v1::Reference {
    let Reference { system, id } = reference.clone();
    v1::Reference { system, id }
}

/// A person.
pub fn person(person: &Person) -> v1::Person {
    let Person { account: Reference { system, id }, name } = person.clone();
    v1::Person { system, id, name: name.unwrap_or_default() }
}

/// The owner who is shown.
pub fn owner(shown: &ShownOwner) -> v1::Owner {
    let ShownOwner { owner: Owner { department, holding, since }, was, closed } = shown;
    v1::Owner {
        department: department.to_string(),
        team: holding.team().unwrap_or_default().to_owned(),
        person: holding.person().map(person),
        kind: kind(holding).into(),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
        was: was.as_ref().map(former),
        closed: *closed,
    }
}

fn former(owner: &Owner) -> v1::FormerOwner {
    let Owner { department, holding, since } = owner;
    v1::FormerOwner {
        department: department.to_string(),
        team: holding.team().unwrap_or_default().to_owned(),
        person: holding.person().map(person),
        kind: kind(holding).into(),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
    }
}

/// An open offer.
pub fn offer(offer: &Offer) -> v1::Offer {
    let Offer { id: _, department, team, person: to, missing: _, since } = offer;
    v1::Offer {
        department: department.to_string(),
        team: team.clone().unwrap_or_default(),
        person: to.as_ref().map(person),
        since: Some(timestamp(since.at)),
        by_event: since.by.to_string(),
    }
}

const fn kind(holding: &Holding) -> v1::OwnerKind {
    match holding {
        Holding::Desk => v1::OwnerKind::Desk,
        Holding::Provisional(_) => v1::OwnerKind::Provisional,
        Holding::Accepted { .. } => v1::OwnerKind::Accepted,
    }
}
