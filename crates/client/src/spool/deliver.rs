//! Delivery: what is kept is sent in order, some at once, and removed when its ack is there.

use std::collections::VecDeque;

use super::{Entry, KeptEvent, Spool, SpoolError, Standing, files};
use crate::{Pending, PublishError, Published, Publisher};

/// Sent, but not yet acked, at once. Of the largest events they are 16 MB.
const IN_FLIGHT: usize = 64;

/// What became of the events of a spool.
#[derive(Debug, Default)]
pub struct Delivered {
    /// In the log now.
    pub stored: u64,
    /// Not stored again, since the server knew their `Nats-Msg-Id`.
    pub duplicates: u64,
    /// Where the last one of these stands, such as `0-18446`; empty if there is none.
    pub position: String,
    /// Set aside, since the server refuses them for good.
    pub refused: Vec<Refusal>,
    /// Names of files that were found damaged, and are set aside.
    pub unreadable: Vec<String>,
    /// Still waiting.
    pub left: u64,
    /// Why not all were sent.
    pub stopped: Option<PublishError>,
}

/// An event that the server refused for good.
#[derive(Debug)]
pub struct Refusal {
    /// Under which it was kept.
    pub name: String,
    /// What the server said.
    pub error: PublishError,
}

struct Sent {
    name: String,
    pending: Result<Pending, PublishError>,
}

/// One go through a spool.
struct Delivery<'a> {
    spool: &'a Spool,
    publisher: &'a Publisher,
    on_the_way: VecDeque<Sent>,
    delivered: Delivered,
}

impl Spool {
    /// Sends what waits, in the order in which it was kept, until nothing does or the first is not confirmed. Whoever stops
    /// waiting for this loses nothing: what was not removed is sent again, as the same event.
    ///
    /// # Errors
    /// If another process delivers this spool, or its files cannot be read or removed.
    pub async fn deliver(&self, publisher: &Publisher) -> Result<Delivered, SpoolError> {
        let spool = self.clone();
        let _lock = blocking(move || spool.lock()).await?;
        let (on_the_way, delivered) = (VecDeque::new(), Delivered::default());
        let mut delivery = Delivery { spool: self, publisher, on_the_way, delivered };
        let outcome = delivery.run().await;
        let spool = self.clone();
        // Also after a failure: others look at how many wait.
        blocking(move || spool.recount(&mut spool.state())).await?;
        outcome?;
        Ok(Delivered { left: self.waiting(), ..delivery.delivered })
    }
}

impl Delivery<'_> {
    async fn run(&mut self) -> Result<(), SpoolError> {
        loop {
            let spool = self.spool.clone();
            // What is kept meanwhile goes behind, and is found by the next look.
            let mut waiting = blocking(move || spool.entries()).await?;
            waiting.retain(|entry| entry.standing == Standing::Waiting);
            if waiting.is_empty() {
                return Ok(());
            }
            for entry in waiting {
                self.send(entry).await?;
                if self.delivered.stopped.is_some() {
                    return Ok(());
                }
            }
            while !self.on_the_way.is_empty() {
                self.settle_first().await?;
                if self.delivered.stopped.is_some() {
                    return Ok(());
                }
            }
        }
    }

    async fn send(&mut self, entry: Entry) -> Result<(), SpoolError> {
        // The publisher lets no more on their way than that, and would wait here for acks that nobody takes.
        let most = IN_FLIGHT.min(self.publisher.max_in_flight());
        while self.on_the_way.len() >= most {
            self.settle_first().await?;
            if self.delivered.stopped.is_some() {
                return Ok(());
            }
        }
        let spool = self.spool.clone();
        let name = entry.name.clone();
        let KeptEvent { message, kept_at: _, reason: _ } = match blocking(move || spool.read(&entry)).await {
            Ok(kept) => kept,
            Err(SpoolError::Damaged { path, detail }) => {
                tracing::warn!(path = %path.display(), detail, "a kept event is damaged and is set aside");
                self.mark(&name, Standing::Unreadable).await?;
                self.delivered.unreadable.push(name);
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let pending = self.publisher.send(message).await;
        self.on_the_way.push_back(Sent { name, pending });
        Ok(())
    }

    /// Waits for the ack of the event that waits longest. If it does not come, those behind it are left for another time
    /// too: they are the same events when they are sent again.
    async fn settle_first(&mut self) -> Result<(), SpoolError> {
        let Some(Sent { name, pending }) = self.on_the_way.pop_front() else { return Ok(()) };
        let acked = match pending {
            Ok(pending) => pending.ack().await,
            Err(error) => Err(error),
        };
        match acked {
            Ok(Published { position, duplicate }) => {
                *(if duplicate { &mut self.delivered.duplicates } else { &mut self.delivered.stored }) += 1;
                self.delivered.position = position;
                self.forget(name).await
            }
            Err(error) if error.is_unconfirmed() => {
                self.delivered.stopped = Some(error);
                Ok(())
            }
            Err(error) => {
                tracing::warn!(name, error = error.chain(), "a kept event is refused and is set aside");
                self.mark(&name, Standing::Refused).await?;
                self.delivered.refused.push(Refusal { name, error });
                Ok(())
            }
        }
    }

    async fn forget(&self, name: String) -> Result<(), SpoolError> {
        let path = files::path(self.spool.dir(), &name, Standing::Waiting);
        let failed = path.clone();
        let removed = blocking(move || Ok(files::remove(&path))).await?;
        removed.map_err(|source| SpoolError::Change { operation: "remove", path: failed, source })
    }

    async fn mark(&self, name: &str, standing: Standing) -> Result<(), SpoolError> {
        let (dir, name) = (self.spool.dir().to_owned(), name.to_owned());
        blocking(move || files::mark(&dir, &name, Standing::Waiting, standing)).await
    }
}

/// Work on the disk, away from the threads that others wait for.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    tokio::task::spawn_blocking(work).await.map_err(SpoolError::Ending)?
}
