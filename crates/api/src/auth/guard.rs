//! The layer in front of all services: nothing reaches one without a caller that may.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use engine::Clock;
use http::{Request, Response, header};
use tonic::Status;
use tower::{Layer, Service};

use super::{Access, PeerCertificate, Tenure};
use crate::server::{Connection, ConnectionAge};

/// Makes [`Guarded`] services.
#[derive(Clone)]
pub(crate) struct Guard {
    access: Arc<Access>,
    clock: Arc<dyn Clock>,
}

impl Guard {
    pub(crate) fn new(access: Arc<Access>, clock: Arc<dyn Clock>) -> Self {
        Self { access, clock }
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner }
    }
}

/// A service behind a [`Guard`].
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    guard: Guard,
    inner: S,
}

type Answering<R> = Pin<Box<dyn Future<Output = Result<Response<R>, Infallible>> + Send>>;

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = Infallible;
    type Future = Answering<R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Answering<R> {
        let Guard { access, clock } = self.guard.clone();
        // The one that is ready answers.
        let other = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, other);
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            let connection = head.extensions.remove::<Connection>();
            let certificate = connection.as_ref().and_then(|it| it.certificate.clone());
            let certificate = certificate.or_else(|| head.extensions.remove::<PeerCertificate>());
            let (path, changes) = (head.uri.path(), access.changes());
            let asked = access.admit(path, &head.headers, certificate.as_ref(), &*clock);
            let caller = match asked.await {
                Ok(caller) => caller,
                Err(refused) => return Ok(answer(&refused)),
            };
            let path = path.to_owned();
            // Nobody behind this needs the secret.
            let secret = head.headers.remove(header::AUTHORIZATION);
            // A connection that is not the gRPC listener's has no age, and its watches end after as long.
            let age = connection.map_or_else(ConnectionAge::beginning, |connection| connection.age);
            head.extensions.insert(age);
            if let Some(caller) = caller {
                head.extensions.insert(caller.clone());
                let headers = secret.map(|secret| (header::AUTHORIZATION, secret)).into_iter().collect();
                head.extensions.insert(Tenure { access, clock, path, headers, certificate, caller, changes });
            }
            inner.call(Request::from_parts(head, body)).await
        })
    }
}

fn answer<R: Default>(refused: &Status) -> Response<R> {
    refused.clone().into_http()
}
