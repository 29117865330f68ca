//! The queue of a watch's frames, and what its reader is told at the end.
//!
//! The reader's side keeps the last point that was taken out, so an error always says where to go on, whatever was still
//! queued.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use engine::query::{QueryError, ResumePoint};
use prost::Message;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::{Sleep, sleep_until, timeout},
};
use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;

use crate::{auth::Tenure, server::ConnectionAge, status};

/// Frames that await their reader at most.
const FRAMES: usize = 16;
/// Bytes of those, unless one alone is larger.
const BYTES: u32 = 32 * 1024;
/// How long a full queue may stand still.
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(10) };

/// Why a watch ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// The reader is gone: nobody is to be told.
    Gone,
    /// The reader took nothing for too long.
    Slow,
    /// The store gives no answer.
    Failed(QueryError),
    /// The thread of a step ended early.
    Thread(tokio::task::JoinError),
}

#[derive(Debug)]
struct Queued<M> {
    message: M,
    /// Whoever has this frame stands here.
    point: Option<ResumePoint>,
    _room: OwnedSemaphorePermit,
}

/// Where a watch puts its frames.
#[derive(Debug)]
pub(super) struct Queue<M> {
    frames: mpsc::Sender<Queued<M>>,
    room: Arc<Semaphore>,
    ending: oneshot::Sender<Ending>,
}

/// The frames of a watch, as the connection takes them.
pub(crate) struct Frames<M> {
    queue: mpsc::Receiver<Queued<M>>,
    ending: oneshot::Receiver<Ending>,
    resume: ResumePoint,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    aged: Option<Pin<Box<Sleep>>>,
    /// Why the reader may read no longer.
    unentitled: Option<Pin<Box<dyn Future<Output = Status> + Send>>>,
    over: bool,
}

/// An empty queue. `resume` is where a reader who takes nothing goes on.
pub(super) fn queue<M>(
    resume: ResumePoint,
    stop: CancellationToken,
    age: Option<ConnectionAge>,
    tenure: Option<Tenure>,
) -> (Queue<M>, Frames<M>) {
    let (sender, receiver) = mpsc::channel(FRAMES);
    let (end, ending) = oneshot::channel();
    let room = Arc::new(Semaphore::new(BYTES as usize));
    let stopping = Box::pin(stop.cancelled_owned());
    let aged = age.map(|age| Box::pin(sleep_until(age.ends)));
    let unentitled = tenure.map(|tenure| Box::pin(tenure.ended()) as Pin<Box<dyn Future<Output = _> + Send>>);
    let frames = Frames { queue: receiver, ending, resume, stopping, aged, unentitled, over: false };
    (Queue { frames: sender, room, ending: end }, frames)
}

impl<M: Message> Queue<M> {
    /// Puts a frame in, as soon as there is room.
    pub(super) async fn put(&self, message: M, point: Option<ResumePoint>) -> Result<(), Ending> {
        let bytes = u32::try_from(message.encoded_len()).unwrap_or(BYTES).clamp(1, BYTES);
        let put = async {
            let room = Arc::clone(&self.room).acquire_many_owned(bytes).await.map_err(|_| Ending::Gone)?;
            let queued = Queued { message, point, _room: room };
            self.frames.send(queued).await.map_err(|_| Ending::Gone)
        };
        timeout(PATIENCE, put).await.unwrap_or(Err(Ending::Slow))
    }

    /// Until the reader is gone.
    pub(super) async fn gone(&self) {
        self.frames.closed().await;
    }

    /// The reader is told after the frames that are queued.
    pub(super) fn end(self, ending: Ending) {
        // Where the reader is gone, nobody is told.
        self.ending.send(ending).ok();
    }
}

impl<M> Frames<M> {
    fn end(&mut self, status: impl FnOnce(ResumePoint) -> Status) -> Poll<Option<Result<M, Status>>> {
        self.over = true;
        self.queue.close();
        while self.queue.try_recv().is_ok() {}
        Poll::Ready(Some(Err(status(self.resume))))
    }
}

impl<M: Unpin> Stream for Frames<M> {
    type Item = Result<M, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(None);
        }
        if this.stopping.as_mut().poll(context).is_ready() {
            return this.end(|point| status::resumable(status::shutting_down(), point));
        }
        if this.aged.as_mut().is_some_and(|aged| aged.as_mut().poll(context).is_ready()) {
            return this.end(|point| status::resumable(status::connection_aged(), point));
        }
        if let Some(Poll::Ready(why)) = this.unentitled.as_mut().map(|ended| ended.as_mut().poll(context)) {
            return this.end(|point| status::resumable(why, point));
        }
        match this.queue.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Queued { message, point, _room })) => {
                this.resume = point.unwrap_or(this.resume);
                Poll::Ready(Some(Ok(message)))
            }
            Poll::Ready(None) => {
                let ending = this.ending.try_recv().unwrap_or(Ending::Gone);
                this.end(|point| status::resumable(said(ending), point))
            }
        }
    }
}

fn said(ending: Ending) -> Status {
    match ending {
        Ending::Gone => status::watch_failed(),
        Ending::Slow => status::slow_reader(PATIENCE),
        Ending::Failed(error) => status::query(error),
        Ending::Thread(error) => status::thread(&error),
    }
}
