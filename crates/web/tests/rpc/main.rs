//! RPCs with JSON as a client of HTTP has them, over a socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod answer;
mod calendar;
mod http;
mod oncall;
mod requests;
mod shutdown;
mod streams;
mod stub;
mod tonic;
