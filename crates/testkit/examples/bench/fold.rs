//! Folding the stream into the store, beside bare consumption of the same messages; and the disk that it takes.

use std::{fs, time::Instant};

use futures_util::StreamExt as _;

use crate::{
    Size,
    report::Report,
    stream::{Stream, rate},
};

pub(crate) async fn measure(size: Size, stream: &Stream, report: &mut Report) -> anyhow::Result<()> {
    let (mut bare, mut fold) = (Vec::new(), Vec::new());
    let Stream { events, bytes, .. } = *stream;
    for round in 0..size.fold_rounds {
        bare.push(consume(stream.place.server.url(), events).await?);
        let store = format!("fold-{round}");
        let folded = stream.fold(&store).await?;
        fold.push(folded.rate);
        eprintln!("round {round}: bare {:.0}/s, fold {:.0}/s", bare[round], fold[round]);
        folded.stop().await?;
        if round + 1 == size.fold_rounds {
            disk(report, ("rebuilt", stream.disk(&store).await?), bytes);
        }
        fs::remove_dir_all(stream.place.dir.path().join(store))?;
    }
    let work = format!("fold {events} events of {} B", bytes / events);
    report.add(work, "events", fold, ("bare async-nats consumption", bare), 0.35);
    report.remark(
        "An event's size is that of its subject, headers and body. Disk is whole blocks of the store's directory and of the \
         server's, two seconds after the last event.",
    );
    Ok(())
}

/// Lines of the disk that was taken, for each byte of an event.
pub(crate) fn disk(report: &mut Report, (how, [store, log]): (&str, [u64; 2]), bytes: usize) {
    let each = |taken: u64| vec![taken as f64 / bytes as f64];
    report.bound(
        format!("disk of an event, store {how}, log included"),
        each(store + log),
        "sizes of it",
        2.0,
    );
    report.tell(format!("  of that the store, {how}"), each(store), "sizes of it");
    report.tell("  of that the log", each(log), "sizes of it");
}

/// Events a second that a pull consumer without acks delivers, nothing done with them but counting.
async fn consume(url: &str, events: usize) -> anyhow::Result<f64> {
    let mut messages = messages(url).await?;
    let started = Instant::now();
    let mut last = 0;
    for _ in 0..events {
        let message = messages.next().await.ok_or_else(|| anyhow::anyhow!("the stream ended"))??;
        let sequence = message.info().map_err(|error| anyhow::anyhow!("{error}"))?.stream_sequence;
        anyhow::ensure!(sequence == last + 1, "a gap before {sequence}");
        last = sequence;
    }
    Ok(rate(events, started))
}

/// What a bare consumer gets.
pub(crate) async fn messages(url: &str) -> anyhow::Result<async_nats::jetstream::consumer::pull::Stream> {
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
    Ok(consumer.stream().max_messages_per_batch(5_000).messages().await?)
}
