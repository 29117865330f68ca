//! Keeps other processes from the directory; the operating system lets go of it however we end.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use super::{GenerationsError, disk::failed};

#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path, dir: &Path) -> Result<Self, GenerationsError> {
        let file = File::create(path).map_err(failed("create", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(GenerationsError::InUse { path: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed("lock", path)(source)),
        }
    }
}
