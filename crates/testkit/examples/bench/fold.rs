//! Folding the stream into the store, beside bare consumption of the same messages.

use std::{sync::Arc, time::Instant};

use domain::Position;
use engine::{Aggregator, EventLog};
use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use crate::{Size, load::Load, place::Place, report::Report};

/// Messages in one atomic batch.
const BATCH: usize = 1_000;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    let place = Place::start()?;
    let log = place.log().await?;
    eprintln!("publishing {} events", size.events);
    let mut load = Load::new(false);
    let mut bytes = 0;
    for _ in 0..size.events / BATCH {
        let messages = load.take(BATCH);
        bytes += messages.iter().map(|message| message.body.len()).sum::<usize>();
        log.append(messages, Vec::new()).await?;
    }
    let (mut bare, mut fold) = (Vec::new(), Vec::new());
    for round in 0..size.fold_rounds {
        bare.push(consume(place.server.url(), size.events).await?);
        fold.push(rebuild(&place, &log, size.events, round).await?);
        eprintln!("round {round}: bare {:.0}/s, fold {:.0}/s", bare[round], fold[round]);
    }
    let work = format!("fold {} events of {} B from the stream", size.events, bytes / size.events);
    report.add(work, "events committed to the store", fold, ("bare async-nats consumption", bare), 0.35);
    Ok(())
}

/// Events a second that a pull consumer without acks delivers, nothing done with them but counting.
async fn consume(url: &str, events: usize) -> anyhow::Result<f64> {
    use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
    let context = async_nats::jetstream::new(async_nats::connect(url).await?);
    let stream = context.get_stream("DAVY").await?;
    let consumer = stream
        .create_consumer(pull::Config {
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::None,
            memory_storage: true,
            ..pull::Config::default()
        })
        .await?;
    let started = Instant::now();
    let mut messages = consumer.stream().max_messages_per_batch(5_000).messages().await?;
    let mut last = 0;
    for _ in 0..events {
        let message = messages.next().await.ok_or_else(|| anyhow::anyhow!("the stream ended"))??;
        let sequence = message.info().map_err(|error| anyhow::anyhow!("{error}"))?.stream_sequence;
        anyhow::ensure!(sequence == last + 1, "a gap before {sequence}");
        last = sequence;
    }
    Ok(rate(events, started))
}

/// Events a second from the stream to the committed store.
async fn rebuild(
    place: &Place,
    log: &Arc<jetstream::JetStreamLog>,
    events: usize,
    round: usize,
) -> anyhow::Result<f64> {
    let projection = place.projection(&format!("store-{round}"))?;
    let shutdown = CancellationToken::new();
    let aggregator = Aggregator::new(Arc::clone(log) as Arc<dyn EventLog>, Arc::clone(&projection));
    let started = Instant::now();
    let stop = shutdown.clone();
    let running = tokio::spawn(async move { aggregator.run(stop).await });
    let end = Position::new(u64::try_from(events)?);
    projection.applied().wait_for(|position| *position >= end).await?;
    let rate = rate(events, started);
    shutdown.cancel();
    running.await??;
    Ok(rate)
}

fn rate(count: usize, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}
