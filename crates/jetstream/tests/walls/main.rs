//! What the shipped configuration of `nats-server` lets whom do, on a real server: `deploy/nats/nats-server.conf`.

#![cfg(test)]

mod department;
mod harness;
mod service;
mod shipped;
mod tls;
