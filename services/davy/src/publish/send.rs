//! Sending, with a bounded number on the way; each event's position is printed in the order of the events. What is not
//! confirmed is kept, and everything after it too.

use std::{collections::VecDeque, time::Duration};

use anyhow::Context as _;
use client::{Pending, PublishError, Published, Publisher, json};
use proto::v1::{EventMessage, PublishEventsResponse, PublishOutcome, publish_outcome::Outcome};
use tokio::time::{Instant, sleep, timeout};

use super::{
    NatsArgs, Rows,
    keep::{Keeper, PATIENCE},
    place,
};
use crate::{
    cli::Format,
    exit::{self, Exit, Failure},
    output::{Out, say},
};

/// Between tries of one event.
const PAUSE: Duration = Duration::from_millis(500);
/// Events on the way at once.
const IN_FLIGHT: usize = 256;
/// Those that were sent before one was kept had their time while that one was waited for.
const AFTERWARDS: Duration = Duration::from_millis(20);
const OPENED: &str = "{\"outcomes\":[";

/// Publishes what it takes.
pub(super) struct Sender {
    /// Absent where NATS cannot be reached and events are kept.
    publisher: Option<Publisher>,
    keeper: Option<Keeper>,
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
    sent: Sent,
}

enum Sent {
    OnTheWay(Pending),
    Failed(PublishError),
    /// To be kept, for this reason.
    Held(&'static str),
}

/// What became of an event.
enum Settled {
    Published(Published),
    /// Under this name.
    Kept(String),
}

impl Sender {
    /// Connects, and first of all delivers what an earlier run kept.
    pub(super) async fn start(
        nats: &NatsArgs,
        mut keeper: Option<Keeper>,
        timeout: Duration,
    ) -> anyhow::Result<Self> {
        let patience = if keeper.is_some() { timeout.min(PATIENCE) } else { timeout };
        let publisher = match Publisher::connect(nats.options(patience)?).await {
            Ok(publisher) => Some(publisher),
            Err(error) if keeper.is_some() && error.is_unconfirmed() => {
                say(&format!("keeping events: {}", exit::sources(&error)));
                None
            }
            Err(error) => return Err(error).context("publish"),
        };
        if let Some(keeper) = &mut keeper {
            keeper.deliver_first(publisher.as_ref()).await?;
        }
        Ok(Self {
            publisher,
            keeper,
            patience,
            waiting: VecDeque::new(),
            rows: Rows::default(),
            stored: 0,
            duplicates: 0,
            failed: 0,
            first_failure: None,
            last_position: String::new(),
        })
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
        let message = match &self.keeper {
            Some(keeper) => keeper.dated(message),
            None => message,
        };
        let sent = match &self.publisher {
            None => Sent::Held("NATS could not be reached"),
            Some(_) if self.is_behind() => Sent::Held("others are delivered before it"),
            Some(publisher) => match publisher.send(message.clone()).await {
                Ok(pending) => Sent::OnTheWay(pending),
                Err(error) => Sent::Failed(error),
            },
        };
        self.waiting.push_back(Waiting { line, message, sent });
        Ok(())
    }

    fn is_behind(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| keeper.behind)
    }

    /// Waits for the ack of the event that waits longest.
    async fn settle_first(&mut self, out: &mut Out) -> anyhow::Result<()> {
        let Some(Waiting { line, message, sent }) = self.waiting.pop_front() else { return Ok(()) };
        match self.settled(message, sent).await {
            Ok(Settled::Published(published)) => self.print(published, out),
            Ok(Settled::Kept(name)) => self.print_kept(&name, out),
            Err(error) => {
                self.report(line, &error);
                self.first_failure.get_or_insert(error);
                Ok(())
            }
        }
    }

