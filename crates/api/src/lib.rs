//! The gRPC API: tonic services over the engine's reads and the log.
//!
//! Owns: checking requests, waiting for a position, page tokens, what a fault is called on the wire (`status`), and the
//! listener with its TLS, and who may ask (`auth`). Deliberately absent: what answers mean (`engine::query`), how they look
//! field by field (`wire::proto`), and JSON (`web`).

mod answers;
mod auth;
mod check;
mod clocks;
mod commands;
mod customers;
mod deadline;
mod directory;
mod events;
mod health;
mod issues;
mod oncall;
mod operations;
mod pager;
mod publish;
mod rebuild;
mod server;
mod services;
mod shared;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod token;
mod trace;
mod watch;
mod work;

pub use auth::{
    Access, AccessFileError, AccessOptions, Claims, Credential, Drawn, KeySource, PeerCertificate,
    TokenEntry, TokenFile,
};
pub use commands::WireComposer;
pub use rebuild::{Rebuild, RebuildRefusal, RebuildWish};
pub use server::{ServeError, serve};
pub use services::{Dependencies, Options, Services};
pub use shared::{Durability, Facts, Rebuilding};
pub use tls::{Accepted, Io, Protocol, Tls, TlsError, TlsFiles, accept};
