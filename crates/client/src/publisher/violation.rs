//! What the server forbids. It says so on the connection, not in an answer to the message, so it is matched by subject.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// How many are remembered; more than a publisher has on its way at once would be of no use.
const KEPT: usize = 1_024;

/// Permission violations, as they are told.
#[derive(Clone, Debug)]
pub(super) struct Violations {
    told: Arc<Mutex<VecDeque<(u64, String)>>>,
    /// How many were told so far.
    count: Arc<watch::Sender<u64>>,
}

impl Default for Violations {
    fn default() -> Self {
        Self { told: Arc::default(), count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Violations {
    /// Notes what the server said.
    pub(super) fn tell(&self, text: String) {
        let number = *self.count.borrow() + 1;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= KEPT {
            told.pop_front();
        }
        told.push_back((number, text));
        drop(told);
        self.count.send_replace(number);
    }

    /// Looks for what is said from now on: permissions may have been changed since.
    pub(super) fn watch(&self) -> Watch {
        let count = self.count.subscribe();
        let since = *count.borrow();
        Watch { violations: self.clone(), count, since }
    }

    fn find(&self, subject: &str, since: u64) -> Option<String> {
        let quoted = format!("\"{subject}\"");
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter()
            .find(|(number, text)| *number > since && text.contains(&quoted))
            .map(|(_, text)| text.clone())
    }
}

/// Waits for the refusal of one message.
#[derive(Debug)]
pub(super) struct Watch {
    violations: Violations,
    count: watch::Receiver<u64>,
    since: u64,
}

impl Watch {
    /// Comes back with the server's words once it has forbidden the subject; else never.
    pub(super) async fn forbidden(&mut self, subject: &str) -> String {
        loop {
            if let Some(text) = self.violations.find(subject, self.since) {
                return text;
            }
            if self.count.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}
