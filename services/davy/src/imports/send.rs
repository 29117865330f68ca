//! Publishing the events of an import: a few batches on the way, their outcomes taken in the order of the events.

use std::{collections::VecDeque, time::Duration};

use ::import::Import;
use anyhow::Context as _;
use client::{Api, ApiError};
use proto::v1::{PublishEventsRequest, PublishEventsResponse};
use tokio::task::JoinHandle;

use super::{
    batch::{self, Batch, Row},
    progress::Progress,
    report::Report,
};
use crate::{
    exit::{Exit, Failure},
    session::Session,
};

/// Batches on the way at once: one that is stored, one that travels, one that waits.
const IN_FLIGHT: usize = 3;
/// A long import survives a restart of Davy.
const PATIENCE: Duration = Duration::from_secs(300);

type Answer = Result<PublishEventsResponse, ApiError>;

/// A batch on its way.
struct Sent {
    rows: Vec<Row>,
    answer: JoinHandle<Answer>,
}

/// Publishes all events, or says at which one it stopped.
pub(super) async fn all(import: &Import, session: &Session, report: &mut Report) -> anyhow::Result<()> {
    let api = session.api.with_deadline(session.timeout.max(PATIENCE));
    let progress = Progress::events("publishing", import.event_count());
    let mut events = import.events().peekable();
    let mut on_the_way = VecDeque::new();
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let done = loop {
        while on_the_way.len() < IN_FLIGHT {
            let Some(batch) = batch::next(&mut events) else { break };
            on_the_way.push_back(start(&api, batch));
        }
        let Some(Sent { rows, answer }) = on_the_way.front_mut() else { break Ok(()) };
        let answered = tokio::select! {
            answered = answer => answered,
            _ = &mut interrupted => break Err(Failure::new(Exit::Interrupted, "interrupted").into()),
        };
        if let Err(error) = take(answered, rows, report, &progress) {
            break Err(error);
        }
        on_the_way.pop_front();
    };
    progress.done();
    done
}

fn start(api: &Api, batch: Batch) -> Sent {
    let Batch { events, rows } = batch;
    let api = api.clone();
    let answer = tokio::spawn(async move { api.publish_events(PublishEventsRequest { events }).await });
    Sent { rows, answer }
}

fn take(
    answered: Result<Answer, tokio::task::JoinError>,
    rows: &[Row],
    report: &mut Report,
    progress: &Progress,
) -> anyhow::Result<()> {
    let answer = answered.context("publish a batch")?.context("publish a batch")?;
    anyhow::ensure!(
        answer.outcomes.len() == rows.len(),
        "publish a batch: Davy answered {} outcomes for {} events",
        answer.outcomes.len(),
        rows.len()
    );
    for (outcome, row) in answer.outcomes.into_iter().zip(rows) {
        if let Some(rejection) = report.take(row, outcome) {
            progress.say(&rejection);
        }
    }
    progress.add(u64::try_from(rows.len()).unwrap_or_default());
    Ok(())
}
