//! The real threads over a log and a store in memory: phases, ends, and logs that are not the one that was folded.

use std::{
    sync::{Arc, mpsc::sync_channel},
    time::Duration,
};

use domain::{Losses, Position, Severity};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    run::{Run, fold_all},
    said::{Said, TEN, about, publish, reported},
};
use crate::{
    Aggregator, AggregatorError, Pace, Phase, Projection, Store,
    pipeline::{
        drive::{self, Ends},
        folder::{FoldError, Folder},
        parse::prepare,
    },
    testing::{MemoryLog, MemoryStore, SlabCodec, exported},
};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Service {
    projection: Arc<Projection>,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), AggregatorError>>,
}

impl Service {
    fn start(log: &Arc<MemoryLog>, store: &Arc<MemoryStore>, codec: &Arc<SlabCodec>) -> Self {
        let (port, codec_port) = (Arc::clone(store), Arc::clone(codec));
        let projection = Arc::new(Projection::open(port, codec_port, "v0-0").unwrap());
        let log_port = Arc::clone(log);
        let aggregator = Aggregator::new(log_port, Arc::clone(&projection));
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let running = tokio::spawn(async move { aggregator.run(token).await });
        Self { projection, shutdown, running }
    }

    async fn folds(&self, sequence: u64) {
        let mut applied = self.projection.applied();
        let wanted = Position::new(sequence);
        timeout(PATIENCE, applied.wait_for(|position| *position >= wanted)).await.unwrap().unwrap();
    }

    async fn is(&self, wanted: impl Fn(&Phase) -> bool) -> Phase {
        let mut phase = self.projection.phase();
        timeout(PATIENCE, phase.wait_for(|phase| wanted(phase))).await.unwrap().unwrap().clone()
    }

    async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.running).await.unwrap().unwrap().unwrap();
    }

    /// What ended it, and what it says of itself then.
    async fn ends(self) -> (AggregatorError, Phase) {
        let error = timeout(PATIENCE, self.running).await.unwrap().unwrap().unwrap_err();
        (error, self.projection.phase_now().clone())
    }

    async fn diverges(self) -> String {
        let (error, phase) = self.ends().await;
        let AggregatorError::Diverged(text) = error else { panic!("{error}") };
        assert_eq!(phase, Phase::Diverged { problem: text.clone() });
        text
    }
}

fn said(issues: u8) -> Vec<Said> {
    let reports = (0..issues).map(|issue| about(issue, 0, reported(Severity::Two)));
    reports.map(|event| Said::Event(Box::new(event))).collect()
}

/// A log of so many reports, and a store that folded them.
fn folded_log(issues: u8) -> (Arc<SlabCodec>, Arc<MemoryLog>, Arc<MemoryStore>) {
    let codec = Arc::new(SlabCodec::new(24));
    let log = Arc::new(publish(&codec, &said(issues)));
    let store = fold_all(&log.messages(), &codec, &[]);
    (codec, log, store)
}

#[tokio::test]
async fn it_folds_what_is_there_and_what_comes_and_goes_on_after_a_restart() {
    let codec = Arc::new(SlabCodec::new(24));
    let messages = said(200);
    let log = Arc::new(MemoryLog::new("life", TEN));
    let whole = publish(&codec, &messages);
    let publish_some = |range: std::ops::Range<usize>| {
        for message in &whole.messages()[range] {
            let (subject, headers, body) = (message.subject.clone(), Vec::new(), message.body.clone());
            log.publish(crate::NewMessage { subject, headers, body });
        }
    };
    publish_some(0..50);
    let store = Arc::new(MemoryStore::default());
    let service = Service::start(&log, &store, &codec);
    service.folds(50).await;
    assert_eq!(service.is(|phase| *phase == Phase::Live).await, Phase::Live);
    publish_some(50..51);
    service.folds(51).await;
    assert_eq!(service.projection.lag(service.projection.position()), Some(0));
    publish_some(51..120);
    service.stop().await;

    publish_some(120..200);
    let service = Service::start(&log, &store, &codec);
    service.folds(200).await;
    service.stop().await;
    assert_eq!(exported(&*store), exported(&*fold_all(&whole.messages(), &codec, &[])));
}

#[tokio::test]
async fn it_catches_up_before_it_is_live() {
    let (codec, log, _) = folded_log(30);
    log.deliver_up_to(Position::START);
    let service = Service::start(&log, &Arc::new(MemoryStore::default()), &codec);
    let behind = |done| Phase::CatchingUp { done: Position::new(done), total: Position::new(30) };
    service.is(|phase| *phase == behind(0)).await;
    log.deliver_up_to(Position::new(20));
    service.is(|phase| *phase == behind(20)).await;
    assert_eq!(service.projection.lag(service.projection.position()), Some(10));
    log.deliver_up_to(Position::new(u64::MAX));
    service.is(|phase| *phase == Phase::Live).await;
    assert_eq!(service.projection.position(), Position::new(30));
    service.stop().await;
}

