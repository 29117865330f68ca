//! Doors to the files that people write by hand, for tests that feed them noise. Deliberately absent: any logic; what stands
//! behind the doors is what `davy apply` and `davy directory export` do.

use proto::v1::Document;

/// What a file says, and every mistake in its form as `davy apply` tells it.
pub fn documents(name: &str, text: &str) -> (Vec<Document>, Vec<String>) {
    crate::apply::documents_or_mistakes(name, text)
}

/// Documents as `davy directory export` writes them.
pub fn file(documents: &[Document]) -> String {
    crate::directory::file(documents)
}
