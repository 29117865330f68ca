//! Incidents that were opened elsewhere (PagerDuty) and are to be acknowledged or resolved there when that has happened here.
//!
//! They are kept in memory: after a restart those from before are not followed up. What is remembered would have to stand in
//! the log, and a person who closes an incident by hand does no harm.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use crate::{
    Message,
    channel::{Channel, News},
    owed::{Owed, Standing},
    pager::Shared,
};

/// How often it is asked what became of them.
const EVERY: Duration = Duration::from_secs(15);
/// Incidents that are followed at most; beyond that the new ones are not.
const FOLLOWED: usize = 1_000;

/// An issue, and the channel that opened an incident for it.
type Key = (String, String);

/// What the receiver was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Opened,
    Answered,
}

/// The incidents that are followed.
#[derive(Debug, Default)]
pub(crate) struct Incidents(Mutex<BTreeMap<Key, Told>>);

impl Incidents {
    fn open(&self) -> MutexGuard<'_, BTreeMap<Key, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message was delivered.
    pub(crate) fn opened(&self, channel: &dyn Channel, message: &Message) {
        if !channel.follows_up() {
            return;
        }
        let mut open = self.open();
        for content in message.issues() {
            let count = open.len();
            match open.entry((content.issue.clone(), channel.name().to_owned())) {
                // It is open again.
                Entry::Occupied(mut known) => *known.get_mut() = Told::Opened,
                Entry::Vacant(new) if count < FOLLOWED => {
                    new.insert(Told::Opened);
                }
                Entry::Vacant(_) => {
                    tracing::warn!("too many incidents are open to follow this one; close it by hand");
                }
            }
        }
    }

    /// Follows them for ever.
    pub(crate) async fn follow<A: Owed>(&self, shared: &Shared<A>) {
        loop {
            sleep(EVERY).await;
            let open: Vec<_> = self.open().iter().map(|(key, told)| (key.clone(), *told)).collect();
            for (key, told) in open {
                self.follow_one(shared, key, told).await;
            }
        }
    }

    async fn follow_one<A: Owed>(&self, shared: &Shared<A>, key: Key, told: Told) {
        let (issue, channel) = &key;
        let news = match (shared.api.standing(issue).await, told) {
            (Ok(Standing::Over), _) => News::Over,
            (Ok(Standing::Answered), Told::Opened) => News::Answered,
            (Ok(Standing::Answered), Told::Answered) | (Ok(Standing::Pinging), _) => return,
            (Err(error), _) => {
                tracing::debug!(%error, "what became of an incident is not known for the moment");
                return;
            }
        };
        let Some(channel) = shared.channels.named(channel) else { return };
        match timeout(channel.patience(), channel.follow_up(issue, news)).await {
            Ok(Ok(_)) => self.told(key, told, news),
            Ok(Err(crate::SendError::Permanent { why })) => {
                tracing::warn!(%why, "an incident elsewhere is not closed; close it by hand");
                self.told(key, told, News::Over);
            }
            // Told again the next time.
            Ok(Err(crate::SendError::Temporary { .. })) | Err(_) => {}
        }
    }

    /// Unless it was opened anew meanwhile.
    fn told(&self, key: Key, before: Told, news: News) {
        let mut open = self.open();
        let Entry::Occupied(mut known) = open.entry(key) else { return };
        if *known.get() != before {
            return;
        }
        match news {
            News::Answered => *known.get_mut() = Told::Answered,
            News::Over => {
                known.remove();
            }
        }
    }
}
