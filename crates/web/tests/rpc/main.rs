//! RPCs with JSON as a client of HTTP has them, over a socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod http;
mod requests;
mod shutdown;
mod streams;
mod stub;
mod tonic;
