//! How many sends one server gets at once, so that one that hangs does not hold up everybody else's.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Sends to one server at once.
const AT_ONCE: usize = 8;
/// After so many answers in a row that did not come, a server is asked by one at a time until it answers: it is the server that
/// hangs, not what one of its contacts stands for.
const HANGS: u32 = 8;
/// Servers that are remembered; those that nobody needs are forgotten first.
const KEPT: usize = 1_000;

/// The gate of one server.
#[derive(Debug)]
pub(crate) struct Gate {
    all: Arc<Semaphore>,
    one: Arc<Semaphore>,
    /// Answers that did not come, since the last that did.
    silent: AtomicU32,
}

/// The right to send to one server.
#[derive(Debug)]
pub(crate) struct Pass {
    _all: Option<OwnedSemaphorePermit>,
    _one: Option<OwnedSemaphorePermit>,
}

impl Gate {
    fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            one: Arc::new(Semaphore::new(1)),
            silent: AtomicU32::new(0),
        }
    }

    /// Waits for its turn.
    pub(crate) async fn enter(&self) -> Pass {
        // The semaphores are never closed.
        let one = if self.silent.load(Relaxed) >= HANGS {
            Arc::clone(&self.one).acquire_owned().await.ok()
        } else {
            None
        };
        Pass { _one: one, _all: Arc::clone(&self.all).acquire_owned().await.ok() }
    }

    /// Whether an answer came, whatever it said.
    pub(crate) fn heard(&self, answered: bool) {
        if answered {
            self.silent.store(0, Relaxed);
        } else {
            self.silent.fetch_add(1, Relaxed);
        }
    }
}

/// The gates of all servers.
#[derive(Debug, Default)]
pub(crate) struct Gates(Mutex<HashMap<String, Arc<Gate>>>);

impl Gates {
    pub(crate) fn of(&self, host: &str) -> Arc<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() >= KEPT && !gates.contains_key(host) {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        }
        Arc::clone(gates.entry(host.to_owned()).or_insert_with(|| Arc::new(Gate::new())))
    }
}
