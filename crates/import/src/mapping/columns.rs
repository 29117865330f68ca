//! Which cells of a row a mapping looks at. Only these are held in memory.

/// A column of the input, by its place in [`Slots::columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(pub(crate) usize);

/// A cell that is kept of every row, by its place in [`Slots::slots`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotId(pub(crate) usize);

/// One use of one or more columns: the same column may be missing at different values in different uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// At least one. The texts of several are joined; those that are missing are left out.
    pub(crate) columns: Vec<Column>,
    pub(crate) join: String,
    /// Texts that count as no value. A column that a row lacks, or `null`, always does.
    pub(crate) missing: Vec<String>,
    /// Texts that mean: as in the row before.
    pub(crate) same: Vec<String>,
    /// No value means: as in the row before.
    pub(crate) missing_is_same: bool,
}

/// What a slot holds in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    Text(&'a str),
    Missing,
    SameAsBefore,
}

/// Every column and every slot of a mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    pub(crate) columns: Vec<String>,
    pub(crate) slots: Vec<Slot>,
}

impl Slots {
    pub(crate) fn column(&mut self, name: &str) -> Column {
        let known = self.columns.iter().position(|known| known == name);
        Column(known.unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        }))
    }

    /// The slot for this use; an equal one is shared.
    pub(crate) fn slot(&mut self, slot: Slot) -> SlotId {
        let known = self.slots.iter().position(|known| *known == slot);
        SlotId(known.unwrap_or_else(|| {
            self.slots.push(slot);
            self.slots.len() - 1
        }))
    }
}

impl Slot {
    /// What `cells` (one for each column of the mapping) say; `joined` is room to work in.
    pub(crate) fn see<'a>(&self, cells: &'a [Option<String>], joined: &'a mut String) -> Seen<'a> {
        let text = match self.columns.as_slice() {
            [Column(one)] => cells.get(*one).and_then(Option::as_deref),
            several => self.join(several, cells, joined),
        };
        match text {
            Some(text) if self.same.iter().any(|same| same == text) => Seen::SameAsBefore,
            Some(text) if !self.missing.iter().any(|missing| missing == text) => Seen::Text(text),
            Some(_) | None if self.missing_is_same => Seen::SameAsBefore,
            Some(_) | None => Seen::Missing,
        }
    }

    fn join<'a>(
        &self,
        columns: &[Column],
        cells: &[Option<String>],
        joined: &'a mut String,
    ) -> Option<&'a str> {
        joined.clear();
        let texts = columns.iter().filter_map(|Column(column)| cells.get(*column)?.as_deref());
        let mut any = false;
        for text in texts.filter(|text| !self.missing.iter().any(|missing| missing == text)) {
            if any {
                joined.push_str(&self.join);
            }
            joined.push_str(text);
            any = true;
        }
        any.then_some(joined.as_str())
    }
}
