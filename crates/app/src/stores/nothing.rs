//! No store: stands in while there is no room for one, so that a full disk's store can be closed and deleted. Nothing is
//! answered from it.

use std::ops::ControlFlow;

use domain::{
    CustomerCalendar, CustomerId, Department, Digest, DirectoryChange, EdgeId, EventKey, Issue, IssueId,
    LeafId, Position, Quarantined, identity::Edge,
};
use engine::{
    Batch, Blob, Cursor, CustomerRecord, DepartmentRecord, File, HomeRecord, Kin, Page, Row, RowRange,
    Spilled, Staged, Store, StoreError, Window,
};

/// Holds nothing and takes nothing.
pub(super) struct Nothing;

impl Store for Nothing {
    fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        Ok(None)
    }

    fn file(&self, _: EventKey) -> Result<Option<File>, StoreError> {
        Ok(None)
    }

    fn issue(&self, _: IssueId) -> Result<Option<Issue>, StoreError> {
        Ok(None)
    }

    fn kin(&self, _: IssueId) -> Result<Kin, StoreError> {
        Ok(Kin::default())
    }

    fn chunk(&self, _: EventKey, _: u32) -> Result<Option<Blob>, StoreError> {
        Ok(None)
    }

    fn spilled(&self, _: EventKey, _: Digest) -> Result<Option<Spilled>, StoreError> {
        Ok(None)
    }

    fn customer(&self, _: LeafId) -> Result<Option<CustomerRecord>, StoreError> {
        Ok(None)
    }

    fn edge(&self, _: CustomerId, _: EdgeId) -> Result<Option<Edge>, StoreError> {
        Ok(None)
    }

    fn edges(&self, _: CustomerId, _: usize) -> Result<Vec<Edge>, StoreError> {
        Ok(Vec::new())
    }

    fn departments(&self) -> Result<Vec<(Department, DepartmentRecord)>, StoreError> {
        Ok(Vec::new())
    }

    fn home(&self, _: &str) -> Result<Option<HomeRecord>, StoreError> {
        Ok(None)
    }

    fn last_page(&self, _: LeafId) -> Result<Option<u32>, StoreError> {
        Ok(None)
    }

    fn page(&self, _: LeafId, _: u32) -> Result<Option<Page>, StoreError> {
        Ok(None)
    }

    fn quarantined(&self, _: Position) -> Result<Option<Quarantined>, StoreError> {
        Ok(None)
    }

    fn quarantine(
        &self,
        _: Option<Position>,
        _: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn directory(&self) -> Result<Vec<DirectoryChange>, StoreError> {
        Ok(Vec::new())
    }

    fn calendars(&self) -> Result<Vec<CustomerCalendar>, StoreError> {
        Ok(Vec::new())
    }

    fn windows(&self) -> Result<Vec<Window>, StoreError> {
        Ok(Vec::new())
    }

    fn rows(&self, _: RowRange, _: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), StoreError> {
        Ok(())
    }

    fn stage<'a>(&'a self, _: &'a Batch) -> Result<Staged<'a>, StoreError> {
        let detail = "there is no store, for want of room on the disk".to_owned();
        Err(StoreError::Damaged { record: "batch", detail })
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
