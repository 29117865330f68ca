//! The bytes of records: a version byte, then fields by `postcard`, in mirrors of the domain's types that live here.
//!
//! Conversions name every field, so that a new one stops the build; whoever adds it raises [`FORMAT`]. Reading is total:
//! whatever the bytes are, it ends with a record or with [`StoreError::Damaged`].

use engine::StoreError;
use serde::{Deserialize, Serialize};

use crate::error::damaged;

pub(crate) mod calendar;
mod clock;
mod contact;
pub(crate) mod cursor;
pub(crate) mod customer;
pub(crate) mod directory;
pub(crate) mod edge;
mod escalation;
mod event;
pub(crate) mod file;
mod hold;
pub(crate) mod home;
mod issue;
mod owner;
pub(crate) mod page;
mod parts;
mod profile;
pub(crate) mod quarantine;
mod work;

pub use event::EventCodec;

/// The version of every record and key. Raised with any change to them: an older store is rebuilt, not converted.
pub(crate) const FORMAT: u8 = 5;

/// A field that postcard can read and the domain cannot hold; the name of the field.
struct Malformed(&'static str);

/// Begins a record in a buffer that is used again.
fn begin(out: &mut Vec<u8>) {
    out.clear();
    out.push(FORMAT);
}

fn append(out: &mut Vec<u8>, fields: &impl Serialize) -> Result<(), StoreError> {
    *out = postcard::to_extend(fields, std::mem::take(out))
        .map_err(|error| StoreError::Io { operation: "encode a record", source: Box::new(error) })?;
    Ok(())
}

/// What follows the version byte.
fn body<'a>(record: &'static str, bytes: &'a [u8]) -> Result<&'a [u8], StoreError> {
    match bytes.split_first() {
        Some((&FORMAT, body)) => Ok(body),
        Some((other, _)) => Err(damaged(record, format!("it is of format {other}, not {FORMAT}"))),
        None => Err(damaged(record, "it is empty")),
    }
}

/// Reads fields from the front; what follows them comes back.
fn take<'a, Mirror: Deserialize<'a>>(
    record: &'static str,
    body: &'a [u8],
) -> Result<(Mirror, &'a [u8]), StoreError> {
    postcard::take_from_bytes(body).map_err(|error| damaged(record, error.to_string()))
}

/// Reads a record that is nothing but fields.
fn read<'a, Mirror, T>(record: &'static str, bytes: &'a [u8]) -> Result<T, StoreError>
where
    Mirror: Deserialize<'a> + TryInto<T>,
    Malformed: From<Mirror::Error>,
{
    let (mirror, rest) = take::<Mirror>(record, body(record, bytes)?)?;
    if !rest.is_empty() {
        return Err(damaged(record, format!("{} bytes too many", rest.len())));
    }
    whole(record, mirror)
}

fn whole<Mirror, T>(record: &'static str, mirror: Mirror) -> Result<T, StoreError>
where
    Mirror: TryInto<T>,
    Malformed: From<Mirror::Error>,
{
    mirror.try_into().map_err(|error| {
        let Malformed(field) = error.into();
        damaged(record, format!("malformed {field}"))
    })
}

impl From<std::convert::Infallible> for Malformed {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// The bytes of a fixed width at the front of a record, and the rest.
fn split<'a, const N: usize>(
    record: &'static str,
    bytes: &'a [u8],
) -> Result<(&'a [u8; N], &'a [u8]), StoreError> {
    bytes.split_first_chunk().ok_or_else(|| damaged(record, "it is cut off"))
}

#[cfg(test)]
mod tests;
