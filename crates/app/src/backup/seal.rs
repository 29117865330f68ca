//! The last line of a backup: what stands before it, so that a file that was cut or changed is known.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Summary;

const TYPE: &str = "davy.log.exported";

/// Lines as they are written or read.
#[derive(Default)]
pub(super) struct Lines(Sha256);

impl Lines {
    /// One more, without its end.
    pub(super) fn add(&mut self, line: &str) {
        self.0.update(line);
        self.0.update("\n");
    }

    /// The last line.
    pub(super) fn sealed(&self, summary: &Summary) -> String {
        let digest: String = self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let range = summary.range.map(|(first, last)| (first.to_string(), last.to_string()));
        let id = range.as_ref().map_or_else(|| "empty".to_owned(), |(first, last)| format!("{first}/{last}"));
        let pairs = |pair: &(domain::Position, domain::Position)| [pair.0.to_string(), pair.1.to_string()];
        json!({
            "specversion": "1.0",
            "id": id,
            "source": "/davy/log",
            "type": TYPE,
            "data": {
                "first": range.as_ref().map(|(first, _)| first),
                "last": range.as_ref().map(|(_, last)| last),
                "messages": summary.messages,
                "missing": summary.missing.iter().map(pairs).collect::<Vec<_>>(),
                "sha256": digest,
            },
        })
        .to_string()
    }
}

/// Whether a line is a seal; no line of a message has its type and no position.
pub(super) fn is_seal(line: &str) -> bool {
    let value: Option<Value> = line.contains(TYPE).then(|| serde_json::from_str(line).ok()).flatten();
    value.is_some_and(|value| value["type"] == TYPE && value.get("davyposition").is_none())
}
