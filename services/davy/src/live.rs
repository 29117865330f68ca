//! What runs until somebody ends it: frames of a watch, printed as they come.
//!
//! Ctrl-C is the way to end it, and no error. Losing Davy is none either; it is said, and waited for.

use anyhow::Context as _;
use app::Signals;
use client::{
    Update, Watch, Watched,
    json::{self, Canonical},
};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    cli::Format,
    output::{Out, say},
    session::Session,
};

/// Prints a watch until Ctrl-C: frames as JSON, one a line, or for people as `show` does. `what` says what is watched.
pub(crate) async fn print<W: Watched>(
    mut watch: Watch<W>,
    session: &mut Session,
    what: &str,
    mut show: impl FnMut(W::Frame, Timestamp, &mut Out) -> anyhow::Result<()>,
) -> anyhow::Result<()>
where
    W::Frame: Canonical,
{
    let mut signals = Signals::listen().context("listen for signals")?;
    let mut link = Link::new(session);
    loop {
        let update = tokio::select! {
            () = signals.next() => break,
            update = watch.next() => update.with_context(|| format!("watch {what}"))?,
        };
        let frame = match update {
            Update::Frame(frame) => frame,
            Update::Open => {
                link.open();
                continue;
            }
            Update::Lost(error) => {
                link.lost(error).with_context(|| format!("watch {what}"))?;
                continue;
            }
        };
        let now = (session.clock)();
        match session.out.format {
            Format::Table => show(frame, now, &mut session.out)?,
            Format::Json | Format::Ndjson => session.out.line(&json::to_string(&frame)?)?,
        }
        session.out.flush()?;
    }
    let token = watch.resume_token();
    if !token.is_empty() {
        say(&format!("ended; go on from here with --resume {token}"));
    }
    Ok(())
}

/// Whether Davy is there, told once each time that changes.
struct Link {
    patience: Patience,
    told: bool,
}

/// Until Davy was there once, waiting for it has an end.
enum Patience {
    Until(Instant),
    Endless,
}

impl Link {
    fn new(session: &Session) -> Self {
        Self { patience: Patience::Until(Instant::now() + session.timeout), told: false }
    }

    fn open(&mut self) {
        self.patience = Patience::Endless;
        if std::mem::take(&mut self.told) {
            say("connected again");
        }
    }

    fn lost(&mut self, error: client::ApiError) -> Result<(), client::ApiError> {
        if let Patience::Until(end) = self.patience
            && Instant::now() >= end
        {
            return Err(error);
        }
        if !std::mem::replace(&mut self.told, true) {
            say(&format!("waiting: {error}"));
        }
        Ok(())
    }
}
