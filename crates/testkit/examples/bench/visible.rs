//! From the moment an event is published to the moment a watch shows it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use engine::EventLog as _;
use proto::v1::{self, watch_unacknowledged_response::Frame};
use tokio::{sync::mpsc, task::JoinSet};

use crate::{Size, child::Aggregator, load::Load, place::Place, report::Report};

/// Events a second.
const RATE: u32 = 1_000;
/// Changes a second of a board that a crowd watches: each is sent to each of them.
const CROWD_RATE: u32 = 20;
/// Issues on the board before that.
const BOARD: usize = 1_000;
/// Of a crowd so many are timed, evenly spread: whoever came first may be served first.
const TIMED: usize = 20;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    let place = Place::start()?;
    let log = place.log().await?;
    let aggregator = Aggregator::start(place.server.url(), &place.dir.path().join("visible"))?;
    let mut load = Load::new(true);
    log.append(load.take(BOARD), Vec::new()).await?;
    aggregator.folded(BOARD).await?;
    let crowd = Crowd { watchers: size.watchers, events: size.watched / 50, rate: CROWD_RATE };
    let one = round(&place, &aggregator, &mut load, Crowd { watchers: 1, ..crowd }).await?;
    let [_, before] = aggregator.memory()?;
    let many = round(&place, &aggregator, &mut load, crowd).await?;
    let all = Crowd { watchers: 1, events: size.watched, rate: RATE };
    let quick = round(&place, &aggregator, &mut load, all).await?;
    report.bound(format!("publish to visible at {RATE}/s, p50"), vec![quick.p50], "ms", 20.0);
    report.bound(format!("publish to visible at {RATE}/s, p99"), vec![quick.p99], "ms", 20.0);
    report.bound(format!("publish to visible at {CROWD_RATE}/s, p99"), vec![one.p99], "ms", 20.0);
    let work = format!("the same with {} watchers, p99 (five times)", size.watchers);
    report.bound(work, vec![many.p99], "ms", one.p99 * 5.0);
    let each = (many.memory.saturating_sub(before)) as f64 / size.watchers as f64 / 1024.0;
    report.bound(format!("memory of each of {} watchers", size.watchers), vec![each], "KB", 64.0);
    Ok(())
}

#[derive(Clone, Copy)]
struct Crowd {
    watchers: usize,
    events: usize,
    /// A second.
    rate: u32,
}

struct Latencies {
    p50: f64,
    p99: f64,
    /// Bytes, while all of them watched.
    memory: u64,
}

/// `watchers` watch while `events` are published, each in a connection of its own.
async fn round(
    place: &Place,
    aggregator: &Aggregator,
    load: &mut Load,
    Crowd { watchers, events, rate }: Crowd,
) -> anyhow::Result<Latencies> {
    let (seen_in, mut seen) = mpsc::channel(100_000);
    let mut watching = JoinSet::new();
    let mut ready = Vec::new();
    let every = watchers.div_ceil(TIMED);
    let expected = events * watchers.div_ceil(every);
    for number in 0..watchers {
        let mut client = aggregator.issues()?;
        let (ready_in, is_ready) = tokio::sync::oneshot::channel();
        // The others are company.
        let seen_in = (number % every == every - 1 || number + 1 == watchers).then(|| seen_in.clone());
        ready.push(is_ready);
        watching.spawn(async move {
            let mut ready_in = Some(ready_in);
            let mut frames =
                client.watch_unacknowledged(v1::WatchUnacknowledgedRequest::default()).await?.into_inner();
            while let Some(frame) = frames.message().await? {
                match frame.frame {
                    Some(Frame::SnapshotComplete(_)) => drop(ready_in.take().map(|ready| ready.send(()))),
                    Some(Frame::Upsert(v1::UnacknowledgedEntry {
                        entry: Some(v1::unacknowledged_entry::Entry::Issue(issue)),
                    })) => {
                        if let Some(seen) = &seen_in {
                            seen.send((issue.position, Instant::now())).await?;
                        }
                    }
                    _ => {}
                }
            }
            anyhow::Ok(())
        });
    }
    drop(seen_in);
    for is_ready in ready {
        is_ready.await?;
    }
    let published = publish(place, load, events, rate).await?;
    let mut milliseconds = Vec::with_capacity(expected);
    while milliseconds.len() < expected {
        let (position, at) = tokio::time::timeout(Duration::from_secs(60), seen.recv())
            .await?
            .ok_or_else(|| anyhow::anyhow!("the watch ended"))?;
        if let Some(start) = published.get(&position) {
            milliseconds.push(at.duration_since(*start).as_secs_f64() * 1_000.0);
        }
    }
    let [_, memory] = aggregator.memory()?;
    milliseconds.sort_by(f64::total_cmp);
    let quantile = |percent: usize| milliseconds.get(milliseconds.len() * percent / 100).copied();
    Ok(Latencies { p50: quantile(50).unwrap_or(f64::NAN), p99: quantile(99).unwrap_or(f64::NAN), memory })
}

/// One event after the other at an even pace; when each was sent, by its position.
async fn publish(
    place: &Place,
    load: &mut Load,
    events: usize,
    rate: u32,
) -> anyhow::Result<HashMap<String, Instant>> {
    let context = async_nats::jetstream::new(async_nats::connect(place.server.url()).await?);
    let mut acks = Vec::with_capacity(events);
    let mut pace = tokio::time::interval(Duration::from_secs(1) / rate);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    for message in load.take(events) {
        pace.tick().await;
        let start = Instant::now();
        acks.push((start, context.publish(message.subject, message.body.into()).await?));
    }
    let mut published = HashMap::with_capacity(events);
    for (start, ack) in acks {
        published.insert(format!("0-{}", ack.await?.sequence), start);
    }
    Ok(published)
}
