//! What assists, deferrals, promises and workarounds have in common, and how many an issue holds.

use jiff::Timestamp;

use super::Work;
use crate::{
    ItemId, Person, Since,
    limits::{WORK_BYTES, WORK_ITEMS},
    text::cut,
};

/// Something within an issue that is answered later.
pub(crate) trait Item {
    /// To answer it by.
    fn id(&self) -> ItemId;
    /// Since when, and by which event.
    fn since(&self) -> &Since;
    /// Whether nobody owes anything for it any more.
    fn is_done(&self) -> bool;
    /// The bytes of its texts.
    fn texts(&self) -> usize;
}

/// About what an item takes in a record.
pub(crate) fn weight(item: &impl Item) -> usize {
    /// Ids, times, slugs and states.
    const REST: usize = 96;
    let Since { at: _, by } = item.since();
    REST + by.source.len() + by.id.len() + item.texts()
}

/// The bytes of a person.
pub(crate) fn person_texts(person: Option<&Person>) -> usize {
    person.map_or(0, |Person { account, name }| {
        account.system.len() + account.id.len() + name.as_deref().map_or(0, str::len)
    })
}

/// A text as the state of an issue holds it.
pub(crate) fn brief(text: &str) -> String {
    cut(text, crate::limits::ITEM_TEXT_BYTES).into_owned()
}

impl Work {
    /// Forgets done items, the oldest first, until another one of this weight fits; false where the open ones alone leave
    /// no room.
    pub(crate) fn make_room(&mut self, weight: usize) -> bool {
        if self.count(false) >= WORK_ITEMS || self.weight(false).saturating_add(weight) > WORK_BYTES {
            return false;
        }
        while self.len() >= WORK_ITEMS || self.weight(true).saturating_add(weight) > WORK_BYTES {
            if !self.forget_oldest() {
                return false;
            }
        }
        true
    }

    fn count(&self, with_done: bool) -> usize {
        let Self { assists, deferrals, promises, workarounds } = self;
        let counts = [
            of(assists, with_done).count(),
            of(deferrals, with_done).count(),
            of(promises, with_done).count(),
            of(workarounds, with_done).count(),
        ];
        counts.iter().sum()
    }

    fn weight(&self, with_done: bool) -> usize {
        let Self { assists, deferrals, promises, workarounds } = self;
        let weights = [
            of(assists, with_done).map(weight).sum::<usize>(),
            of(deferrals, with_done).map(weight).sum(),
            of(promises, with_done).map(weight).sum(),
            of(workarounds, with_done).map(weight).sum(),
        ];
        weights.iter().sum()
    }

    fn forget_oldest(&mut self) -> bool {
        let Self { assists, deferrals, promises, workarounds } = self;
        let oldest =
            [oldest_done(assists), oldest_done(deferrals), oldest_done(promises), oldest_done(workarounds)];
        let Some(since) = oldest.into_iter().flatten().min() else { return false };
        forget(assists, since)
            || forget(deferrals, since)
            || forget(promises, since)
            || forget(workarounds, since)
    }
}

fn of<T: Item>(items: &[T], with_done: bool) -> impl Iterator<Item = &T> {
    items.iter().filter(move |item| with_done || !item.is_done())
}

fn oldest_done<T: Item>(items: &[T]) -> Option<Timestamp> {
    items.iter().filter(|item| item.is_done()).map(|item| item.since().at).min()
}

/// Forgets the first that is done since then.
fn forget<T: Item>(items: &mut Vec<T>, since: Timestamp) -> bool {
    let found = items.iter().position(|item| item.is_done() && item.since().at == since);
    found.map(|index| items.remove(index)).is_some()
}
