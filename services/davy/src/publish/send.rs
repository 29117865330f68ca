//! Sending, with a bounded number on the way; each event's position is printed in the order of the events.

use std::{collections::VecDeque, time::Duration};

use anyhow::Context as _;
use client::{Pending, PublishError, Published, Publisher, json};
use proto::v1::{EventMessage, PublishEventsResponse, PublishOutcome, publish_outcome::Outcome};
use tokio::time::{Instant, sleep};

use super::{Rows, place};
use crate::{
    cli::Format,
    exit::{self, Exit, Failure},
    output::{Out, say},
};

/// Between tries of one event.
const PAUSE: Duration = Duration::from_millis(500);
/// Events on the way at once.
const IN_FLIGHT: usize = 256;

/// Publishes what it takes.
pub(super) struct Sender {
    publisher: Publisher,
    /// How long one event is tried.
    patience: Duration,
    waiting: VecDeque<Waiting>,
    rows: Rows,
    stored: u64,
    duplicates: u64,
    failed: u64,
    /// Decides the exit code.
    first_failure: Option<anyhow::Error>,
    last_position: String,
}

/// An event that was sent, kept until its ack.
struct Waiting {
    line: u64,
    message: EventMessage,
    sent: Result<Pending, PublishError>,
}

impl Sender {
    pub(super) fn new(publisher: Publisher, patience: Duration) -> Self {
        Self {
            publisher,
            patience,
            waiting: VecDeque::new(),
            rows: Rows::default(),
            stored: 0,
            duplicates: 0,
            failed: 0,
            first_failure: None,
            last_position: String::new(),
        }
    }

    pub(super) async fn take(
        &mut self,
        line: u64,
        message: EventMessage,
        out: &mut Out,
    ) -> anyhow::Result<()> {
        // One less than the publisher's own bound, so that sending never waits for an ack that nobody takes.
        while self.waiting.len() >= IN_FLIGHT - 1 {
            self.settle_first(out).await?;
        }
        let sent = self.publisher.send(message.clone()).await;
        self.waiting.push_back(Waiting { line, message, sent });
        Ok(())
    }

    /// Waits for the ack of the event that waits longest.
    async fn settle_first(&mut self, out: &mut Out) -> anyhow::Result<()> {
        let Some(Waiting { line, message, sent }) = self.waiting.pop_front() else { return Ok(()) };
        let acked = match sent {
            Ok(pending) => pending.ack().await,
            Err(error) => Err(error),
        };
        let acked = match acked {
            Err(error) if error.is_transient() => self.again(message, error).await,
            acked => acked,
        };
        match acked {
            Ok(published) => self.print(published, out),
            Err(error) => {
                let error = anyhow::Error::new(error);
                self.report(line, &error);
                self.first_failure.get_or_insert(error);
                Ok(())
            }
        }
    }

    /// Tries again: the same event is stored once, however often it is sent within two minutes, and folded once ever.
    async fn again(&self, message: EventMessage, mut error: PublishError) -> Result<Published, PublishError> {
        let deadline = Instant::now() + self.patience;
        say(&format!("waiting: {}", exit::sources(&error)));
        while error.is_transient() && Instant::now() + PAUSE < deadline {
            sleep(PAUSE).await;
            match self.publisher.publish(message.clone()).await {
                Ok(published) => return Ok(published),
                Err(next) => error = next,
            }
        }
        Err(error)
    }

    fn print(&mut self, published: Published, out: &mut Out) -> anyhow::Result<()> {
        let Published { position, duplicate } = published;
        self.last_position.clone_from(&position);
        *(if duplicate { &mut self.duplicates } else { &mut self.stored }) += 1;
        let table = format!("{position}{}", if duplicate { " duplicate" } else { "" });
        let outcome = if duplicate { Outcome::DuplicateOf(position) } else { Outcome::Position(position) };
        let outcome = PublishOutcome { outcome: Some(outcome) };
        match out.format {
            Format::Table => out.line(&table)?,
            Format::Ndjson => out.line(&json::to_string(&outcome)?)?,
            Format::Json => {
                let row = self.rows.json(&outcome, "{\"outcomes\":[")?;
                out.part(&row)?;
            }
        }
        Ok(())
    }

    /// Notes that the event of a line cannot be read.
    pub(super) fn unreadable(&mut self, line: u64, error: &anyhow::Error) {
        self.report(line, error);
        self.first_failure.get_or_insert_with(|| Failure::new(Exit::Refused, exit::chain(error)).into());
    }

    fn report(&mut self, line: u64, error: &anyhow::Error) {
        self.failed += 1;
        if line > 0 {
            say(&format!("{}{}", place(line), exit::chain(error)));
        }
    }

    pub(super) async fn finish(mut self, out: &mut Out) -> anyhow::Result<()> {
        while !self.waiting.is_empty() {
            self.settle_first(out).await?;
        }
        if out.format == Format::Json {
            let response = PublishEventsResponse { outcomes: Vec::new(), position: self.last_position };
            let whole = json::to_string(&response)?;
            let opened = "{\"outcomes\":[";
            let rest = whole.strip_prefix(opened).unwrap_or("]}");
            out.line(&if self.rows.written == 0 { whole.clone() } else { rest.to_owned() })?;
        }
        out.flush()?;
        let sent = self.stored + self.duplicates + self.failed;
        if sent > 1 {
            say(&format!(
                "{} published, {} already there, {} failed",
                self.stored, self.duplicates, self.failed
            ));
        }
        match self.first_failure {
            None => Ok(()),
            Some(error) if sent == 1 => Err(error),
            Some(error) => Err(error)
                .context(format!("{} of {sent} events were not published; the first one", self.failed)),
        }
    }
}
