//! A snapshot as OpenMetrics text.
//!
//! No label names a customer, a person or an issue: their number has no bound, and metrics are read by many.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text},
    metrics::MetricType,
    registry::Registry,
};

use crate::{Escalation, Snapshot, snapshot::Probe};

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every metric, read from a snapshot whenever it is asked for.
#[derive(Debug)]
pub(crate) struct Metrics(Registry);

impl Metrics {
    pub(crate) fn new(probe: Probe) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(FromSnapshot(probe)));
        Self(registry)
    }

    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.0)?;
        Ok(text)
    }
}

#[derive(Debug)]
struct FromSnapshot(Probe);

impl Collector for FromSnapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let snapshot = self.0.take();
        counters(&snapshot, &mut encoder)?;
        gauges(&snapshot, &mut encoder)?;
        unacknowledged(&snapshot, &mut encoder)?;
        snapshot.escalation.map_or(Ok(()), |escalation| escalator(escalation, &mut encoder))?;
        encoder
            .encode_descriptor("davy_build", "The program", None, MetricType::Info)?
            .encode_info(&[("version", snapshot.version)])
    }
}

/// The encoder adds `_total` to their names.
fn counters(snapshot: &Snapshot, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let Snapshot { events, duplicates, .. } = snapshot;
    for (name, help, value) in [
        ("davy_events_folded", "Distinct events folded since the log began", events),
        ("davy_duplicate_events", "Messages that were an event seen before", duplicates),
    ] {
        encoder
            .encode_descriptor(name, help, None, MetricType::Counter)?
            .encode_counter::<[(&str, &str); 0], _, u64>(value, None)?;
    }
    Ok(())
}

fn gauges(snapshot: &Snapshot, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let Snapshot { position, lag, quarantined, issues, customers, log_connected, .. } = snapshot;
    for (name, help, value) in [
        ("davy_fold_position", "Sequence of the last message folded", Some(*position)),
        ("davy_fold_lag_events", "Messages in the log that are not folded yet; absent while unknown", *lag),
        ("davy_log_connected", "1 while the log can be reached", Some(u64::from(*log_connected))),
        ("davy_quarantined_events", "Messages that could not be read or placed", Some(*quarantined)),
        ("davy_issues", "Issues of every lifecycle", Some(*issues)),
        ("davy_customers", "Customers, by their ids in the systems of the departments", Some(*customers)),
    ] {
        if let Some(value) = value {
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)?;
        }
    }
    Ok(())
}

fn unacknowledged(snapshot: &Snapshot, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let help = "Open issues that no human has acknowledged";
    let mut family =
        encoder.encode_descriptor("davy_issues_unacknowledged", help, None, MetricType::Gauge)?;
    for row in &snapshot.unacknowledged {
        let labels = [("department", row.department.as_str()), ("severity", row.severity)];
        family.encode_family(&labels)?.encode_gauge(&u64::from(row.issues))?;
    }
    Ok(())
}

fn escalator(escalation: Escalation, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let Escalation { beat, held, fired, late_by, tired, repaired, jumps } = escalation;
    if let Some(beat) = beat {
        let help = "When the escalator last looked at everything that was due; absent before the first time";
        encoder
            .encode_descriptor("davy_escalator_heartbeat_timestamp_seconds", help, None, MetricType::Gauge)?
            .encode_gauge(&beat)?;
    }
    for (name, help, value) in [
        ("davy_escalator_held", "1 while nothing is escalated; the log says why", u64::from(held)),
        ("davy_escalator_late_seconds", "How late the latest issue of the last round was", late_by),
        ("davy_escalator_tired_issues", "Issues left alone for a while after failing again and again", tired),
    ] {
        encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)?;
    }
    for (name, help, value) in [
        ("davy_escalator_fired_issues", "Issues that had something due since the start", fired),
        ("davy_escalator_repaired_timers", "Timers found missing or wrong since the start", repaired),
        (
            "davy_escalator_clock_jumps",
            "How often this machine's clock jumped, or the machine slept, since the start",
            jumps,
        ),
    ] {
        encoder
            .encode_descriptor(name, help, None, MetricType::Counter)?
            .encode_counter::<[(&str, &str); 0], _, u64>(&value, None)?;
    }
    Ok(())
}
