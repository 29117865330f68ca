//! The rules that bind commands about identity. Facts are recorded all the same (`domain.md` 4.3).

use super::{Connected, LeafKind, connect::class, is_blocked};
use crate::{AsReported, CustomerId, Refusal, RefusalCode, limits};

/// Who is to be merged into whom: the leaves that are named, and the customers that they are.
#[derive(Clone, Copy, Debug)]
pub struct MergeSides<'a> {
    /// Who is no customer of their own afterwards.
    pub from: (CustomerId, &'a Connected),
    /// Whom they are then.
    pub into: (CustomerId, &'a Connected),
}

/// Whether two customers may be made one.
///
/// # Errors
/// If they are one already, or would have too many leaves.
pub fn check_merge(sides: MergeSides<'_>) -> Result<(), Refusal> {
    let MergeSides { from: (from, of_from), into: (into, of_into) } = sides;
    if from == into {
        return Err(refusal(
            RefusalCode::SelfLink,
            "a customer is to be merged into itself",
            "name two customers",
        ));
    }
    if of_from.has(into) {
        let why = "the two are one customer already";
        return Err(refusal(RefusalCode::Already, why, "there is nothing to do; ask for either of them"));
    }
    check_size(of_from, of_into)
}

fn check_size(one: &Connected, other: &Connected) -> Result<(), Refusal> {
    let leaves = one.leaves().len() + other.leaves().len();
    if leaves <= limits::CUSTOMER_LEAVES {
        return Ok(());
    }
    let why = format!("they would have {leaves} ids, more than {}", limits::CUSTOMER_LEAVES);
    Err(refusal(RefusalCode::Limit, &why, "look for ids that are not theirs, and retract those"))
}

/// Whether a leaf may be asserted to be a customer's.
///
/// # Errors
/// If it is nobody's, is theirs already, or there are too many.
pub fn check_alias(
    (leaf, of_leaf): (&AsReported, &Connected),
    kind: LeafKind,
    strong: bool,
    (to, of_to): (CustomerId, &Connected),
) -> Result<(), Refusal> {
    if is_blocked(&leaf.id()) {
        let why = format!("`{}` is an id that many share", leaf.id());
        return Err(refusal(RefusalCode::BlockedValue, &why, "name an id that is this customer's alone"));
    }
    if leaf.leaf.id() == to {
        return Err(refusal(RefusalCode::SelfLink, "the id is the customer's own", "name another id"));
    }
    if of_to.has(leaf.leaf.id()) {
        let why = format!("{} is this customer's already", leaf.leaf);
        return Err(refusal(RefusalCode::Already, &why, "there is nothing to do"));
    }
    if !strong {
        return Ok(());
    }
    if class(kind).limit().is_some_and(|limit| of_to.asserted(to, kind) >= limit) {
        let why = format!("as many ids of the kind {} are asserted already as may be", kind.word());
        return Err(refusal(RefusalCode::Limit, &why, "retract one that is not theirs any more"));
    }
    check_size(of_leaf, of_to)
}

/// Whether there is anything to take back.
///
/// # Errors
/// If no assertion or merge in force is meant.
pub fn check_withdrawal(in_force: bool, merge: bool) -> Result<(), Refusal> {
    if in_force {
        return Ok(());
    }
    let (why, next) = if merge {
        ("no merge of this customer that counts has this id", "take it from `davy customers get`")
    } else {
        ("no assertion about this customer that counts has this id", "take it from `davy customers get`")
    };
    Err(refusal(RefusalCode::UnknownRef, why, next))
}

fn refusal(code: RefusalCode, why: &str, next: &str) -> Refusal {
    Refusal { code, why: why.to_owned(), who_could: Vec::new(), next: next.to_owned(), fields: Vec::new() }
}
