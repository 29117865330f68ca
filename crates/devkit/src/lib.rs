//! Finds a `nats-server` and runs it as a child: for `davy up` and for the tests.
//!
//! [`Finder`] looks for the program and, where it is allowed to, downloads it once; [`NatsServer`] runs it on
//! a directory of its own and takes it along when it goes. Nothing here speaks NATS beyond reading the
//! greeting of the server, reads the environment, or knows what Davy keeps in the server.

mod download;
mod error;
mod files;
mod find;
mod guard;
mod launch;
mod leftover;
mod process;
mod server;
mod version;

pub use error::Error;
pub use find::Finder;
pub use server::{NatsServer, Options};
pub use version::Version;
