//! The directory as it was folded; the questions about it are the domain's.

use std::sync::Arc;

use domain::Directory;

use super::{Answer, QueryError, Reader};

impl Reader {
    /// Every version of every document up to the answer's position.
    ///
    /// # Errors
    /// While the log is being folded.
    pub fn directory(&self) -> Result<Answer<Arc<Directory>>, QueryError> {
        self.view(|view| {
            Ok(Answer { value: Arc::clone(&view.published.directory), position: view.position() })
        })
    }
}
