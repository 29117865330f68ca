//! How late deadlines are told: from a deadline to the stored time of its `clock.breached`, among many issues whose clocks run.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use engine::{EventLog, NewMessage};
use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{Size, child::Aggregator, place::Place, report::Report};

/// Messages in one atomic batch.
const BATCH: usize = 1_000;
/// Deadlines in one second.
const RATE: usize = 1_000;
/// Seconds in a row with so many.
const SECONDS: usize = 5;
/// Issues of one customer.
const EACH: usize = 5;
/// Who acknowledges nothing within this has missed it. A warning is given after three quarters.
const LIMIT: SignedDuration = SignedDuration::from_hours(1);
/// From the last publish to the first deadline: warnings of what is published late are said meanwhile.
const LEAD: SignedDuration = SignedDuration::from_secs(20);
/// How long everything may take to be said.
const PATIENCE: Duration = Duration::from_secs(120);
const MEGABYTE: f64 = (1_u64 << 20) as f64;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    let place = Place::start_durable()?;
    let log: Arc<dyn EventLog> = place.log().await?;
    eprintln!("publishing {} issues with clocks", size.clocks);
    log.append(vec![policy()], Vec::new()).await?;
    let aggregator = Aggregator::start(place.server.url(), &place.dir.path().join("deadlines"))?;
    let others = size.clocks - RATE * (SECONDS + 1);
    publish(&log, 0, others, |_| Timestamp::now()).await?;
    aggregator.folded(1 + others).await?;

    let first = Timestamp::now() + LEAD;
    let steady = |number: usize| first + millis(number * 1_000 / RATE);
    publish(&log, others, RATE * SECONDS, |number| steady(number) - LIMIT).await?;
    let at_once = first + millis(1_000 * (SECONDS + 5));
    publish(&log, others + RATE * SECONDS, RATE, |_| at_once - LIMIT).await?;

    let late = breaches(&place, RATE * (SECONDS + 1)).await?;
    let among = |is_burst: bool| {
        let told = late.iter().filter(|(deadline, _)| (*deadline == at_once) == is_burst);
        let mut seconds: Vec<_> = told.map(|(_, late)| late.as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    };
    let (steady, burst) = (among(false), among(true));
    let what = format!("{RATE} deadlines/s among {}", size.clocks);
    report.bound(format!("{what}, lateness p50"), vec![percentile(&steady, 50)], "s", 1.0);
    report.bound(format!("{what}, lateness p99"), vec![percentile(&steady, 99)], "s", 1.0);
    report.bound(format!("{RATE} of them at one instant, p99"), vec![percentile(&burst, 99)], "s", 1.0);
    let [highest, _] = aggregator.memory()?;
    report.bound(
        format!("memory with {} clocks, highest", size.clocks),
        vec![highest as f64 / MEGABYTE],
        "MB",
        512.0,
    );
    Ok(())
}

fn millis(millis: usize) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(millis).expect("small"))
}

/// Every department's: an hour to acknowledge, and nothing else within the time of the measurement.
fn policy() -> NewMessage {
    let data = json!({
        "clocks": ["own 30d", "ack 1h", "update 30d", "resolve 30d"],
        "plans": [{ "steps": [{ "ping": ["channel:alarm"], "wait": "1h" }] }],
        "fallback": "channel:alarm",
    });
    NewMessage {
        subject: "davy.directory.policy.default".to_owned(),
        headers: Vec::new(),
        body: data.to_string().into_bytes(),
    }
}

/// Complaints from number `first` on, heard when `heard` says.
async fn publish(
    log: &Arc<dyn EventLog>,
    first: usize,
    count: usize,
    heard: impl Fn(usize) -> Timestamp,
) -> anyhow::Result<()> {
    let report = |number: usize| complaint(first + number, heard(number));
    for start in (0..count).step_by(BATCH) {
        log.append((start..count.min(start + BATCH)).map(report).collect(), Vec::new()).await?;
    }
    Ok(())
}

fn complaint(number: usize, heard: Timestamp) -> NewMessage {
    let customer = number / EACH;
    let body = json!({
        "specversion": "1.0",
        "id": number.to_string(),
        "source": "/zendesk",
        "type": "issue.reported",
        "time": heard.to_string(),
        "data": {
            "issue": { "system": "zendesk", "id": number.to_string() },
            "text": "Pump resets every two hours since the last visit; the line stops and the shift leader calls",
            "severity": (1 + number % 4).to_string(),
        },
    });
    let department = ["sales", "support", "engineering", "field-service"][number % 4];
    NewMessage {
        subject: format!("davy.events.{department}.crm:{customer}.issue.reported"),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

/// The deadlines that are said to be missed, and how long after each that is stored.
async fn breaches(place: &Place, count: usize) -> anyhow::Result<Vec<(Timestamp, SignedDuration)>> {
    use async_nats::jetstream::consumer::{AckPolicy, pull};
    let context = async_nats::jetstream::new(async_nats::connect(place.server.url()).await?);
    let config = pull::Config {
        filter_subject: "davy.events.escalator.*.clock.breached".to_owned(),
        ack_policy: AckPolicy::None,
        memory_storage: true,
        ..pull::Config::default()
    };
    let consumer = context.get_stream("DAVY").await?.create_consumer(config).await?;
    let mut messages = consumer.messages().await?;
    let mut told = Vec::with_capacity(count);
    while told.len() < count {
        let next = timeout(PATIENCE, messages.next())
            .await
            .with_context(|| format!("{} of {count} deadlines are told, and no more come", told.len()))?;
        let message = next.context("the stream ended")??;
        let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
        let stored = Timestamp::from_nanosecond(info.published.unix_timestamp_nanos())?;
        let body: Value = serde_json::from_slice(&message.payload)?;
        let deadline: Timestamp = body["data"]["deadline"].as_str().unwrap_or_default().parse()?;
        told.push((deadline, stored.duration_since(deadline)));
    }
    Ok(told)
}

/// The value that so many of a hundred stay within; they are sorted.
fn percentile(sorted: &[f64], of: usize) -> f64 {
    sorted.get((sorted.len() * of / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
