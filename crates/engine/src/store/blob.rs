//! Events of one file, packed one after the other.
//!
//! Each entry is `identity (16) content (16) position (8) length (4) bytes`, big-endian. Appending one copies nothing
//! else, and duplicates are found without unpacking.

use domain::{Digest, Position};

const HEAD: usize = 16 + 16 + 8 + 4;

/// Packed events in the order of the fold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob(Vec<u8>);

/// One packed event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobEntry<'a> {
    /// Of its source and id.
    pub identity: Digest,
    /// Of what its sender said.
    pub content: Digest,
    /// Where it stands in the log.
    pub position: Position,
    /// As [`crate::Codec::pack`] wrote it.
    pub bytes: &'a [u8],
}

impl Blob {
    /// From a record. A damaged tail is left out by [`Blob::iter`]; [`Blob::is_whole`] tells.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For a record.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes of all entries.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds no entry.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: BlobEntry<'_>) {
        self.0.reserve(HEAD + entry.bytes.len());
        self.0.extend_from_slice(&entry.identity.0);
        self.0.extend_from_slice(&entry.content.0);
        self.0.extend_from_slice(&entry.position.sequence().to_be_bytes());
        self.0.extend_from_slice(&u32::try_from(entry.bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(entry.bytes);
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = BlobEntry<'_>> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (entry, after) = split(rest)?;
            rest = after;
            Some(entry)
        })
    }

    /// Whether every byte belongs to an entry.
    pub fn is_whole(&self) -> bool {
        self.iter().map(|entry| HEAD + entry.bytes.len()).sum::<usize>() == self.0.len()
    }

    /// The entry of an event, by the digest of its identity.
    pub fn find(&self, identity: Digest) -> Option<BlobEntry<'_>> {
        self.iter().find(|entry| entry.identity == identity)
    }

    /// Takes the oldest entries out, as many as fit into `bytes` but at least one.
    #[must_use]
    pub fn take_oldest(&mut self, bytes: usize) -> Self {
        let mut end = 0;
        for entry in self.iter() {
            let next = end + HEAD + entry.bytes.len();
            if end > 0 && next > bytes {
                break;
            }
            end = next;
        }
        let rest = self.0.split_off(end);
        Self(std::mem::replace(&mut self.0, rest))
    }
}

fn split(bytes: &[u8]) -> Option<(BlobEntry<'_>, &[u8])> {
    let (identity, rest) = bytes.split_first_chunk()?;
    let (content, rest) = rest.split_first_chunk()?;
    let (position, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (bytes, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let position = Position::new(u64::from_be_bytes(*position));
    Some((BlobEntry { identity: Digest(*identity), content: Digest(*content), position, bytes }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u8, bytes: &[u8]) -> BlobEntry<'_> {
        BlobEntry {
            identity: Digest([number; 16]),
            content: Digest([0; 16]),
            position: Position::new(number.into()),
            bytes,
        }
    }

    #[test]
    fn entries_come_back_in_order() {
        let mut blob = Blob::default();
        blob.push(entry(1, b"one"));
        blob.push(entry(2, b""));
        assert!(blob.iter().eq([entry(1, b"one"), entry(2, b"")]));
        assert_eq!(blob.find(Digest([2; 16])), Some(entry(2, b"")));
        assert!(blob.is_whole());
        assert!(!Blob::from_bytes(blob.as_bytes()[..50].to_vec()).is_whole());
    }

    #[test]
    fn the_oldest_are_taken_first_and_never_none() {
        let mut blob = Blob::default();
        (1..=3).for_each(|number| blob.push(entry(number, b"12345678")));
        let oldest = blob.take_oldest(2 * (HEAD + 8));
        assert!(oldest.iter().eq([entry(1, b"12345678"), entry(2, b"12345678")]));
        let last = blob.take_oldest(1);
        assert!(last.iter().eq([entry(3, b"12345678")]));
        assert!(blob.is_empty());
    }
}
