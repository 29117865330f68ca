//! The commands of `IssueService`: every one takes the same way (`design.md` 4), which is the engine's.
//!
//! Owns: from a request to an order, from an outcome to an answer, and several at once. Deliberately absent: what members
//! of a request mean (`wire::proto::command`), and what refusals are called (`status`).

mod answer;
mod batch;
mod composer;
mod migrate;
mod order;

use std::{sync::Arc, time::Duration};

use domain::Principal;
use proto::v1;
use tonic::{Request, Response, Status};
use wire::proto::command::CommandRequest;

use crate::{auth, deadline::patience, shared::Shared};
use answer::Failure;
pub use composer::WireComposer;
pub(crate) use order::check_request_id;

/// The methods of `IssueService` that are commands. In the form that `async_trait` gives to the others, because it does
/// not look into macros.
macro_rules! command_methods {
    ($($method:ident: $request:ident => $response:ident,)+) => {$(
        fn $method<'life0, 'async_trait>(
            &'life0 self,
            request: tonic::Request<proto::v1::$request>,
        ) -> std::pin::Pin<
            Box<
                dyn Future<Output = Result<tonic::Response<proto::v1::$response>, tonic::Status>>
                    + Send
                    + 'async_trait,
            >,
        >
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(self.0.command(request))
        }
    )+};
}
pub(crate) use command_methods;

impl Shared {
    /// Gives one command.
    pub(crate) async fn command<R: CommandRequest>(
        self: &Arc<Self>,
        request: Request<R>,
    ) -> Result<Response<R::Response>, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        let mut viewer = self.viewer(&request)?;
        let result = self.give(principal, request.into_inner(), patience).await?;
        Ok(Response::new(R::answer(viewer.shown(result))))
    }

    async fn give<R: CommandRequest>(
        &self,
        principal: Principal,
        request: R,
        patience: Duration,
    ) -> Result<v1::CommandResult, Failure> {
        let order = order::read(principal, &request)?;
        self.reach(order.expected_version, patience).await?;
        let outcome = self.commands.give(&order, patience).await?;
        Ok(self.result(outcome))
    }
}
