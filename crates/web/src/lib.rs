//! The HTTP listener: whether Davy lives, whether it is ready, its metrics, JSON for every RPC, pages that answer pings, and
//! calendars of who is on call.
//!
//! Health and metrics come in as a plain [`Snapshot`], taken anew for every request; the RPCs as the routes of the gRPC
//! services, which are called in this process. Deliberately absent: the engine, the store and the log; what an RPC means
//! (`api`); and the name of any RPC, so that a new one needs nothing here, but for the two that a page and a feed show.

mod answer;
mod calendar;
mod fault;
mod hosts;
mod index;
mod json;
mod metrics;
mod routes;
mod rpc;
mod serve;
mod snapshot;

pub use hosts::Hosts;
pub use serve::serve;
pub use snapshot::{Check, Escalation, Probe, Snapshot, Unacknowledged};
