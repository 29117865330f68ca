//! Appending what a round decided: many homes in one batch, and where somebody else was faster each home for itself.

use std::collections::BTreeSet;

use domain::{Position, limits::PUBLISH_EVENTS};

use super::round::HomeDue;
use crate::{EventLog, Expected, LogError};

/// What came of a round.
#[derive(Debug, Default)]
pub(super) struct Appended {
    /// The last message.
    pub(super) last: Option<Position>,
    /// Homes in which somebody else was faster.
    pub(super) beaten: BTreeSet<String>,
}

/// Appends what can be appended. A home of which somebody else was faster is left for the next round, which sees what they
/// did.
///
/// # Errors
/// If the log does not answer: what was sent may be stored or not, and the next round finds out.
pub(super) async fn append(log: &dyn EventLog, homes: Vec<HomeDue>) -> Result<Appended, LogError> {
    let mut appended = Appended::default();
    for batch in batches(homes) {
        together_or_apart(log, batch, &mut appended).await?;
    }
    Ok(appended)
}

/// Whole homes, as many as one append takes.
fn batches(homes: Vec<HomeDue>) -> Vec<Vec<HomeDue>> {
    let mut batches: Vec<Vec<HomeDue>> = Vec::new();
    let mut room = 0;
    for home in homes {
        let size = home.messages.len();
        match batches.last_mut() {
            Some(batch) if size <= room => {
                batch.push(home);
                room -= size;
            }
            Some(_) | None => {
                batches.push(vec![home]);
                room = PUBLISH_EVENTS.saturating_sub(size);
            }
        }
    }
    batches
}

async fn together_or_apart(
    log: &dyn EventLog,
    batch: Vec<HomeDue>,
    appended: &mut Appended,
) -> Result<(), LogError> {
    match send(log, batch.clone()).await {
        Ok(last) => {
            appended.last = appended.last.max(last);
            Ok(())
        }
        Err(LogError::Conflict) => apart(log, batch, appended).await,
        Err(LogError::Refused { detail }) => {
            tracing::error!(detail, "the log refused what is due; each home is tried by itself");
            apart(log, batch, appended).await
        }
        Err(error) => Err(error),
    }
}

async fn apart(log: &dyn EventLog, batch: Vec<HomeDue>, appended: &mut Appended) -> Result<(), LogError> {
    for home in batch {
        let name = home.home.clone();
        match send(log, vec![home]).await {
            Ok(position) => appended.last = appended.last.max(position),
            Err(LogError::Conflict) => drop(appended.beaten.insert(name)),
            Err(LogError::Refused { detail }) => {
                tracing::error!(home = name, detail, "the log refused what is due of a home");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn send(log: &dyn EventLog, homes: Vec<HomeDue>) -> Result<Option<Position>, LogError> {
    let expected = homes.iter().map(|HomeDue { home, last, .. }| Expected {
        filter: format!("davy.events.escalator.{home}.>"),
        last: *last,
    });
    let expected = expected.collect();
    let messages = homes.into_iter().flat_map(|home| home.messages).collect();
    Ok(log.append(messages, expected).await?.last().copied())
}
