//! The connection to the API that a pager of its own process makes: made when it is needed, and again whenever it is lost.

use std::{io, path::PathBuf, time::Duration};

use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};

use super::GrpcOwed;
use crate::Secret;

const CONNECT: Duration = Duration::from_secs(5);
/// A connection that says nothing is asked whether it lives, and given up when it does not answer.
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// Where the API is.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Such as `https://davy.example:50051`.
    pub url: String,
    /// Of a principal with the role `pager`; none where the API asks nobody.
    pub token: Option<Secret>,
    /// Certificates (PEM) that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
}

/// Why there is no connection, not even later.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is none.
    #[error("read the URL of the API; http://host:port or https://host:port is expected")]
    Url(#[source] tonic::transport::Error),
    /// The certificates cannot be read.
    #[error("read the certificates in {}", path.display())]
    Certificates {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// TLS cannot be set up.
    #[error("set up TLS to the API")]
    Tls(#[source] tonic::transport::Error),
    /// The token is no text that can be sent.
    #[error("use the token of the API: it has characters that a header cannot hold")]
    Token,
}

/// The API over a connection of our own.
pub type ApiConnection = GrpcOwed<InterceptedService<Channel, Bearer>>;

/// Adds the token to each call.
#[derive(Clone, Debug)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

impl ApiConnection {
    /// Connects when something is asked. Called within a runtime.
    ///
    /// # Errors
    /// If the options are of no use.
    pub fn connect(options: &ApiOptions) -> Result<Self, ConnectError> {
        let ApiOptions { url, token, ca } = options;
        let mut endpoint = Endpoint::from_shared(url.clone())
            .and_then(|endpoint| endpoint.user_agent(concat!("davy-pager/", env!("CARGO_PKG_VERSION"))))
            .map_err(ConnectError::Url)?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(KEEP_ALIVE.0)
            .keep_alive_timeout(KEEP_ALIVE.1)
            .keep_alive_while_idle(true);
        if url.starts_with("https://") {
            endpoint = endpoint.tls_config(tls(ca.as_ref())?).map_err(ConnectError::Tls)?;
        }
        let bearer = token.as_ref().map(|token| format!("Bearer {}", token.reveal()).parse());
        let mut bearer = bearer.transpose().map_err(|_| ConnectError::Token)?;
        if let Some(value) = &mut bearer {
            MetadataValue::set_sensitive(value, true);
        }
        Ok(Self::new(InterceptedService::new(endpoint.connect_lazy(), Bearer(bearer))))
    }
}

fn tls(ca: Option<&PathBuf>) -> Result<ClientTlsConfig, ConnectError> {
    let Some(path) = ca else { return Ok(ClientTlsConfig::new().with_native_roots()) };
    let pem =
        std::fs::read(path).map_err(|source| ConnectError::Certificates { path: path.clone(), source })?;
    Ok(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))
}
