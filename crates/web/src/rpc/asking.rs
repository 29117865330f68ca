//! RPCs that the listener asks itself, for a page or a feed.

use axum::{body::Body, http::request::Parts};
use prost_reflect::prost::Message;
use tokio::time::timeout;

use super::{Rpcs, call, deadline::Deadline};
use crate::{
    fault::{Code, Fault},
    json,
};

impl Rpcs {
    /// What a method that answers with one message answers, to whom `head` is of.
    pub(crate) async fn ask_one<Q: Message, A: Message + Default>(
        self,
        (service, name): (&str, &str),
        head: &Parts,
        question: &Q,
    ) -> Result<A, Fault> {
        let method = json::method(service, name).ok_or_else(|| broken("the method is not described"))?;
        let deadline = Deadline::of(&head.headers)?;
        let asked = async {
            let caller = call::caller(head, &deadline);
            let question = Body::from(call::framed(&question.encode_to_vec()));
            let answer = call::start(self.routes, &method, caller, question).await?.only().await?;
            A::decode(answer).map_err(|_| broken("the method answered another message"))
        };
        timeout(deadline.limit(), asked).await.unwrap_or_else(|_| Err(Fault::late()))
    }
}

/// A defect of the services.
fn broken(what: &str) -> Fault {
    tracing::error!(what, "a gRPC route in this process cannot be asked");
    Fault::new(Code::INTERNAL, "CALL_FAILED", what)
}
