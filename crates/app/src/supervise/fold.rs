//! An aggregator that runs in a task.

use engine::{Aggregator, AggregatorError};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// An aggregator that runs. Dropped, it is told to stop.
pub(super) struct Fold {
    stop: DropGuard,
    task: JoinHandle<Result<(), AggregatorError>>,
}

impl Fold {
    pub(super) fn start(aggregator: Aggregator) -> Self {
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let task = tokio::spawn(async move { aggregator.run(stopping).await });
        Self { stop: stop.drop_guard(), task }
    }

    /// Waits until it ends; may be cancelled and called again.
    pub(super) async fn ended(&mut self) -> Result<(), AggregatorError> {
        (&mut self.task).await.unwrap_or(Err(AggregatorError::Thread("aggregator")))
    }

    /// Has it finish its batch.
    pub(super) async fn stop(self) -> Result<(), AggregatorError> {
        let Self { stop, task } = self;
        stop.disarm().cancel();
        task.await.unwrap_or(Err(AggregatorError::Thread("aggregator")))
    }
}
