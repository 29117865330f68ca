//! One `bash` in a process group of its own, which ends with all it has started.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use cargo_metadata::camino::Utf8Path;

/// How long background processes have to end in order before they are killed.
const END_TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);

/// How a session came to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded,
    Failed(ExitStatus),
    TookTooLong,
}

/// A running driver script.
#[derive(Debug)]
pub(super) struct Session {
    bash: Child,
}

impl Session {
    /// Starts the driver in `root`. What a program keeps for its user goes into `scratch`, but `HOME` stays:
    /// `cargo` and `pip` are found through it.
    pub(super) fn start(driver: &Utf8Path, root: &Utf8Path, scratch: &Utf8Path) -> anyhow::Result<Self> {
        let mut command = Command::new("bash");
        command.arg(driver).current_dir(root).env("README_DIR", scratch);
        for (variable, dir) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")]
        {
            command.env(variable, scratch.join(".home").join(dir));
        }
        let bash = command.stdin(Stdio::piped()).process_group(0).spawn().context("run bash")?;
        Ok(Self { bash })
    }

    /// Waits for the last block, at most `limit`, and ends whatever still runs.
    pub(super) fn wait(mut self, limit: Duration) -> anyhow::Result<Outcome> {
        let pipe = self.bash.stdin.take();
        let deadline = Instant::now() + limit;
        let outcome = loop {
            match self.bash.try_wait().context("wait for bash")? {
                Some(status) if status.success() => break Outcome::Succeeded,
                Some(status) => break Outcome::Failed(status),
                None if Instant::now() > deadline => break Outcome::TookTooLong,
                None => sleep(POLL),
            }
        };
        drop(pipe);
        self.end_group()?;
        Ok(outcome)
    }

    fn end_group(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + END_TIMEOUT;
        while Instant::now() < deadline {
            // A dead bash that nobody has waited for still counts as alive.
            self.bash.try_wait().context("wait for bash")?;
            if !self.signal_group("0")? {
                return Ok(());
            }
            sleep(POLL);
        }
        self.signal_group("KILL")?;
        self.bash.wait().map(drop).context("wait for bash")
    }

    /// Whether there was a process left to signal.
    fn signal_group(&self, signal: &str) -> anyhow::Result<bool> {
        let status = Command::new("bash")
            .args(["-c", r#"kill -"$0" -- "-$1""#, signal, &self.bash.id().to_string()])
            .stderr(Stdio::null())
            .status()
            .context("run bash")?;
        Ok(status.success())
    }
}
