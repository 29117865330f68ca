//! Reference data beside the project, which are no part of it.

use std::path::{Path, PathBuf};

/// A file or folder of `../shared`; `None`, with a printed line, where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    #[expect(clippy::print_stdout, reason = "a test that does not run must say so")]
    {
        println!("skipped: ../shared/{path} is absent");
    }
    None
}
