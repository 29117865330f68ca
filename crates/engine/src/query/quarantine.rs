//! Messages that could not be read or placed, newest first.

use std::ops::ControlFlow;

use domain::{Position, Quarantined, Reason, limits};

use super::{Answer, QueryError, ReadAt, Reader, past::Past};

/// Which messages are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineQuery {
    /// For this reason only.
    pub reason: Option<Reason>,
    /// Also those that somebody dealt with.
    pub include_settled: bool,
    /// As of when.
    pub read: ReadAt,
    /// Rows wanted, at least 1 and at most [`limits::PAGE_MAX`].
    pub page_size: usize,
    /// The last message that was looked at.
    pub after: Option<Position>,
}

/// A page of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinePage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub messages: Vec<Quarantined>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Position>,
    /// All quarantined messages that nobody dealt with, whatever the reason.
    pub quarantined: u64,
}

impl Reader {
    /// A page of quarantined messages.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn quarantine(&self, query: &QuarantineQuery) -> Result<Answer<QuarantinePage>, QueryError> {
        self.view(|view| {
            let past = Past::new(query.read, view.position());
            let before = query.after.unwrap_or_else(|| past.position.next());
            let known = |message: &Quarantined| past.as_of.is_none_or(|instant| message.stored_at <= instant);
            let wanted = |message: Quarantined| {
                let settled = query.include_settled && !message.is_open(past.position, past.as_of);
                if settled { Some(message).filter(known) } else { past.quarantined(message) }
            };
            let mut messages = Vec::new();
            let (mut looks, mut last, mut next) = (0_usize, None, None);
            view.store.quarantine(Some(before), &mut |message| {
                if messages.len() == query.page_size || looks == limits::PAGE_LOOKS {
                    next = last;
                    return ControlFlow::Break(());
                }
                looks += 1;
                last = Some(message.position);
                if query.reason.is_none_or(|reason| reason == message.reason) {
                    messages.extend(wanted(message));
                }
                ControlFlow::Continue(())
            })?;
            let mut quarantined = view.published.cursor.counts.quarantined;
            if !query.read.is_present() {
                quarantined = 0;
                view.store.quarantine(Some(past.position.next()), &mut |message| {
                    quarantined += u64::from(past.quarantined(message).is_some());
                    ControlFlow::Continue(())
                })?;
            }
            Ok(Answer { value: QuarantinePage { messages, next, quarantined }, position: past.position })
        })
    }
}
