//! From sled's errors to the port's.

use engine::StoreError;

/// Names the operation that sled failed in.
pub(crate) fn failed(operation: &'static str) -> impl FnOnce(sled::Error) -> StoreError {
    move |error| match error {
        sled::Error::Corruption { .. } => {
            StoreError::Damaged { record: operation, detail: error.to_string() }
        }
        sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Io(_) => StoreError::Io { operation, source: Box::new(error) },
    }
}

/// Bytes that are no such record.
pub(crate) fn damaged(record: &'static str, detail: impl Into<String>) -> StoreError {
    StoreError::Damaged { record, detail: detail.into() }
}
