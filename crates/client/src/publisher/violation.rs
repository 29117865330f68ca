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
    /// What was said when acks were forbidden: none will come on this connection.
    unheard: Arc<watch::Sender<Option<String>>>,
    inbox: String,
}

impl Violations {
    /// Acks come to subjects that begin so.
    pub(super) fn new(inbox_prefix: &str) -> Self {
        Self {
            told: Arc::default(),
            count: Arc::new(watch::Sender::new(0)),
            unheard: Arc::default(),
            inbox: inbox_prefix.to_owned(),
        }
    }

    /// Notes that there is another connection: permissions may have been changed since.
    pub(super) fn connected(&self) {
        self.unheard.send_replace(None);
    }

    /// Notes what the server said.
    pub(super) fn tell(&self, text: String) {
        let inbox = format!("\"{}.", self.inbox);
        if text.to_lowercase().contains("for subscription to") && text.contains(&inbox) {
            self.unheard.send_replace(Some(text));
            return;
        }
        let number = *self.count.borrow() + 1;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= KEPT {
            told.pop_front();
        }
        told.push_back((number, text));
        drop(told);
        self.count.send_replace(number);
    }

    /// Comes back with the server's words once it has forbidden to hear acks; else never.
    pub(super) async fn unheard(&self) -> String {
        let mut unheard = self.unheard.subscribe();
        match unheard.wait_for(Option::is_some).await.map(|text| text.clone()) {
            Ok(Some(text)) => text,
            Ok(None) | Err(_) => std::future::pending().await,
        }
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
