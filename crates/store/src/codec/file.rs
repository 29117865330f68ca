//! Files, their chunks, and where the events in chunks stand.
//!
//! A file is the version byte, the header, and the events as they are: reading the state of an issue looks at no event,
//! and writing one copies them once.

use domain::{Digest, Issue, IssueId, Position};
use engine::{Blob, File, Kin, Spilled, StoreError};
use serde::{Deserialize, Serialize};

use super::{append, begin, body, issue::IssueParts, split, take, whole};
use crate::error::damaged;

const FILE: &str = "file";
const CHUNK: &str = "chunk of a file";
const SPILLED: &str = "event in a chunk";

/// What can be read without the state.
#[derive(Serialize, Deserialize)]
struct Front {
    into: Option<[u8; 16]>,
    ties: Vec<[u8; 16]>,
    chunks: u32,
    has_retractions: bool,
}

#[derive(Serialize, Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    issue: Option<IssueParts<'a>>,
}

pub(crate) fn encode(file: &File, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let File { issue, kin: Kin { into, ties }, has_retractions, chunks, tail } = file;
    begin(out);
    let (into, ties) = (into.map(IssueId::to_bytes), ties.iter().map(|id| id.to_bytes()).collect());
    append(out, &Front { into, ties, chunks: *chunks, has_retractions: *has_retractions })?;
    append(out, &State { issue: issue.as_ref().map(Into::into) })?;
    out.extend_from_slice(tail.as_bytes());
    Ok(())
}

pub(crate) fn decode(bytes: &[u8]) -> Result<File, StoreError> {
    let (front, rest) = take::<Front>(FILE, body(FILE, bytes)?)?;
    let (State { issue }, tail) = take(FILE, rest)?;
    let issue = issue.map(|parts| whole(FILE, parts)).transpose()?;
    let Front { into, ties, chunks, has_retractions } = front;
    Ok(File { issue, kin: kin(into, ties), has_retractions, chunks, tail: blob(FILE, tail)? })
}

/// The state alone.
pub(crate) fn decode_issue(bytes: &[u8]) -> Result<Option<Issue>, StoreError> {
    let (Front { .. }, rest) = take(FILE, body(FILE, bytes)?)?;
    let (State { issue }, _) = take(FILE, rest)?;
    issue.map(|parts| whole(FILE, parts)).transpose()
}

/// Which issues it is one with, alone.
pub(crate) fn decode_kin(bytes: &[u8]) -> Result<Kin, StoreError> {
    let (Front { into, ties, .. }, _) = take(FILE, body(FILE, bytes)?)?;
    Ok(kin(into, ties))
}

fn kin(into: Option<[u8; 16]>, ties: Vec<[u8; 16]>) -> Kin {
    Kin { into: into.map(IssueId::from_bytes), ties: ties.into_iter().map(IssueId::from_bytes).collect() }
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
