//! Where log lines go. The filter and the form come from the configuration, the place from the program.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::LevelFilter,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::{SubscriberInitExt as _, TryInitError},
};

use crate::config::{Format, Log};

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// Where log lines go.
pub enum Sink {
    /// To standard error, as the configuration says.
    Stderr,
    /// Everything to a file, as text; warnings and errors also to who shows them to a person.
    File {
        /// Made, or written on.
        path: PathBuf,
        /// Called with each line that a person should see.
        warnings: Arc<dyn Fn(&str) + Send + Sync>,
    },
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stderr => f.write_str("Stderr"),
            Self::File { path, warnings: _ } => write!(f, "File({})", path.display()),
        }
    }
}

/// Why nothing is logged.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The file cannot be written.
    #[error("open the log file {}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The filter cannot be read; [`crate::Config::load`] has checked it.
    #[error("read the log filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else in this process logs already.
    #[error("begin to log")]
    Begun(#[from] TryInitError),
}

/// Begins to log, once in a process.
///
/// # Errors
/// If the file cannot be opened, or logging has begun already.
pub fn init(log: &Log, sink: Sink) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&log.filter)?;
    let lines: Lines = match sink {
        Sink::Stderr => stderr(log.format),
        Sink::File { path, warnings } => {
            let file = open(&path)?;
            let file = fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
            let shown = fmt::layer()
                .with_ansi(false)
                .with_target(false)
                .without_time()
                .with_writer(Shown(warnings))
                .with_filter(LevelFilter::WARN);
            Box::new(file.and_then(shown))
        }
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).try_init()?;
    Ok(())
}

fn stderr(format: Format) -> Lines {
    let terminal = io::stderr().is_terminal();
    let text = match format {
        Format::Auto => terminal,
        Format::Text => true,
        Format::Json => false,
    };
    if text {
        Box::new(fmt::layer().with_ansi(terminal).with_writer(io::stderr))
    } else {
        Box::new(fmt::layer().json().flatten_event(true).with_writer(io::stderr))
    }
}

fn open(path: &Path) -> Result<File, TelemetryError> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|source| TelemetryError::Open { path: path.to_owned(), source })
}

/// Hands over each line as a whole.
struct Shown(Arc<dyn Fn(&str) + Send + Sync>);

impl<'a> MakeWriter<'a> for Shown {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { shown: self, bytes: Vec::new() }
    }
}

struct Line<'a> {
    shown: &'a Shown,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.bytes.is_empty() {
            (self.shown.0)(String::from_utf8_lossy(&self.bytes).trim_end());
        }
    }
}
