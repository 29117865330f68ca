//! The reconciler: watches what is owed, sorts it into lanes, works each lane in a task of its own.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{
    select,
    sync::{Semaphore, watch},
    task::{self, JoinSet},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    attempt,
    board::{Board, Effect},
    channel::Channels,
    config::Config,
    figures::{Counted, Figures},
    gate::{Gate, Gates},
    incidents::Incidents,
    lane::{Lane, Next},
    owed::{ApiFault, Claim, Owed, Watch as _},
    ping::PingId,
    retry::Backoff,
};

/// Sends at once, over all receivers.
const SENDS: usize = 256;
/// Claims at once.
const CLAIMS: usize = 32;
/// Between two snapshots that are asked for because there is room again.
const AGAIN: Duration = Duration::from_secs(30);
/// A watch that says nothing for so long is begun anew.
const SILENCE: Duration = Duration::from_secs(90);
/// Between two tries to watch, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// How long messages on their way may take after the request to stop. Those that take longer are claimed already, and are
/// sent again when their claims lapse.
const DRAIN: Duration = Duration::from_secs(5);
/// A lane with nothing to do looks again whether it is to end.
const IDLE: Duration = Duration::from_secs(60);

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why there is no pager.
#[derive(Debug, thiserror::Error)]
pub enum PagerError {
    /// A channel cannot be used.
    #[error(transparent)]
    Channel(Box<dyn std::error::Error + Send + Sync>),
}

/// A pager that runs when told to.
#[derive(Debug)]
pub struct Pager<A>(Arc<Shared<A>>);

/// What all lanes use.
pub(crate) struct Shared<A> {
    pub(crate) api: A,
    pub(crate) clock: Clock,
    pub(crate) channels: Channels,
    pub(crate) gates: Gates,
    pub(crate) sends: Semaphore,
    pub(crate) claims: Semaphore,
    pub(crate) figures: Arc<Figures>,
    pub(crate) incidents: Incidents,
    config: Config,
}

impl<A> fmt::Debug for Shared<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl<A> Shared<A> {
    pub(crate) fn claim(&self, ping: &PingId, attempt: u32) -> Claim {
        Claim { ping: ping.clone(), by: self.config.name.clone(), attempt }
    }

    /// Nothing, when it is past.
    pub(crate) fn left_until(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since((self.clock)())).unwrap_or_default()
    }
}

impl<A: Owed> Pager<A> {
    /// Opens the channels. Nothing is connected to before there is something to send.
    ///
    /// # Errors
    /// If a channel's configuration is of no use; which, and why.
    pub fn new(config: Config, api: A, clock: Clock) -> Result<Self, PagerError> {
        let channels =
            Channels::open(&config.channels, &clock).map_err(|error| PagerError::Channel(Box::new(error)))?;
        Ok(Self::over(config, channels, api, clock))
    }

    pub(crate) fn over(config: Config, channels: Channels, api: A, clock: Clock) -> Self {
        Self(Arc::new(Shared {
            api,
            clock,
            channels,
            gates: Gates::default(),
            sends: Semaphore::new(SENDS),
            claims: Semaphore::new(CLAIMS),
            figures: Arc::default(),
            incidents: Incidents::default(),
            config,
        }))
    }

    /// What it counts.
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.0.figures)
    }

    /// Runs until `shutdown`, then ends what is on its way, within 5 s. May be killed at any time instead.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut running = Running::new(self.0, shutdown.clone());
        shutdown.run_until_cancelled(running.reconcile()).await;
        running.stop().await;
    }
}

/// How the work on a lane ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// There is nothing to do.
    Idle,
    /// What it had is asked for anew.
    Broken,
}

struct Running<A> {
    shared: Arc<Shared<A>>,
    board: Board,
    lanes: JoinSet<()>,
    /// Which lane a task works.
    worked: HashMap<task::Id, Arc<Lane>>,
    following_up: JoinSet<()>,
    /// Whether all that is owed is known: what belongs together must not go one by one.
    may_send: watch::Sender<bool>,
    shutdown: CancellationToken,
}

impl<A: Owed> Running<A> {
    fn new(shared: Arc<Shared<A>>, shutdown: CancellationToken) -> Self {
        let mut following_up = JoinSet::new();
        let (watched, stop) = (Arc::clone(&shared), shutdown.clone());
        following_up.spawn(async move {
            stop.run_until_cancelled(watched.incidents.follow(&watched)).await;
        });
        Self {
            board: Board::new(shared.config.throttle),
            shared,
            lanes: JoinSet::new(),
            worked: HashMap::new(),
            following_up,
            may_send: watch::Sender::new(false),
            shutdown,
        }
    }

