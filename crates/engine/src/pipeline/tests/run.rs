//! The fold thread's work by hand: which messages, where batches end, and when they reach the store.

use std::{collections::BTreeSet, sync::Arc};

use domain::{Directory, Issue};

use super::said::{self, Said};
use crate::{
    Change, Cursor, RawMessage, Store, Window,
    pipeline::{
        file::Apply,
        folder::{FoldError, Folder, Handover},
        parse::prepare,
    },
    testing::{MemoryStore, SlabCodec},
};

/// A folder over a store. One batch may be on its way, as the apply thread would have it.
pub(super) struct Run {
    pub(super) store: Arc<MemoryStore>,
    codec: Arc<SlabCodec>,
    folder: Folder,
    on_its_way: Option<Handover>,
}

impl Run {
    /// From where the store stands.
    pub(super) fn open(store: &Arc<MemoryStore>, codec: &Arc<SlabCodec>, apply: Apply) -> Self {
        let mut directory = Directory::default();
        for change in store.directory().unwrap() {
            directory.record(&change);
        }
        for change in store.calendars().unwrap() {
            directory.record_calendar(&change);
        }
        let (port, codec_port) = (Arc::clone(store), Arc::clone(codec));
        let folder = Folder::open(
            port,
            codec_port,
            Arc::new(directory),
            "life".to_owned(),
            domain::Losses::default(),
            apply,
        )
        .unwrap();
        Self { store: Arc::clone(store), codec: Arc::clone(codec), folder, on_its_way: None }
    }

    pub(super) fn fold(&mut self, message: &RawMessage) -> Result<(), FoldError> {
        self.folder.fold(prepare(&*self.codec, message.clone()))
    }

    /// Lets the batch on its way arrive.
    pub(super) fn arrive(&mut self) {
        if let Some(handover) = self.on_its_way.take() {
            self.store.commit(&handover.batch).unwrap();
        }
    }

    /// Hands over the batch in the making, once the one before arrived.
    pub(super) fn end_batch(&mut self) {
        self.arrive();
        if self.folder.events() > 0 {
            let handover = self.folder.hand_over().unwrap();
            assert_keys_are_distinct(&handover.batch.changes);
            self.on_its_way = Some(handover);
        }
    }

    pub(super) fn finish(mut self) {
        self.end_batch();
        self.arrive();
    }
}

/// A store may write a batch in any order.
fn assert_keys_are_distinct(changes: &[Change]) {
    let mut keys = BTreeSet::new();
    for change in changes {
        let key = match change {
            Change::File(key, _) => format!("file {key:?}"),
            Change::Chunk(key, number, _) => format!("chunk {key:?} {number}"),
            Change::Spilled(key, identity, _) => format!("spilled {key:?} {identity:?}"),
            Change::Put(row) | Change::Remove(row) => format!("row {row:?}"),
            Change::Customer(leaf, _) => format!("customer {leaf:?}"),
            Change::Department(department, _) => format!("department {department}"),
            Change::Edge(edge) => format!("edge {:?} {:?}", edge.home, edge.id),
            Change::Home(home, _) => format!("home {home}"),
            Change::Page(leaf, number, _) => format!("page {leaf:?} {number}"),
            Change::Quarantined(message) => format!("quarantined {}", message.position),
            Change::Calendar(change) => format!("calendar {}", change.position),
            Change::Directory(change) => format!("directory {}", change.position),
            Change::Window(Window { bare, .. }) | Change::Expired(bare) => format!("window {bare:?}"),
        };
        assert!(keys.insert(key), "a batch changes one key twice: {change:?}");
    }
}

/// What happens after a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    More,
    EndBatch,
    Arrive,
    /// All that is not in the store is lost, and reading begins again after the store's cursor.
    Crash,
}

/// Folds the whole log with these incidents; after the last of them, in one batch.
pub(super) fn fold_all(
    messages: &[RawMessage],
    codec: &Arc<SlabCodec>,
    incidents: &[Then],
) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let mut run = Run::open(&store, codec, Issue::apply);
    let mut incidents = incidents.iter();
    let mut next = 0;
    while let Some(message) = messages.get(next) {
        run.fold(message).unwrap();
        next += 1;
        match incidents.next().unwrap_or(&Then::More) {
            Then::More => {}
            Then::EndBatch => run.end_batch(),
            Then::Arrive => run.arrive(),
            Then::Crash => {
                run = Run::open(&store, codec, Issue::apply);
                let Cursor { position, .. } = store.cursor().unwrap().unwrap_or_default();
                next = usize::try_from(position.sequence()).unwrap();
            }
        }
    }
    run.finish();
    store
}

/// What was said, folded event by event.
pub(super) fn folded(
    said: &[Said],
    packed_bytes: usize,
) -> (Vec<RawMessage>, Arc<SlabCodec>, Arc<MemoryStore>) {
    let codec = Arc::new(SlabCodec::new(packed_bytes));
    let messages = said::publish(&codec, said).messages();
    let store = fold_all(&messages, &codec, &vec![Then::EndBatch; messages.len()]);
    (messages, codec, store)
}
