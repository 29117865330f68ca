//! Takes the server along when this process goes, even by `kill -9`.
//!
//! A small shell waits on a pipe that only this process holds open. When the pipe closes, by our hand or
//! because we are dead, the shell asks the server to end. Without Unix there is no guard: a server that is to
//! end is killed, and one that a killed process left behind is found by `leftover`.

#[cfg(not(unix))]
pub(crate) use elsewhere::{Guard, signal};
#[cfg(unix)]
pub(crate) use unix::{Guard, signal};

#[cfg(unix)]
mod unix {
    //! The guard as a shell, and signals by the `kill` that every shell has built in.

    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};

    /// The shell that watches over one server.
    #[derive(Debug)]
    pub(crate) struct Guard {
        shell: Child,
    }

    impl Guard {
        /// Starts to watch over the process `pid`, a child of ours that has not been waited for.
        pub(crate) fn over(pid: u32) -> io::Result<Self> {
            let shell = Command::new("sh")
                .args(["-c", r#"read -r _; kill -TERM "$0""#, &pid.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                // Ctrl-C in a terminal goes to a whole group, and the guard must outlive us.
                .process_group(0)
                .spawn()?;
            Ok(Self { shell })
        }

        /// Asks the server to end now.
        pub(crate) fn terminate(mut self) -> io::Result<()> {
            drop(self.shell.stdin.take());
            self.shell.wait().map(drop)
        }

        /// Ends the watch and leaves the server alone: its process id may soon be another's.
        pub(crate) fn release(mut self) -> io::Result<()> {
            self.shell.kill()?;
            self.shell.wait().map(drop)
        }
    }

    /// Asks the process `pid` to end, or with `force` ends it.
    pub(crate) fn signal(pid: u32, force: bool) -> io::Result<()> {
        let script = if force { r#"kill -KILL "$0""# } else { r#"kill -TERM "$0""# };
        let pid = pid.to_string();
        let status = Command::new("sh").args(["-c", script, &pid]).stderr(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    //! No signals: every question is answered with [`io::ErrorKind::Unsupported`].

    use std::io;

    /// Watches over nothing.
    #[derive(Debug)]
    pub(crate) struct Guard;

    impl Guard {
        pub(crate) fn over(_pid: u32) -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) fn terminate(self) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(crate) fn release(self) -> io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn signal(_pid: u32, _force: bool) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use super::Guard;

    #[test]
    fn a_pipe_that_closes_ends_the_server() {
        let mut server = Command::new("sleep").arg("60").spawn().unwrap();
        // What the operating system does to the pipe of a process that is killed.
        drop(Guard::over(server.id()).unwrap());
        assert_eq!(server.wait().unwrap().signal(), Some(15));
    }
}
