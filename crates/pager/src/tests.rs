//! The pager over an API in memory: with channels that do as they are told under a clock that is told the time, and with
//! real receivers over HTTP and SMTP.

mod channels;
mod grpc;
mod mail;
mod receivers;
mod reconcile;
mod room;
mod scripted;
mod sealed;
mod together;
mod words;
mod world;
