//! Files, their chunks, and where the events in chunks stand.
//!
//! A file is the version byte, the header, and the events as they are: reading the state of an issue looks at no event,
//! and writing one copies them once.

use domain::{Digest, Issue, Position};
use engine::{Blob, File, Spilled, StoreError};
use serde::{Deserialize, Serialize};

use super::{append, begin, body, issue::IssueParts, split, take, whole};
use crate::error::damaged;

const FILE: &str = "file";
const CHUNK: &str = "chunk of a file";
const SPILLED: &str = "event in a chunk";

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    chunks: u32,
    has_retractions: bool,
    #[serde(borrow)]
    issue: Option<IssueParts<'a>>,
}

pub(crate) fn encode(file: &File, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let File { issue, has_retractions, chunks, tail } = file;
    begin(out);
    let issue = issue.as_ref().map(Into::into);
    append(out, &Header { chunks: *chunks, has_retractions: *has_retractions, issue })?;
    out.extend_from_slice(tail.as_bytes());
    Ok(())
}

pub(crate) fn decode(bytes: &[u8]) -> Result<File, StoreError> {
    let (Header { chunks, has_retractions, issue }, tail) = take(FILE, body(FILE, bytes)?)?;
    let issue = issue.map(|parts| whole(FILE, parts)).transpose()?;
    Ok(File { issue, has_retractions, chunks, tail: blob(FILE, tail)? })
}

/// The state alone.
pub(crate) fn decode_issue(bytes: &[u8]) -> Result<Option<Issue>, StoreError> {
    let (Header { chunks: _, has_retractions: _, issue }, _) = take(FILE, body(FILE, bytes)?)?;
    issue.map(|parts| whole(FILE, parts)).transpose()
}

pub(crate) fn encode_chunk(chunk: &Blob, out: &mut Vec<u8>) {
    begin(out);
    out.extend_from_slice(chunk.as_bytes());
}

pub(crate) fn decode_chunk(bytes: &[u8]) -> Result<Blob, StoreError> {
    blob(CHUNK, body(CHUNK, bytes)?)
}

fn blob(record: &'static str, bytes: &[u8]) -> Result<Blob, StoreError> {
    let blob = Blob::from_bytes(bytes.to_vec());
    if blob.is_whole() { Ok(blob) } else { Err(damaged(record, "its events are cut off")) }
}

pub(crate) fn encode_spilled(spilled: Spilled, out: &mut Vec<u8>) {
    let Spilled { content, position } = spilled;
    begin(out);
    out.extend_from_slice(&content.0);
    out.extend_from_slice(&position.sequence().to_be_bytes());
}

pub(crate) fn decode_spilled(bytes: &[u8]) -> Result<Spilled, StoreError> {
    let (content, rest) = split(SPILLED, body(SPILLED, bytes)?)?;
    let (position, _) = split(SPILLED, rest)?;
    Ok(Spilled { content: Digest(*content), position: Position::new(u64::from_be_bytes(*position)) })
}
