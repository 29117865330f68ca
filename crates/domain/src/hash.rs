//! A digest as a value; it is computed where bytes are read (`wire`).

/// The first 16 bytes of a SHA-256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);
