//! Several commands at once: an outcome each, in the order of the request. What is there twice is done once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{Principal, limits};
use prost::Message;
use proto::v1::{self, command_outcome::Outcome};
use tokio::{sync::Semaphore, task::JoinSet};
use tonic::{Request, Status};
use wire::proto::command::CommandRequest;

use crate::{auth, check::Check, deadline::patience, shared::Shared, status};

/// Commands of one request under way at once.
const AT_ONCE: usize = 32;

impl Shared {
    /// Gives every command of a request.
    pub(crate) async fn commands<B, R: CommandRequest + Message>(
        self: &Arc<Self>,
        request: Request<B>,
        of: impl FnOnce(B) -> Vec<R>,
    ) -> Result<Vec<v1::CommandOutcome>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        let mut viewer = self.viewer(&request)?;
        let requests = of(request.into_inner());
        check_number(requests.len())?;
        let places = same(&requests);
        let mut distinct = Vec::new();
        for (number, request) in requests.into_iter().enumerate() {
            if places.get(number) == Some(&distinct.len()) {
                distinct.push(request);
            }
        }
        let outcomes = viewer.shown(self.all(&principal, distinct, patience).await?);
        Ok(places.into_iter().map(|place| outcomes.get(place).cloned().unwrap_or_default()).collect())
    }

    async fn all<R: CommandRequest>(
        self: &Arc<Self>,
        principal: &Principal,
        requests: Vec<R>,
        patience: Duration,
    ) -> Result<Vec<v1::CommandOutcome>, Status> {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut outcomes = vec![v1::CommandOutcome::default(); requests.len()];
        let mut running = JoinSet::new();
        for (number, request) in requests.into_iter().enumerate() {
            let (shared, principal, places) = (Arc::clone(self), principal.clone(), Arc::clone(&places));
            running.spawn(async move {
                // Never closed.
                let _place = places.acquire().await;
                (number, shared.give(principal, request, patience).await)
            });
        }
        while let Some(ended) = running.join_next().await {
            let (number, given) = ended.map_err(|error| status::thread(&error))?;
            let outcome = match given {
                Ok(result) => Outcome::Result(result),
                Err(failure) => Outcome::Refusal(failure.into()),
            };
            if let Some(place) = outcomes.get_mut(number) {
                place.outcome = Some(outcome);
            }
        }
        Ok(outcomes)
    }
}

fn check_number(found: usize) -> Result<(), Status> {
    let mut check = Check::default();
    if found == 0 {
        check.refuse("requests", "is empty");
    }
    if found > limits::BULK {
        check.refuse("requests", format!("they are {found}; at most {} are taken at once", limits::BULK));
    }
    check.done(Some(()))
}

/// For each request, which of the distinct ones it is.
fn same<R: Message>(requests: &[R]) -> Vec<usize> {
    let mut known = HashMap::new();
    let number = |request: &R| {
        let next = known.len();
        *known.entry(request.encode_to_vec()).or_insert(next)
    };
    requests.iter().map(number).collect()
}