#[tokio::test]
async fn an_empty_log_is_caught_up_with() {
    let codec = Arc::new(SlabCodec::new(24));
    let log = Arc::new(MemoryLog::new("life", TEN));
    let service = Service::start(&log, &Arc::new(MemoryStore::default()), &codec);
    service.is(|phase| *phase == Phase::Live).await;
    service.stop().await;
}

#[tokio::test]
async fn while_the_log_cannot_be_reached_the_store_answers_with_unknown_lag() {
    let (codec, log, store) = folded_log(3);
    log.set_reachable(false);
    let service = Service::start(&log, &store, &codec);
    service.is(|phase| *phase == Phase::Live).await;
    assert_eq!(service.projection.lag(service.projection.position()), None);
    log.publish(codec.message(domain::Arrived::UnknownDocument { type_name: "calendar.set".to_owned() }));
    log.set_reachable(true);
    service.folds(4).await;
    assert_eq!(service.projection.lag(service.projection.position()), Some(0));
    service.stop().await;
}

#[tokio::test]
async fn it_can_be_stopped_while_the_log_cannot_be_reached() {
    let (codec, log, store) = folded_log(3);
    log.set_reachable(false);
    let service = Service::start(&log, &store, &codec);
    service.is(|phase| *phase == Phase::Live).await;
    service.stop().await;
}

#[tokio::test]
async fn a_message_that_is_lost_for_good_stops_it_after_what_came_before() {
    let (codec, log, _) = folded_log(5);
    log.lose(Position::new(4));
    let store = Arc::new(MemoryStore::default());
    let (error, phase) = Service::start(&log, &store, &codec).ends().await;
    assert!(matches!(error, AggregatorError::Log(crate::LogError::Gap { .. })), "{error}");
    let Phase::Stalled { problem } = phase else { panic!("{phase:?}") };
    assert_eq!(problem, "read the log: messages 0-4 to before 0-5 are missing from the log");
    assert_eq!(store.cursor().unwrap().unwrap().position, Position::new(3));
}

/// The fold thread's work without the threads beside it.
struct Alone {
    messages: Vec<crate::RawMessage>,
    codec: Arc<SlabCodec>,
    projection: Projection,
    folder: Folder,
}

impl Alone {
    fn over(issues: u8) -> Self {
        let (codec, log, _) = folded_log(issues);
        let store = Arc::new(MemoryStore::default());
        let (port, codec_port) = (Arc::clone(&store), Arc::clone(&codec));
        let projection = Projection::open(port, codec_port, "v0-0").unwrap();
        let (life, losses, codec_port) = ("life".to_owned(), Losses::default(), Arc::clone(&codec));
        let folder =
            Folder::open(store, codec_port, Arc::default(), life, losses, domain::Issue::apply).unwrap();
        Self { messages: log.messages(), codec, projection, folder }
    }

    /// The next so many messages.
    fn chunk(&mut self, messages: usize) -> Vec<crate::pipeline::parse::Prepared> {
        self.messages.drain(..messages).map(|message| prepare(&*self.codec, message)).collect()
    }
}

#[test]
fn a_gap_that_the_log_did_not_notice_stops_the_fold_after_what_came_before() {
    let mut alone = Alone::over(4);
    let (chunks_in, chunks) = sync_channel(1);
    let (batches, batches_out) = sync_channel(1);
    let (_done, done) = sync_channel(1);
    alone.messages.remove(2);
    chunks_in.send(alone.chunk(3)).unwrap();
    let Alone { mut folder, projection, .. } = alone;
    let gap = drive::run(&mut folder, &projection, Pace::Alone, &Ends { chunks, batches, done }).unwrap_err();
    assert!(matches!(gap, FoldError::Gap { expected, .. } if expected == Position::new(3)), "{gap}");
    assert_eq!(batches_out.recv().unwrap().batch.cursor.position, Position::new(2));
}

#[test]
fn what_comes_after_the_end_of_the_log_was_reached_is_watched() {
    let mut alone = Alone::over(4);
    let (chunks_in, chunks) = sync_channel(1);
    let (batches, batches_out) = sync_channel(1);
    let (done_in, done) = sync_channel(1);
    let (first, second) = (alone.chunk(3), alone.chunk(1));
    let Alone { mut folder, projection, .. } = alone;
    std::thread::scope(|scope| {
        let ends = Ends { chunks, batches, done };
        let folding = scope.spawn(|| drive::run(&mut folder, &projection, Pace::Alone, &{ ends }));
        chunks_in.send(first).unwrap();
        assert!(batches_out.recv().unwrap().touched.is_none(), "nobody could watch what was there before");
        // Nothing tells that the fold waits for the next message by now. It most likely does after this, and only then would it
        // have asked too early whether the end was reached; where it does not, the test passes without having tried that.
        std::thread::sleep(Duration::from_millis(10));
        projection.set_phase(Phase::Live);
        done_in.send(1).unwrap();
        chunks_in.send(second).unwrap();
        assert_eq!(batches_out.recv().unwrap().touched.map(|touched| touched.len()), Some(1));
        drop((chunks_in, done_in));
        folding.join().unwrap().unwrap();
    });
}

