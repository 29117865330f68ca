//! One run of the program: spawned, awaited, ended. Ports, files and restarts belong to `server`.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::guard::Guard;

/// How long the server may take to end when asked; then it is killed, which loses nothing that it has acked
/// under `sync_interval: always`.
const END_TIMEOUT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(5);

/// A running `nats-server` with its guard.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    guard: Guard,
}

impl Process {
    /// Runs `binary -c config` in `dir`; what it writes to its standard error goes to `stderr`.
    pub(crate) fn spawn(binary: &Path, dir: &Path, config: &str, stderr: File) -> io::Result<Self> {
        let mut command = Command::new(binary);
        command.args(["-c", config]).current_dir(dir);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        // Ctrl-C in a terminal must reach Davy alone, which ends the server when it needs it no more.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        match Guard::over(child.id()) {
            Ok(guard) => Ok(Self { child, guard }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, if it did by itself.
    pub(crate) fn ended(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(status) => status.map(|status| status.to_string()),
            Err(error) => Some(format!("an unknown status ({error})")),
        }
    }

    /// Asks the server to end, waits, and kills it where it does not or cannot be asked.
    pub(crate) fn terminate(mut self) -> io::Result<()> {
        if self.child.try_wait()?.is_some() {
            return self.guard.release();
        }
        let patience = if self.guard.terminate().is_ok() { END_TIMEOUT } else { Duration::ZERO };
        let deadline = Instant::now() + patience;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.child.kill()?;
            }
            sleep(POLL);
        }
        Ok(())
    }

    /// Ends the server as a crash would (`kill -9`).
    pub(crate) fn kill(mut self) -> io::Result<()> {
        self.guard.release()?;
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}
