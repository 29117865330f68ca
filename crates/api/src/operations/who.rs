//! WhoAmI: what is known of whoever asks.

use proto::v1;

use crate::auth::Caller;

pub(super) fn shown(caller: Caller) -> v1::WhoAmIResponse {
    let Caller { principal, credential, expires_at } = caller;
    let domain::Principal { name, department, person, roles } = principal;
    v1::WhoAmIResponse {
        principal: name,
        department: department.to_string(),
        person: person.as_ref().map(wire::proto::person),
        roles: roles.iter().map(|role| role.word().to_owned()).collect(),
        credential: credential.word().to_owned(),
        expires_at: expires_at.map(wire::proto::timestamp),
    }
}
