//! Secrets: only the name of a file stands in the configuration.

use std::{fmt, fs, io, path::PathBuf};

use super::reader::{Reader, words};

/// Bytes of a secret file that are read; a longer one is a mistake in the file name.
const MAX_BYTES: u64 = 64 * 1024;

/// A secret in a file of its own. It is read when it is used and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The file.
    pub file: PathBuf,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.file.display())
    }
}

impl Secret {
    /// Takes `<key>.file`; a secret that is written out is refused.
    pub(super) fn read(reader: &mut Reader, key: &str) -> Option<Self> {
        reader.refuse(key, "a secret does not stand in the configuration; write { file = \"...\" }");
        let check = |path: &str| {
            let file = PathBuf::from(words(path)?);
            let secret = Self { file };
            secret.text().map(|_| secret).map_err(|error| format!("read the secret: {error}"))
        };
        reader.optional(&format!("{key}.file"), check)
    }

    /// The secret, without the line's end.
    ///
    /// # Errors
    /// If the file cannot be read, is empty, or is no text of at most 64 KiB.
    pub fn text(&self) -> io::Result<String> {
        if fs::metadata(&self.file)?.len() > MAX_BYTES {
            return Err(io::Error::other("the file is longer than 64 KiB"));
        }
        let text = fs::read_to_string(&self.file)?;
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() { Err(io::Error::other("the file is empty")) } else { Ok(text.to_owned()) }
    }
}