    /// Watches for ever, over lost connections.
    async fn reconcile(&mut self) {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        loop {
            match self.follow(&mut backoff).await {
                Ok(()) => tracing::debug!("the watch of owed pings ended"),
                Err(error) => tracing::warn!(%error, "what is owed is not known for the moment"),
            }
            sleep(backoff.pause()).await;
        }
    }

    /// One watch, to its end.
    async fn follow(&mut self, backoff: &mut Backoff) -> Result<(), ApiFault> {
        let mut watch = self.shared.api.watch().await?;
        self.board.begin_snapshot();
        let began = Instant::now();
        loop {
            let frame = select! {
                frame = timeout(SILENCE, watch.next()) => frame,
                Some(ended) = self.lanes.join_next_with_id() => match self.ended(ended) {
                    Ended::Idle => continue,
                    Ended::Broken => return Ok(()),
                },
            };
            let frame = frame.map_err(|_| ApiFault::Unavailable("it fell silent".to_owned()))??;
            let Some(frame) = frame else { return Ok(()) };
            backoff.reset();
            for effect in self.board.apply(frame, (self.shared.clock)()) {
                self.act(effect);
            }
            self.shared.figures.set_owed(self.board.len());
            if began.elapsed() >= AGAIN && self.board.has_room_again() {
                return Ok(());
            }
        }
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Begin(lane) => {
                let (shared, may_send) = (Arc::clone(&self.shared), self.may_send.subscribe());
                let shutdown = self.shutdown.clone();
                let worked = Arc::clone(&lane);
                let task = self.lanes.spawn(async move { work(&shared, &worked, may_send, &shutdown).await });
                self.worked.insert(task.id(), lane);
            }
            Effect::Complete => {
                self.may_send.send_replace(true);
            }
            Effect::LeftOut => self.shared.figures.count(Counted::LeftOut),
        }
    }

    fn ended(&mut self, ended: Result<(task::Id, ()), task::JoinError>) -> Ended {
        let (id, how) = match ended {
            Ok((id, ())) => (id, Ended::Idle),
            Err(error) => {
                tracing::error!(%error, "the work on a lane panicked, which is a defect of Davy's; it begins anew");
                (error.id(), Ended::Broken)
            }
        };
        if let Some(lane) = self.worked.remove(&id) {
            lane.close();
            self.board.end(&lane);
        }
        how
    }

    async fn stop(mut self) {
        let drained = async { while self.lanes.join_next().await.is_some() {} };
        if timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(
                "messages were still on their way; their pings are sent again when their claims lapse"
            );
        }
        self.lanes.shutdown().await;
        self.following_up.shutdown().await;
    }
}

/// Works a lane until it is idle or the pager is to stop.
async fn work<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    mut may_send: watch::Receiver<bool>,
    shutdown: &CancellationToken,
) {
    let known = async { may_send.wait_for(|may| *may).await.is_ok() };
    if shutdown.run_until_cancelled(known).await != Some(true) {
        return;
    }
    let mut gate: Option<Arc<Gate>> = None;
    let mut is_throttled = false;
    while !shutdown.is_cancelled() {
        match lane.next((shared.clock)()) {
            Next::Send(_) => {
                // Only then a claim: what waits for a server that hangs is not claimed meanwhile.
                let waiting = async {
                    match &gate {
                        Some(gate) => Some(gate.enter().await),
                        None => None,
                    }
                };
                let Some(pass) = shutdown.run_until_cancelled(waiting).await else { return };
                // While it waited, more came, or something was answered.
                if let Next::Send(batch) = lane.next((shared.clock)()) {
                    let held = gate.as_ref().zip(pass);
                    gate = attempt::make(shared, lane, batch, held).await.or(gate);
                }
                is_throttled = false;
            }
            Next::Wait { until, throttled } => {
                if throttled && !is_throttled {
                    shared.figures.count(Counted::Throttled);
                }
                is_throttled = throttled;
                if throttled {
                    attempt::tell_throttled(shared, lane).await;
                }
                if lane.close_if_idle() {
                    return;
                }
                let until = until.unwrap_or_else(|| Instant::now() + IDLE);
                select! {
                    () = shutdown.cancelled() => {}
                    () = lane.changed.notified() => {}
                    () = sleep_until(until) => {}
                }
            }
        }
    }
}
