//! The task of a watch: step, send, wait.

use std::sync::Arc;

use domain::Position;
use engine::query::{Frame, Next, QueryError, ResumePoint, Step, Watch};
use proto::v1;
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{
    Pace, Shape,
    frames::{Ending, Queue},
    pace::BEFORE_ANEW,
};
use crate::{auth::Viewer, shared::Shared};

/// Sends what a watch has to tell for as long as somebody takes it.
pub(super) struct Task<W: Shape> {
    shared: Arc<Shared>,
    viewer: Viewer,
    queue: Queue<W::Message>,
    pace: Pace,
    /// Among the open watches.
    _place: OwnedSemaphorePermit,
}

impl<W: Shape> Task<W> {
    pub(super) fn new(
        shared: Arc<Shared>,
        viewer: Viewer,
        queue: Queue<W::Message>,
        pace: Pace,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { shared, viewer, queue, pace, _place: place }
    }

    pub(super) async fn run(mut self, watch: Watch<W>) {
        let Err(ending) = self.follow(watch).await;
        self.queue.end(ending);
    }

    async fn follow(&mut self, mut watch: Watch<W>) -> Result<std::convert::Infallible, Ending> {
        let mut applied = self.shared.reader.projection().applied();
        loop {
            applied.mark_unchanged();
            let looked = Instant::now();
            let point;
            (watch, point) = self.catch_up(watch).await?;
            if self.pace.next_tell(point, looked) <= looked {
                self.tell(point).await?;
            }
            self.rest(&mut applied, looked, point).await?;
        }
    }

    /// Sends everything up to now.
    async fn catch_up(&mut self, mut watch: Watch<W>) -> Result<(Watch<W>, ResumePoint), Ending> {
        loop {
            let step;
            (watch, step) = self.step(watch).await?;
            let Step { frames, next } = step;
            self.send(frames, watch.resume_point()).await?;
            match next {
                Next::Step => tokio::task::yield_now().await,
                Next::Anew => sleep(BEFORE_ANEW).await,
                Next::Wait(point) => return Ok((watch, point)),
            }
        }
    }

    /// A short step is taken here: it costs less than handing it to another thread.
    async fn step(&self, mut watch: Watch<W>) -> Result<(Watch<W>, Step<W>), Ending> {
        if !watch.is_long().map_err(Ending::Failed)? {
            let step = watch.step().map_err(Ending::Failed)?;
            return Ok((watch, step));
        }
        // It is never closed.
        let _turn = self.shared.watches.long.acquire().await.map_err(|_| Ending::Gone)?;
        let stepping = tokio::task::spawn_blocking(move || {
            let step = watch.step()?;
            Ok::<_, QueryError>((watch, step))
        });
        stepping.await.map_err(Ending::Thread)?.map_err(Ending::Failed)
    }

    /// Sends the frames of one step. Only after the last of them does the watcher stand at `point`.
    async fn send(&mut self, frames: Vec<Frame<W>>, point: ResumePoint) -> Result<(), Ending> {
        let mut frames = frames.into_iter();
        while let Some(frame) = frames.next() {
            let completes = matches!(frame, Frame::Complete(_));
            let reached = (frames.len() == 0).then_some(point);
            let message = self.viewer.shown(W::message(frame));
            self.queue.put(message, reached).await?;
            if completes {
                self.pace.tell(point, Instant::now());
            }
        }
        Ok(())
    }

    async fn tell(&mut self, point: ResumePoint) -> Result<(), Ending> {
        let lag = self.shared.read_state(point.position).and_then(|state| state.lag);
        let (position, resume_token) = (point.position.to_string(), point.to_string());
        let progress = v1::Progress { position, lag, resume_token };
        self.queue.put(W::progress(progress), Some(point)).await?;
        self.pace.tell(point, Instant::now());
        Ok(())
    }

    /// Until more is folded, or it is time to say where the watch stands.
    async fn rest(
        &self,
        applied: &mut watch::Receiver<Position>,
        looked: Instant,
        point: ResumePoint,
    ) -> Result<(), Ending> {
        let more = async {
            let open = applied.changed().await.is_ok();
            sleep_until(self.pace.next_look(looked, self.shared.watches.open())).await;
            open
        };
        tokio::select! {
            () = self.queue.gone() => Err(Ending::Gone),
            () = sleep_until(self.pace.next_tell(point, looked)) => Ok(()),
            open = more => if open { Ok(()) } else { Err(Ending::Gone) },
        }
    }
}
