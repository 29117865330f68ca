//! Backups of the log on a real `nats-server`: out, and back byte for byte.

#![cfg(test)]

mod exact;
mod harness;
mod rate;
mod refused;
mod resumed;
