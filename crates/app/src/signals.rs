//! The signals that ask a process to end.

use std::{io, time::Duration};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// `timeout`, and some shells, signal a process and its group: what comes twice at once is one wish.
const ONE_WISH: Duration = Duration::from_millis(300);

/// SIGTERM, SIGINT as Ctrl-C sends it, and SIGHUP as a terminal does that is closed.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on the signals end the process no more by themselves.
    ///
    /// # Errors
    /// If the operating system does not let us.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// From now on Ctrl-C ends the process no more by itself.
    ///
    /// # Errors
    /// None here.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }

    /// Cancels `shutdown` at the first signal and returns at the second: whoever asks twice waits no longer.
    pub async fn ask_twice(&mut self, shutdown: &CancellationToken) {
        self.next().await;
        shutdown.cancel();
        let same = async {
            loop {
                self.next().await;
            }
        };
        timeout(ONE_WISH, same).await.ok();
        self.next().await;
    }
}
