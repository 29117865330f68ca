//! The gRPC API: tonic services over the engine's reads and the log.
//!
//! Owns: checking requests, waiting for a position, page tokens, what a fault is called on the wire (`status`), and the
//! listener. Deliberately absent: what answers mean (`engine::query`), how they look field by field (`wire::proto`), who
//! may ask (until there is authentication, `app` refuses listeners beyond loopback), and JSON (`web`).

mod check;
mod customers;
mod deadline;
mod events;
mod health;
mod issues;
mod operations;
mod publish;
mod rebuild;
mod server;
mod services;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod token;
mod trace;
mod watch;

pub use rebuild::{Rebuild, RebuildRefusal, RebuildWish};
pub use server::{ServeError, serve};
pub use services::{Dependencies, Options, Services};
pub use shared::{Durability, Facts, Rebuilding};
