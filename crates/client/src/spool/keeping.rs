//! A publisher that loses nothing while NATS is away: it keeps what is not confirmed, and delivers it by itself.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use proto::v1::EventMessage;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use super::{Delivered, DeliveryError, Spool, SpoolError, SpoolOptions, deliver::blocking};
use crate::{PublishError, Published, Publisher, PublisherOptions, publisher};

/// Between tries to deliver, growing from the least to the most.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
const MOST_PAUSE: Duration = Duration::from_secs(2);

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is in the log.
    Stored(Published),
    /// It is on the disk, and is delivered later.
    Kept {
        /// Its name in the spool.
        name: String,
        /// Why it is not confirmed.
        reason: String,
    },
}

/// Publishes, and keeps what NATS does not confirm in a [`Spool`] until it can be delivered.
///
/// While events are kept, new ones go behind them. A task delivers them once NATS is back, in order; it ends when this is
/// closed or dropped, and what is left then is delivered by the next one with the same directory. An event may reach the log
/// twice, if only its ack was lost; it is the same event then, and Davy folds it once.
///
/// A bare message gets an id and the present time before it is first sent, by [`Spool::dated`]. An event whose id its sender
/// chose is sent as it stands: give it a time too, or it counts as of when it is delivered.
///
/// ```no_run
/// use davy_client::{Delivery, Event, PublisherOptions, SpoolOptions, SpoolingPublisher};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let nats = PublisherOptions::new("nats://127.0.0.1:4222");
/// let publisher = SpoolingPublisher::start(nats, SpoolOptions::new("/var/lib/zendesk-bridge/spool")).await?;
/// let data = serde_json::json!({ "text": "Pump resets every two hours", "reporter": "ana" });
/// let event = Event::new("sales", "issue.reported", data).customer("crm", "4711")?;
/// match publisher.publish(event.build()?).await? {
///     Delivery::Stored(stored) => println!("stored at {}", stored.position),
///     Delivery::Kept { reason, .. } => println!("kept until NATS is back: {reason}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SpoolingPublisher {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    options: PublisherOptions,
    spool: Spool,
    /// Absent until NATS was reached for the first time; after that a lost connection is made again by itself.
    publisher: OnceLock<Publisher>,
    /// Told that there is something to deliver.
    wake: Notify,
    /// Told after each try to deliver.
    tried: watch::Sender<()>,
}

impl SpoolingPublisher {
    /// Opens the spool and connects. If nobody answers within the time that the options give, it starts all the same and
    /// goes on trying. What the spool holds is delivered at once.
    ///
    /// # Errors
    /// If the spool cannot be opened, the options are wrong, or the server does not know us.
    pub async fn start(options: PublisherOptions, spool: SpoolOptions) -> Result<Self, StartError> {
        let spool = blocking(move || Spool::open(spool)).await?;
        let publisher = match Publisher::connect(options.clone()).await {
            Ok(connected) => OnceLock::from(connected),
            Err(error) if error.is_unconfirmed() => {
                tracing::warn!(error = error.chain(), dir = %spool.dir().display(), "NATS is away; events are kept");
                OnceLock::new()
            }
            Err(error) => return Err(error.into()),
        };
        let (wake, tried) = (Notify::new(), watch::Sender::new(()));
        let shared = Arc::new(Shared { options, spool, publisher, wake, tried });
        let task = tokio::spawn(Arc::clone(&shared).run());
        Ok(Self { shared, task })
    }

    /// Publishes an event and waits for its ack; keeps it if there is none, or if others are kept before it. Whoever stops
    /// waiting for this does not know whether it was stored, kept or neither.
    ///
    /// # Errors
    /// If the event is refused for good or cannot be sent as it is, or if it can be neither confirmed nor kept.
    pub async fn publish(&self, event: EventMessage) -> Result<Delivery, DeliveryError> {
        let event = self.shared.spool.dated(event);
        publisher::check(&event)?;
        let reason = match self.shared.ready() {
            Ok(publisher) => match publisher.publish(event.clone()).await {
                Ok(published) => return Ok(Delivery::Stored(published)),
                Err(error) if error.is_unconfirmed() => error.chain(),
                Err(error) => return Err(error.into()),
            },
            Err(reason) => reason,
        };
        let kept = self.shared.keep(event, reason.clone()).await;
        match kept {
            Ok(name) => Ok(Delivery::Kept { name, reason }),
            Err(source) => Err(DeliveryError::NotKept { reason, source }),
        }
    }

    /// The spool: what waits, and what is set aside.
    pub fn spool(&self) -> &Spool {
        &self.shared.spool
    }

    /// Comes back when nothing waits to be delivered.
    pub async fn delivered(&self) {
        let mut tried = self.shared.tried.subscribe();
        while self.shared.spool.waiting() > 0 {
            if tried.changed().await.is_err() {
                return;
            }
        }
    }

    /// Stops delivering, and says how many events are left for the next time.
    pub async fn close(mut self) -> u64 {
        self.task.abort();
        // It ends by being stopped; there is nothing else to learn from it.
        (&mut self.task).await.ok();
        self.shared.spool.waiting()
    }
}

impl Drop for SpoolingPublisher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    /// The publisher, if an event may be sent right away.
    fn ready(&self) -> Result<&Publisher, String> {
        match (self.publisher.get(), self.spool.waiting()) {
            (None, _) => Err("NATS was not reached yet".to_owned()),
            (Some(_), waiting @ 1..) => Err(format!("{waiting} kept events are delivered before it")),
            (Some(publisher), 0) => Ok(publisher),
        }
    }

    async fn keep(&self, event: EventMessage, reason: String) -> Result<String, SpoolError> {
        let spool = self.spool.clone();
        let name = blocking(move || spool.keep(event, reason)).await?;
        self.wake.notify_one();
        Ok(name)
    }

    /// Delivers whenever there is something to deliver; never ends by itself.
    async fn run(self: Arc<Self>) {
        let mut pause = LEAST_PAUSE;
        loop {
            let tried = self.try_once().await;
            self.tried.send_replace(());
            match tried {
                Ok(()) if self.spool.waiting() == 0 => {
                    pause = LEAST_PAUSE;
                    self.wake.notified().await;
                }
                Ok(()) => {}
                Err(error) => {
                    tracing::debug!(%error, "kept events are not delivered yet");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(MOST_PAUSE);
                }
            }
        }
    }

    async fn try_once(&self) -> Result<(), StartError> {
        let publisher = match self.publisher.get() {
            Some(publisher) => publisher,
            None => {
                let connected = Publisher::connect(self.options.clone()).await?;
                self.publisher.get_or_init(|| connected)
            }
        };
        if self.spool.waiting() == 0 {
            return Ok(());
        }
        if !publisher.is_connected() {
            return Err(PublishError::Disconnected.into());
        }
        let Delivered { stored, duplicates, stopped, .. } = self.spool.deliver(publisher).await?;
        if stored + duplicates > 0 {
            tracing::info!(stored, duplicates, "delivered kept events");
        }
        stopped.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// A publisher with a spool could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its options are wrong, or the server does not know us.
    #[error(transparent)]
    Connect(#[from] PublishError),
    /// Its spool cannot be used.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}
