//! For how long a caller stays let in: a stream ends when what its caller proved at the door is worth nothing any more.
//!
//! The credential is shown to the door again whenever what the door knows has changed, and when it has expired.

use std::{future::pending, sync::Arc, time::Duration};

use engine::Clock;
use http::HeaderMap;
use jiff::Timestamp;
use tokio::{sync::watch, time::sleep};
use tonic::{Code, Status};

use super::{Access, Caller, PeerCertificate};
use crate::status;

/// The clock is looked at after this long at the latest, as a machine may sleep; and at the earliest, as a credential is
/// good for a moment after it has expired where clocks may differ.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// What a caller was let in with. Stands in the extensions of every request that a service sees.
#[derive(Clone)]
pub(crate) struct Tenure {
    pub(super) access: Arc<Access>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) path: String,
    /// The credential alone.
    pub(super) headers: HeaderMap,
    pub(super) certificate: Option<PeerCertificate>,
    pub(super) caller: Caller,
    /// Of what the door knows, from before it let the caller in.
    pub(super) changes: watch::Receiver<()>,
}

impl Tenure {
    /// Why the caller is to be let in no longer; waits for that.
    pub(crate) async fn ended(mut self) -> Status {
        loop {
            self.wait().await;
            if let Err(status) = self.renew().await {
                return status;
            }
        }
    }

    /// Until the credential has to be shown again.
    async fn wait(&mut self) {
        loop {
            let expires = self.caller.expires_at;
            tokio::select! {
                changed = self.changes.changed() => match changed {
                    Ok(()) => return,
                    // Nothing changes any more.
                    Err(_) => pending().await,
                },
                expired = expired(expires, &*self.clock) => if expired { return },
            }
        }
    }

    async fn renew(&mut self) -> Result<(), Status> {
        let Self { access, clock, path, headers, certificate, caller, changes: _ } = self;
        match access.entitle(path, headers, certificate.as_ref(), clock.now()).await {
            Ok(now) if now.principal == caller.principal => {
                *caller = now;
                Ok(())
            }
            Ok(_) => Err(status::credential_changed()),
            // It cannot be told now, and was good.
            Err(status) if status.code() == Code::Unavailable => Ok(()),
            Err(status) => Err(status),
        }
    }
}

/// Whether that time has come, after a while.
async fn expired(at: Option<Timestamp>, clock: &dyn Clock) -> bool {
    let Some(at) = at else { return pending().await };
    let left = Duration::try_from(at.duration_since(clock.now())).unwrap_or_default();
    sleep(left.clamp(LOOK_AFTER, LOOK_EVERY)).await;
    clock.now() >= at
}

#[cfg(test)]
mod tests {
    use domain::{Principal, Roles};
    use engine::testing::ManualClock;

    use super::{super::Credential, *};

    #[tokio::test(start_paused = true)]
    async fn a_credential_that_expires_ends_what_was_begun_with_it() {
        let [begun, expires, later] =
            ["10:00:00", "10:30:00", "10:30:01"].map(|time| format!("2026-03-02T{time}Z").parse().unwrap());
        let clock = Arc::new(ManualClock::at(begun));
        let file = crate::TokenFile::default();
        let options = crate::AccessOptions { tokens: Some(file), ..Default::default() };
        let access = Arc::new(Access::new(options).unwrap());
        let principal = Principal {
            name: "token/sales".to_owned(),
            department: "sales".parse().unwrap(),
            person: None,
            roles: Roles::default(),
        };
        let tenure = Tenure {
            changes: access.changes(),
            access,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            path: "/davy.v1.IssueService/WatchIssue".to_owned(),
            headers: HeaderMap::new(),
            certificate: None,
            caller: Caller { principal, credential: Credential::Token, expires_at: Some(expires) },
        };
        let mut ended = std::pin::pin!(tenure.ended());
        let day = Duration::from_secs(86_400);
        assert!(tokio::time::timeout(day, ended.as_mut()).await.is_err(), "the clock has not moved");
        clock.set(later);
        assert_eq!(ended.await.code(), Code::Unauthenticated);
    }
}
