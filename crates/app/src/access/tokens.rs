//! Changing the file of bearer tokens: whole or not at all, by one at a time, and for its owner's eyes.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use api::{AccessFileError, Drawn, TokenEntry, TokenFile};

/// The file cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("read {}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// What stands in it cannot be used, or would not be usable after the change.
    #[error("use {}", file.display())]
    Use {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: AccessFileError,
    },
    /// Somebody else is changing it.
    #[error("change {}; another change is under way, or was broken off: then delete {}", file.display(), new.display())]
    Busy {
        /// Which.
        file: PathBuf,
        /// Where the new one is written.
        new: PathBuf,
    },
    /// It cannot be written.
    #[error("write {}", file.display())]
    Write {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Whoever reads it now could not read the new one.
    #[error("give {} the owner, group and mode of {}; do it as that owner, or as root", new.display(), file.display())]
    Keep {
        /// Whose they are.
        file: PathBuf,
        /// What replaces it.
        new: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// No token has this name.
    #[error("find the token `{0}`; `davy token list` shows which there are")]
    Unknown(String),
    /// The operating system gives no chance.
    #[error("draw a secret; the operating system gives no random bytes")]
    Draw,
}

/// What the new token is, without what is drawn.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What people call it.
    pub name: String,
    /// For which department it speaks.
    pub department: String,
    /// For whom, as `SYSTEM:ID`.
    pub person: Option<String>,
    /// What it may do.
    pub roles: Vec<String>,
    /// When it is made.
    pub created: jiff::Timestamp,
    /// From when on it is refused.
    pub expires: Option<jiff::Timestamp>,
}

/// The tokens in a file; none where there is no file.
///
/// # Errors
/// If it cannot be read or used.
pub fn read(file: &Path) -> Result<TokenFile, TokenError> {
    match fs::read_to_string(file) {
        Ok(text) => {
            TokenFile::parse(&text).map_err(|source| TokenError::Use { file: file.to_owned(), source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(TokenFile::default()),
        Err(source) => Err(TokenError::Read { file: file.to_owned(), source }),
    }
}

/// Adds a token, and gives it; nothing else knows its secret.
///
/// # Errors
/// If it cannot be, or the file cannot be changed.
pub fn create(file: &Path, wanted: Wanted) -> Result<String, TokenError> {
    let Wanted { name, department, person, roles, created, expires } = wanted;
    let (token, id, sha256) = Drawn::draw().ok_or(TokenError::Draw)?.into_token();
    change(file, |tokens| {
        tokens.tokens.push(TokenEntry { name, id, sha256, department, person, roles, created, expires });
        Ok(())
    })?;
    Ok(token)
}

/// Takes a token away. A server that watches the file refuses it within 2 s.
///
/// # Errors
/// If there is none of this name, or the file cannot be changed.
pub fn revoke(file: &Path, name: &str) -> Result<(), TokenError> {
    change(file, |tokens| {
        let before = tokens.tokens.len();
        tokens.tokens.retain(|entry| entry.name != name);
        if tokens.tokens.len() == before { Err(TokenError::Unknown(name.to_owned())) } else { Ok(()) }
    })
}

fn change(
    file: &Path,
    edit: impl FnOnce(&mut TokenFile) -> Result<(), TokenError>,
) -> Result<(), TokenError> {
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    // Whoever has made it may change the file.
    let mut out = private(&new).map_err(|source| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            TokenError::Busy { file: file.to_owned(), new: new.clone() }
        } else {
            TokenError::Write { file: new.clone(), source }
        }
    })?;
    let changed = || {
        let mut tokens = read(file)?;
        edit(&mut tokens)?;
        let text = tokens.text().and_then(|text| TokenFile::parse(&text).map(|_| text));
        let text = text.map_err(|source| TokenError::Use { file: file.to_owned(), source })?;
        keep(file, &out).map_err(|source| TokenError::Keep {
            file: file.to_owned(),
            new: new.clone(),
            source,
        })?;
        let written = out.write_all(text.as_bytes()).and_then(|()| out.sync_all());
        written
            .and_then(|()| fs::rename(&new, file))
            .map_err(|source| TokenError::Write { file: file.to_owned(), source })
    };
    let outcome = changed();
    if outcome.is_err() {
        fs::remove_file(&new).ok();
    }
    outcome
}

/// A new file that only its owner reads.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives the new file the owner, group and mode of the one that it replaces: the server may be another user's, who reads it
/// by its group.
fn keep(file: &Path, new: &File) -> io::Result<()> {
    let old = match fs::metadata(file) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};

        let (own, uid, gid) = (new.metadata()?, old.uid(), old.gid());
        if (own.uid(), own.gid()) != (uid, gid) {
            fchown(new, (own.uid() != uid).then_some(uid), (own.gid() != gid).then_some(gid))?;
        }
    }
    // Last, as a change of owner may take some of it away.
    new.set_permissions(old.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str) -> Wanted {
        Wanted {
            name: name.to_owned(),
            department: "sales".to_owned(),
            person: None,
            roles: vec!["publisher".to_owned()],
            created: "2026-03-02T10:00:00Z".parse().unwrap(),
            expires: None,
        }
    }

    #[test]
    fn tokens_come_and_go_and_the_file_is_its_owners() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens.toml");
        let (first, second) = (create(&file, wanted("a")).unwrap(), create(&file, wanted("b")).unwrap());
        assert_ne!(first, second);
        let text = fs::read_to_string(&file).unwrap();
        for token in [&first, &second] {
            assert!(!text.contains(token.rsplit_once('_').unwrap().1));
        }
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777,
            0o600
        );
        revoke(&file, "a").unwrap();
        assert!(matches!(revoke(&file, "a"), Err(TokenError::Unknown(_))));
        let names: Vec<_> = read(&file).unwrap().tokens.into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["b"]);
    }

    #[cfg(unix)]
    #[test]
    fn whoever_may_read_the_file_still_may_when_it_is_changed() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens.toml");
        create(&file, wanted("a")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // Only root may give files away.
        chown(&file, None, Some(1)).ok();
        let kept = |file: &Path| {
            let metadata = fs::metadata(file).unwrap();
            (metadata.uid(), metadata.gid(), metadata.mode() & 0o777)
        };
        let before = kept(&file);
        create(&file, wanted("b")).unwrap();
        assert_eq!((kept(&file), before.2), (before, 0o640));
    }

    #[test]
    fn what_cannot_be_used_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens.toml");
        create(&file, wanted("a")).unwrap();
        let before = fs::read_to_string(&file).unwrap();
        assert!(matches!(create(&file, wanted("a")), Err(TokenError::Use { .. })));
        let bad = Wanted { roles: vec!["boss".to_owned()], ..wanted("b") };
        assert!(matches!(create(&file, bad), Err(TokenError::Use { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        fs::write(file.with_extension("toml.new"), "").unwrap();
        assert!(matches!(revoke(&file, "a"), Err(TokenError::Busy { .. })));
    }
}