#[tokio::test]
async fn a_store_that_does_not_take_a_batch_stops_it() {
    let (codec, log, _) = folded_log(5);
    let store = Arc::new(MemoryStore::default());
    store.fail_next_commit();
    let (error, phase) = Service::start(&log, &store, &codec).ends().await;
    assert!(matches!(error, AggregatorError::Store(_)), "{error}");
    let Phase::Stalled { problem } = phase else { panic!("{phase:?}") };
    assert_eq!(problem, "fold into the store: commit a batch in the store: told to fail");
    assert_eq!(store.cursor().unwrap(), None);

    // The next start begins where the store stands.
    let service = Service::start(&log, &store, &codec);
    service.folds(5).await;
    service.stop().await;
}

#[tokio::test]
async fn another_stream_is_not_folded_on_top_of_the_old_one() {
    let (codec, log, store) = folded_log(5);
    log.replace("another");
    let before = exported(&*store);
    let text = Service::start(&log, &store, &codec).diverges().await;
    assert!(
        text.starts_with("the stream was replaced: it is `another`, and the store has folded `life`"),
        "{text}"
    );
    assert_eq!(exported(&*store), before);
}

#[tokio::test]
async fn a_stream_that_ends_before_the_store_was_rolled_back() {
    let (codec, log, store) = folded_log(5);
    log.roll_back(Position::new(3));
    let text = Service::start(&log, &store, &codec).diverges().await;
    let expected = "the stream was rolled back: it ends at 0-3, and the store has folded up to 0-5";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn a_stream_that_was_written_again_from_an_earlier_place_is_another_one() {
    let (codec, log, store) = folded_log(5);
    rewrite(&log, &codec);
    let text = Service::start(&log, &store, &codec).diverges().await;
    assert!(text.contains("written again: its message at 0-5 is not the one"), "{text}");
}

/// Rolls the log back and lets others say something else.
fn rewrite(log: &MemoryLog, codec: &SlabCodec) {
    log.roll_back(Position::new(3));
    for _ in 0..3 {
        log.publish(codec.message(domain::Arrived::UnknownDocument { type_name: "calendar.set".to_owned() }));
    }
}

#[tokio::test]
async fn a_stream_without_the_last_message_that_was_folded_is_not_folded_on() {
    let (codec, log, store) = folded_log(5);
    log.publish(codec.message(domain::Arrived::UnknownDocument { type_name: "calendar.set".to_owned() }));
    log.lose(Position::new(5));
    let text = Service::start(&log, &store, &codec).diverges().await;
    assert!(text.starts_with("the stream does not hold its message at 0-5 any more"), "{text}");
}

type Happening = fn(&MemoryLog, &SlabCodec);

#[tokio::test]
async fn what_happens_to_the_stream_is_noticed_while_it_is_folded() {
    let happenings: [(Happening, &str); 3] = [
        (|log, _| log.replace("another"), "replaced"),
        (|log, _| log.roll_back(Position::new(3)), "rolled back: it ends at 0-3"),
        (rewrite, "written again"),
    ];
    for (happens, expected) in happenings {
        let (codec, log, store) = folded_log(5);
        let service = Service::start(&log, &store, &codec);
        service.is(|phase| *phase == Phase::Live).await;
        happens(&log, &codec);
        let text = service.diverges().await;
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn a_stream_that_grows_while_it_is_looked_at_has_not_been_rolled_back() {
    let (codec, log, store) = folded_log(5);
    let service = Service::start(&log, &store, &codec);
    for sequence in 6..400 {
        log.publish(codec.message(domain::Arrived::UnknownDocument { type_name: "calendar.set".to_owned() }));
        if sequence % 20 == 0 {
            service.folds(sequence).await;
        }
    }
    service.folds(399).await;
    service.stop().await;
}

#[test]
fn a_run_by_hand_and_the_store_agree_on_where_it_stands() {
    let (codec, log, store) = folded_log(2);
    let mut run = Run::open(&store, &codec, domain::Issue::apply);
    log.messages().iter().for_each(|message| run.fold(message).unwrap());
    let before = exported(&*store);
    run.finish();
    assert_eq!(exported(&*store), before, "what was folded already is passed over");
}
