//! A department's tool that publishes while things break: what is not confirmed it publishes again, under the same id.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use testkit::client::{Publisher, PublisherOptions, v1::EventMessage};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};

use super::{probing::sequence, traffic::Message};
use crate::spawn;

/// Events that are sent at once, and then confirmed.
const WINDOW: usize = 25;

/// An event that the server has confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Acked {
    pub(crate) position: u64,
    pub(crate) event: EventMessage,
    pub(crate) issue: Option<String>,
}

/// What was confirmed so far. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Confirmed(Arc<Mutex<Vec<Acked>>>);

impl Confirmed {
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The server has confirmed it, there.
    pub(crate) fn add(&self, position: u64, Message { event, issue }: Message) {
        self.0.lock().unwrap().push(Acked { position, event, issue });
    }

    /// The greatest position.
    pub(crate) fn last(&self) -> u64 {
        self.0.lock().unwrap().iter().map(|acked| acked.position).max().unwrap_or(0)
    }

    /// An issue that is in the log, and the position of an event about it.
    pub(crate) fn issue(&self, number: usize) -> Option<(String, u64)> {
        let confirmed = self.0.lock().unwrap();
        let acked = confirmed.get(number.checked_rem(confirmed.len())?)?;
        Some((acked.issue.clone()?, acked.position))
    }

    pub(crate) fn all(&self) -> Vec<Acked> {
        self.0.lock().unwrap().clone()
    }

    /// The stream that held them is gone.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// A running tool.
#[derive(Debug)]
pub(crate) struct Publishing {
    stop: Arc<AtomicBool>,
    task: JoinHandle<usize>,
}

impl Publishing {
    /// About so many events a second.
    pub(crate) fn start(
        url: &str,
        traffic: impl Iterator<Item = Message> + Send + 'static,
        rate: usize,
        confirmed: &Confirmed,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let tool = Tool { url: url.to_owned(), confirmed: confirmed.clone(), repeated: 0 };
        let task = spawn(tool.run(traffic, rate, Arc::clone(&stop)));
        Self { stop, task }
    }

    /// Ends after what is on its way is confirmed. How often it published something again.
    pub(crate) async fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

struct Tool {
    url: String,
    confirmed: Confirmed,
    repeated: usize,
}

impl Tool {
    async fn run(
        mut self,
        mut traffic: impl Iterator<Item = Message> + Send,
        rate: usize,
        stop: Arc<AtomicBool>,
    ) -> usize {
        let publisher = self.connected().await;
        let pace = Duration::from_secs(1) * WINDOW as u32 / rate as u32;
        let mut next = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            let mut window: Vec<Message> = traffic.by_ref().take(WINDOW).collect();
            loop {
                window = self.send(&publisher, window).await;
                if window.is_empty() {
                    break;
                }
                self.repeated += window.len();
                sleep(Duration::from_millis(50)).await;
            }
            next = (next + pace).max(Instant::now());
            sleep_until(next).await;
        }
        self.repeated
    }

    async fn connected(&self) -> Publisher {
        let patient = Duration::from_secs(60);
        let options = PublisherOptions {
            ack_timeout: Duration::from_secs(2),
            connect_timeout: patient,
            ..PublisherOptions::new(&self.url)
        };
        Publisher::connect(options).await.unwrap()
    }

    /// Sends them all, and answers with those that were not confirmed, in their order.
    async fn send(&self, publisher: &Publisher, window: Vec<Message>) -> Vec<Message> {
        let mut acks = Vec::new();
        for message in window {
            // Awaited at once: each of them has its own patience.
            let sent = publisher.send(message.event.clone()).await;
            acks.push((message, sent.map(|pending| tokio::spawn(pending.ack()))));
        }
        let mut left = Vec::new();
        for (message, ack) in acks {
            let stored = match ack {
                Ok(ack) => ack.await.unwrap().ok(),
                Err(_) => None,
            };
            match stored {
                Some(stored) => {
                    self.confirmed.add(sequence(&stored.position), message);
                }
                None => left.push(message),
            }
        }
        left
    }
}
