//! Watches, as they are served: how many, at what pace, and how each ends.
//!
//! A task for each watch steps through what the engine has to tell ([`engine::query::Watch`]) and puts frames into a short
//! queue, which the connection empties. Deliberately absent: what is sent, and when a watch begins anew (the engine's).

mod frames;
mod pace;
mod shape;
mod task;

use std::{sync::Arc, time::Duration};

use domain::Principal;
use engine::query::{QueryError, Reader, ResumePoint, Watch};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Response, Status};

use crate::{
    auth::{self, Tenure, Viewer},
    check::Check,
    server::ConnectionAge,
    shared::Shared,
    status,
};

pub(crate) use frames::Frames;
use pace::Pace;
use shape::Shape;
use task::Task;

/// Watches open at once.
const OPEN: usize = if cfg!(test) { 300 } else { 4_096 };
/// Snapshots and replays worked on at once, each on a thread of its own. They hold up batches, so more would help nobody.
const LONG: usize = 8;

/// What all watches share.
#[derive(Debug)]
pub(crate) struct Watches {
    places: Arc<Semaphore>,
    long: Semaphore,
    stop: CancellationToken,
}

impl Default for Watches {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(OPEN)),
            long: Semaphore::new(LONG),
            stop: CancellationToken::new(),
        }
    }
}

impl Watches {
    /// Watches that are open.
    pub(crate) fn open(&self) -> usize {
        OPEN.saturating_sub(self.places.available_permits())
    }

    /// Ends every watch, and lets none begin any more.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    fn enter(&self) -> Result<OwnedSemaphorePermit, Status> {
        if self.stop.is_cancelled() {
            return Err(status::shutting_down());
        }
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| status::too_many_watches(OPEN))
    }
}

/// What every request to watch has.
pub(crate) struct Opening {
    pub(crate) resume: Option<ResumePoint>,
    /// How long to wait for a position that is not folded yet.
    pub(crate) patience: Duration,
    /// When the connection is to end.
    pub(crate) age: Option<ConnectionAge>,
    /// How long the caller may watch.
    pub(crate) tenure: Option<Tenure>,
    /// Who watches.
    pub(crate) principal: Principal,
}

impl Opening {
    pub(crate) fn new<T>(request: &tonic::Request<T>, resume: Option<ResumePoint>) -> Result<Self, Status> {
        let patience = crate::deadline::patience(request.metadata());
        let age = request.extensions().get::<ConnectionAge>().copied();
        let tenure = request.extensions().get::<Tenure>().cloned();
        Ok(Self { resume, patience, age, tenure, principal: auth::principal(request)? })
    }
}

impl Check {
    /// Empty: none.
    pub(crate) fn resume_point(&mut self, sent: &str) -> Option<ResumePoint> {
        if sent.is_empty() {
            return None;
        }
        sent.parse()
            .map_err(|error: engine::query::ParseResumePointError| {
                self.refuse("resume_token", error.to_string())
            })
            .ok()
    }
}

impl Shared {
    /// Begins a watch.
    pub(crate) async fn watch<W: Shape>(
        self: &Arc<Self>,
        opening: Opening,
        begin: impl FnOnce(&Reader, Option<ResumePoint>) -> Result<Watch<W>, QueryError> + Send + 'static,
    ) -> Result<Response<Frames<W::Message>>, Status> {
        let Opening { resume, patience, age, tenure, principal } = opening;
        let place = self.watches.enter()?;
        if let Some(point) = resume {
            self.reach_resumed(point, patience).await?;
        }
        let watch = self.ask(true, move |reader| begin(reader, resume)).await?;
        let (queue, frames) = frames::queue(watch.resume_point(), self.watches.stop.clone(), age, tenure);
        let viewer = Viewer::new(principal, self.reader.clone());
        let task = Task::new(Arc::clone(self), viewer, queue, Pace::default(), place);
        tokio::spawn(task.run(watch));
        let mut response = Response::new(frames);
        // Small frames gain nothing from it, and a thousand watchers would cost a thousand compressors.
        response.disable_compression();
        Ok(response)
    }

    /// Another replica may have been ahead of this one. What lies beyond the log's end no log has, and the watch begins anew.
    async fn reach_resumed(&self, point: ResumePoint, patience: Duration) -> Result<(), Status> {
        if self.reader.epoch().map_err(status::query)? != point.epoch {
            return Ok(());
        }
        match self.reach(Some(point.position), patience).await {
            Err(status) if status.code() != Code::OutOfRange => Err(status),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
