//! Between messages and the domain: JSON (CloudEvents and bare) and protobuf, both ways, total.
//!
//! Owns: subjects, tokens, the envelope, the catalogue of types and the JSON form of their data, read and written. Deliberately absent: IO,
//! and every judgement about an event (that is the fold's): what is read here is read the same way for ever.

mod compose;
mod data;
mod decode;
mod digest;
pub mod directory;
mod envelope;
pub mod ical;
pub mod operator;
mod packed;
pub mod proto;
mod subject;
mod summary;
mod time;
mod token;

pub use compose::{About, Composed, SOURCE, Voice, compose};
#[cfg(feature = "schema")]
pub use data::schema;
pub use data::{EventType, Own, Scope, catalogue, event_type};
pub use decode::{Message, decode};
pub use digest::identity as identity_digest;
/// Local times as instants, as they are read of schedules.
pub use domain::{first_at, last_at};
pub use packed::{PackError, payload};
pub use subject::{DIRECTORY_PREFIX, EVENTS_PREFIX};
pub use summary::summary;
pub use token::{TokenError, customer_token};
