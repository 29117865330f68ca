//! Reading every row of the store that answers, once, in the background.

use std::sync::Arc;

use engine::Projection;
use store::{SledStore, Verification};

use super::{Supervisor, Told};

impl Supervisor {
    /// Begins to verify the store that answers.
    pub(super) fn verify(&mut self) {
        self.forget_verification();
        if let Some(held) = &self.held {
            let verifying = Verifying {
                generation: held.generation.to_string(),
                projection: Arc::clone(&self.projection),
                told: Arc::clone(&self.told),
            };
            self.verifying = Some(tokio::spawn(verifying.run(Arc::clone(&held.store))));
        }
    }

    /// The store that was verified is another one.
    pub(super) fn forget_verification(&mut self) {
        if let Some(verifying) = self.verifying.take() {
            verifying.abort();
        }
        self.told.set_verified(false);
    }
}

struct Verifying {
    generation: String,
    projection: Arc<Projection>,
    told: Arc<Told>,
}

impl Verifying {
    async fn run(self, store: Arc<SledStore>) {
        let problem = match tokio::task::spawn_blocking(move || store.verify()).await {
            Ok(Ok(Verification::Whole)) => return self.told.set_verified(true),
            Ok(Ok(Verification::Differs { recorded, found })) => {
                format!("rows are missing or old: their sum is {found:?}, not {recorded:?}")
            }
            Ok(Err(error)) => crate::chain(&error),
            Err(_) => "the scan of its rows panicked".to_owned(),
        };
        // It may have been replaced meanwhile.
        if *self.projection.generation() == *self.generation {
            self.projection.suspect(problem);
        }
    }
}
