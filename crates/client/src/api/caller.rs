//! Who calls: what every request carries, and what the connection presents.

use std::fmt;

use tonic::{
    Request, Status,
    metadata::{AsciiMetadataKey, AsciiMetadataValue},
    service::Interceptor,
    transport::{Certificate, ClientTlsConfig},
};

use super::ConfigError;

/// A bearer token: one of Davy's own, or a JWT. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Of this text; white space around it is left out.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Whom to trust and what to present over TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiTls {
    /// Certificates, as PEM, that vouch for the server's; without them the system's do.
    pub ca: Option<Vec<u8>>,
    /// The client's own.
    pub identity: Option<ApiIdentity>,
}

/// A certificate and its key, as PEM. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiIdentity {
    /// With those between it and what the server trusts.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
}

impl fmt::Debug for ApiIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl ApiTls {
    /// `None` where nothing is set.
    pub(super) fn config(&self) -> Option<ClientTlsConfig> {
        let Self { ca, identity } = self;
        if ca.is_none() && identity.is_none() {
            return None;
        }
        let config = match ca {
            Some(ca) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca)),
            None => system_roots(),
        };
        Some(match identity {
            Some(ApiIdentity { certificate, key }) => {
                config.identity(tonic::transport::Identity::from_pem(certificate, key))
            }
            None => config,
        })
    }
}

/// Whom this machine trusts.
pub(super) fn system_roots() -> ClientTlsConfig {
    ClientTlsConfig::new().with_native_roots()
}

/// Puts who calls into every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    headers: Vec<(AsciiMetadataKey, AsciiMetadataValue)>,
}

impl Caller {
    pub(super) fn new(token: Option<&Token>, acting_as: Option<&str>) -> Result<Self, ConfigError> {
        let mut headers = Vec::new();
        if let Some(Token(token)) = token {
            let mut value: AsciiMetadataValue =
                format!("Bearer {token}").parse().map_err(|_| ConfigError::Header("the token"))?;
            value.set_sensitive(true);
            headers.push((AsciiMetadataKey::from_static("authorization"), value));
        }
        if let Some(who) = acting_as {
            let value = who.parse().map_err(|_| ConfigError::Header("who calls"))?;
            headers.push((AsciiMetadataKey::from_static("davy-as"), value));
        }
        Ok(Self { headers })
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.headers {
            request.metadata_mut().insert(name.clone(), value.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Api, ApiOptions};

    #[test]
    fn secrets_are_never_printed() {
        let tls = ApiTls {
            ca: None,
            identity: Some(ApiIdentity { certificate: Vec::new(), key: b"hunter2".to_vec() }),
        };
        let options = ApiOptions {
            token: Some(Token::new("davy_1_hunter2\n")),
            tls,
            ..ApiOptions::new("https://davy.example:50051")
        };
        let caller = Caller::new(options.token.as_ref(), None).unwrap();
        assert!(!format!("{options:?} {caller:?}").contains("hunter2"));
        assert_eq!(caller.headers[0].1.to_str().unwrap(), "Bearer davy_1_hunter2");
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_told() {
        let with = |token: &str, acting_as: Option<&str>| {
            let acting_as = acting_as.map(ToOwned::to_owned);
            let token = Some(Token::new(token));
            Api::connect(ApiOptions { token, acting_as, ..ApiOptions::new("http://127.0.0.1:1") })
        };
        assert!(with("davy_1_2", Some("support/zendesk:mia%20l")).is_ok());
        assert!(matches!(with("a\nb", None), Err(ConfigError::Header(_))));
        assert!(matches!(with("a", Some("b\n")), Err(ConfigError::Header(_))));
        let tls = ApiTls { ca: Some(Vec::new()), identity: None };
        let plain = ApiOptions { tls, ..ApiOptions::new("http://127.0.0.1:1") };
        assert!(matches!(Api::connect(plain), Err(ConfigError::NeedsHttps(_))));
    }
}
