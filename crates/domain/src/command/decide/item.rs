//! Which assist, deferral, promise or workaround a command means.

use crate::{Assist, Deferral, ItemId, ItemRef, Promise, Refusal, RefusalCode, Workaround, command::Item};

/// Something that is answered later.
pub(super) trait Answered {
    /// In refusals.
    const NOUN: &'static str;

    fn id(&self) -> ItemId;

    /// As an event names it.
    fn named(&self) -> ItemRef {
        ItemRef::Named(self.id().to_string())
    }
}

impl Answered for Assist {
    const NOUN: &'static str = "assist";

    fn id(&self) -> ItemId {
        self.id
    }
}

impl Answered for Deferral {
    const NOUN: &'static str = "deferral";

    fn id(&self) -> ItemId {
        self.id
    }
}

impl Answered for Promise {
    const NOUN: &'static str = "promise";

    fn id(&self) -> ItemId {
        self.id
    }
}

impl Answered for Workaround {
    const NOUN: &'static str = "workaround";

    fn id(&self) -> ItemId {
        self.id
    }
}

/// The one named, wherever it stands; or the only one that `fits`.
pub(super) fn pick<'a, T: Answered>(
    items: &'a [T],
    item: &Item,
    fits: impl Fn(&T) -> bool,
) -> Result<&'a T, Refusal> {
    let fitting: Vec<_> = items.iter().filter(|item| fits(item)).collect();
    match (item, fitting.as_slice()) {
        (Item::Id(id), _) => items
            .iter()
            .find(|known| known.id() == *id)
            .ok_or_else(|| unknown::<T>(format!("the issue has no {} {id}", T::NOUN), &fitting)),
        (Item::Only, [only]) => Ok(only),
        (Item::Only, []) => Err(unknown::<T>(format!("no {} of the issue can be meant", T::NOUN), &fitting)),
        (Item::Only, [..]) => {
            let why = format!("{} {}s of the issue can be meant", fitting.len(), T::NOUN);
            Err(unknown::<T>(why, &fitting))
        }
    }
}

fn unknown<T: Answered>(why: String, fitting: &[&T]) -> Refusal {
    let next = if fitting.is_empty() {
        "look at the issue and what is open there".to_owned()
    } else {
        format!("name the {} by its id", T::NOUN)
    };
    Refusal::new(RefusalCode::UnknownRef, why, next).about(fitting.iter().map(|item| item.id()))
}
