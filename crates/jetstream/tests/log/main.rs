//! The log on a real `nats-server`: what the engine relies on, through restarts, kills and hostile messages.

#![cfg(test)]

mod append;
mod harness;
mod hostile;
mod losses;
mod matching;
mod reading;
mod restoring;
mod stream;
