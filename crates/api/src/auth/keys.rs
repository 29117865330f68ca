//! The keys of the identity provider as they are now: fetched, fetched again when a JWT names one that is not there.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant};

use super::{
    Caller, KeySource,
    denied::Denied,
    jwk::Keys,
    jwt::{Claims, Unverified},
};

/// Keys are fetched at most this often, however many JWTs name unknown ones.
const PAUSE: Duration = Duration::from_secs(30);

/// What believes JWTs.
#[derive(Debug)]
pub(super) struct Issuer {
    claims: Claims,
    source: KeySource,
    keys: RwLock<Option<Arc<Keys>>>,
    /// When they were asked for last. Held while they are fetched.
    asked: Mutex<Option<Instant>>,
}

impl Issuer {
    pub(super) fn new(claims: Claims, source: KeySource) -> Self {
        Self { claims, source, keys: RwLock::default(), asked: Mutex::default() }
    }

    pub(super) async fn caller(&self, token: &str, now: jiff::Timestamp) -> Result<Caller, Denied> {
        let unverified = Unverified::read(token)?;
        let known = self.known().filter(|keys| unverified.has_key(keys));
        let keys = match known {
            Some(keys) => keys,
            None => self.renewed(&unverified).await.ok_or(Denied::NoKeys)?,
        };
        unverified.caller(&keys, &self.claims, now)
    }

    /// Fetches the keys, whatever is there; keeps the old ones where that fails, and says so.
    pub(super) async fn refresh(&self) {
        let mut asked = self.asked.lock().await;
        *asked = Some(Instant::now());
        self.fetch().await;
    }

    /// The keys after they were fetched again, unless that was done just now.
    async fn renewed(&self, wanted: &Unverified<'_>) -> Option<Arc<Keys>> {
        let mut asked = self.asked.lock().await;
        // Somebody else may have fetched them meanwhile.
        let known = self.known().filter(|keys| wanted.has_key(keys));
        let is_due = asked.is_none_or(|asked| asked.elapsed() >= PAUSE);
        if known.is_none() && is_due {
            *asked = Some(Instant::now());
            self.fetch().await;
        }
        self.known()
    }

    fn known(&self) -> Option<Arc<Keys>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) {
        let read = self.source.read().await.map_err(|error| chain(&*error));
        match read.and_then(|text| Keys::read(&text)) {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
            }
            Err(error) => {
                tracing::warn!(source = %self.source, error, "the identity provider's keys were not renewed; the old ones stay");
            }
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::advance;

    use super::*;
    use crate::auth::jwt::tests::{Provider, claims, payload};

    fn now() -> jiff::Timestamp {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_key_is_fetched_when_it_is_first_named_but_not_too_often() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jwks.json");
        let put = |provider: &Provider| std::fs::write(&path, provider.keys().to_string()).unwrap();
        let (old, new) = (Provider::new("old"), Provider::new("new"));
        let issuer = Issuer::new(claims(), KeySource::File(path.clone()));
        let ask =
            async |provider: &Provider| issuer.caller(&provider.sign(&payload()), now()).await.map(|_| ());

        assert_eq!(ask(&old).await, Err(Denied::NoKeys));
        advance(PAUSE).await;
        put(&old);
        assert_eq!(ask(&old).await, Ok(()));
        put(&new);
        // Just fetched: whoever sends unknown names makes nothing happen.
        assert!(matches!(ask(&new).await, Err(Denied::BadCredential(_))));
        assert_eq!(ask(&old).await, Ok(()));
        advance(PAUSE).await;
        assert_eq!(ask(&new).await, Ok(()));
        assert!(matches!(ask(&old).await, Err(Denied::BadCredential(_))));
        // What cannot be read changes nothing.
        std::fs::write(&path, json!({ "keys": [] }).to_string()).unwrap();
        issuer.refresh().await;
        assert_eq!(ask(&new).await, Ok(()));
    }
}
