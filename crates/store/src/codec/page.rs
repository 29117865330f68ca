//! Pages of timelines. An entry takes at most 38 bytes, so a full page stays below 5 KB and usually below 4.

use domain::{IssueId, Position};
use engine::{Page, StoreError, TimelineRef};
use serde::{Deserialize, Serialize};

use super::{append, begin, read};

const PAGE: &str = "page of a timeline";

#[derive(Serialize, Deserialize)]
struct PageParts {
    earlier: Option<(i64, u64)>,
    entries: Vec<EntryParts>,
}

#[derive(Serialize, Deserialize)]
struct EntryParts {
    time: i64,
    position: u64,
    issue: Option<[u8; 16]>,
}

impl From<&TimelineRef> for EntryParts {
    fn from(TimelineRef { time, position, issue }: &TimelineRef) -> Self {
        Self { time: *time, position: position.sequence(), issue: issue.map(IssueId::to_bytes) }
    }
}

impl From<EntryParts> for TimelineRef {
    fn from(EntryParts { time, position, issue }: EntryParts) -> Self {
        Self { time, position: Position::new(position), issue: issue.map(IssueId::from_bytes) }
    }
}

impl From<PageParts> for Page {
    fn from(PageParts { earlier, entries }: PageParts) -> Self {
        Self {
            earlier: earlier.map(|(time, position)| (time, Position::new(position))),
            entries: entries.into_iter().map(Into::into).collect(),
        }
    }
}

pub(crate) fn encode(page: &Page, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Page { earlier, entries } = page;
    begin(out);
    append(
        out,
        &PageParts {
            earlier: earlier.map(|(time, position)| (time, position.sequence())),
            entries: entries.iter().map(Into::into).collect(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Page, StoreError> {
    read::<PageParts, _>(PAGE, bytes)
}