    async fn settled(&mut self, message: EventMessage, sent: Sent) -> anyhow::Result<Settled> {
        let acked = match sent {
            Sent::Held(reason) => return self.keep(message, reason),
            Sent::Failed(error) => Err(error),
            Sent::OnTheWay(pending) if self.is_behind() => match timeout(AFTERWARDS, pending.ack()).await {
                Ok(acked) => acked,
                Err(_) => return self.keep(message, "no ack came"),
            },
            Sent::OnTheWay(pending) => pending.ack().await,
        };
        let acked = match acked {
            Err(error) if self.is_silence(&error) => Err(error),
            Err(error) if error.is_transient() && !self.is_behind() => self.again(&message, error).await,
            acked => acked,
        };
        match acked {
            Ok(published) => Ok(Settled::Published(published)),
            Err(error) if self.keeper.is_some() && error.is_unconfirmed() => {
                self.keep(message, &exit::sources(&error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A server that is connected and does not answer was waited for long enough, if the event can be kept.
    fn is_silence(&mut self, error: &PublishError) -> bool {
        let Some(keeper) = &mut self.keeper else { return false };
        keeper.silent |= matches!(error, PublishError::NoAck { .. });
        keeper.silent
    }

    fn keep(&mut self, message: EventMessage, reason: &str) -> anyhow::Result<Settled> {
        let keeper = self.keeper.as_mut().context("keep the event: there is no spool")?;
        keeper.keep(message, reason).map(Settled::Kept)
    }

    /// Tries again: the same event is stored once, however often it is sent within two minutes, and folded once ever.
    async fn again(
        &self,
        message: &EventMessage,
        mut error: PublishError,
    ) -> Result<Published, PublishError> {
        let Some(publisher) = &self.publisher else { return Err(error) };
        let deadline = Instant::now() + self.patience;
        say(&format!("waiting: {}", exit::sources(&error)));
        while error.is_transient() && Instant::now() + PAUSE < deadline {
            sleep(PAUSE).await;
            match publisher.publish(message.clone()).await {
                Ok(published) => return Ok(published),
                Err(next) => error = next,
            }
        }
        Err(error)
    }

    fn print_kept(&mut self, name: &str, out: &mut Out) -> anyhow::Result<()> {
        let row = serde_json::json!({ "kept": name }).to_string();
        match out.format {
            Format::Table => out.line(&format!("kept {name}"))?,
            Format::Ndjson => out.line(&row)?,
            Format::Json => {
                let row = self.rows.text(&row, OPENED);
                out.part(&row)?;
            }
        }
        Ok(())
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
                let row = self.rows.json(&outcome, OPENED)?;
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
        if let Some(keeper) = &self.keeper {
            keeper.deliver_last(self.publisher.as_ref()).await?;
        }
        self.print_end(out)?;
        let kept = self.keeper.as_ref().map(Keeper::kept).unwrap_or_default();
        let sent = self.stored + self.duplicates + self.failed;
        if sent > 1 {
            say(&format!(
                "{} published, {} already there, {} failed",
                self.stored, self.duplicates, self.failed
            ));
        }
        let farewell = self.keeper.as_ref().and_then(Keeper::farewell);
        match (self.first_failure, farewell) {
            (None, None) => Ok(()),
            (None, Some(farewell)) => Err(farewell.into()),
            (Some(error), farewell) => {
                if let Some(farewell) = farewell {
                    say(&farewell.message);
                }
                if sent + kept == 1 {
                    return Err(error);
                }
                let failed = self.failed;
                Err(error)
                    .context(format!("{failed} of {} events were not published; the first one", sent + kept))
            }
        }
    }

    /// What comes behind the rows in JSON.
    fn print_end(&self, out: &mut Out) -> anyhow::Result<()> {
        if out.format == Format::Json {
            let position = self.last_position.clone();
            let whole = json::to_string(&PublishEventsResponse { outcomes: Vec::new(), position })?;
            let mut whole = whole.strip_suffix('}').unwrap_or(&whole).to_owned();
            if let Some(keeper) = self.keeper.as_ref().filter(|keeper| keeper.kept() > 0) {
                let dir = serde_json::Value::from(keeper.dir());
                whole.push_str(&format!(",\"kept\":{},\"spool\":{dir}", keeper.kept()));
            }
            whole.push('}');
            out.line(if self.rows.written == 0 {
                &whole
            } else {
                whole.strip_prefix(OPENED).unwrap_or("]}")
            })?;
        }
        Ok(out.flush()?)
    }
}
