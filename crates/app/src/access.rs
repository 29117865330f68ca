//! Who may call, from the configuration: files read, and read again when they change.
//!
//! Deliberately absent: what stands in them, which is `api`'s.

mod files;
pub mod tokens;

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use api::{Access, AccessFileError, AccessOptions, KeySource, Protocol, Tls, TlsError, TlsFiles, TokenFile};
use tokio::time::{Instant, interval};

use crate::{Config, chain, config::Auth};
use files::Watched;

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often an identity provider's keys are fetched, so that one that was withdrawn is believed no longer.
const FETCH_EVERY: Duration = Duration::from_secs(300);

/// Authentication or TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// A file cannot be read.
    #[error("read {}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file of tokens or certificates cannot be used.
    #[error("use {}", file.display())]
    Use {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: AccessFileError,
    },
    /// The certificate of a listener cannot be used.
    #[error("set up TLS for {what}")]
    Tls {
        /// gRPC or HTTP.
        what: &'static str,
        /// Why not.
        #[source]
        source: TlsError,
    },
}

/// What stands between the network and the services.
#[derive(Clone, Debug)]
pub(crate) struct Doors {
    pub(crate) access: Arc<Access>,
    pub(crate) grpc: Option<Arc<Tls>>,
    pub(crate) http: Option<Arc<Tls>>,
    auth: Auth,
    /// As the files were before they were read, so that no change after that is missed.
    watched: Vec<(What, Watched)>,
}

impl Doors {
    pub(crate) fn open(config: &Config) -> Result<Self, AccessError> {
        let Config { nats: _, store: _, api, web, auth, escalator: _, pager: _, log: _, settings: _ } =
            config;
        let tls = |what, files: &Option<TlsFiles>, protocol| {
            let opened = files.clone().map(|files| Tls::open(files, protocol)).transpose();
            opened.map(|tls| tls.map(Arc::new)).map_err(|source| AccessError::Tls { what, source })
        };
        let watched = watched(auth, api.tls.as_ref(), web.tls.as_ref());
        let doors = Self {
            grpc: tls("gRPC", &api.tls, Protocol::Http2)?,
            http: tls("HTTP", &web.tls, Protocol::Http1)?,
            access: Arc::new(access(auth)?),
            auth: auth.clone(),
            watched,
        };
        let is_exposed = [(api.listen, &doors.grpc), (web.listen, &doors.http)]
            .into_iter()
            .any(|(address, tls)| !address.ip().is_loopback() && (tls.is_none() || doors.access.is_open()));
        if is_exposed {
            tracing::warn!(
                grpc = %api.listen, http = %web.listen, authentication = auth.is_on(),
                "INSECURE: other machines reach Davy without TLS or without authentication, because auth.insecure says so",
            );
        }
        Ok(doors)
    }

    /// The names that HTTP answers to.
    pub(crate) fn hosts(&self) -> web::Hosts {
        if self.access.is_open() && !self.auth.insecure { web::Hosts::Own } else { web::Hosts::Any }
    }

    /// Takes what changes in the files, and keeps what cannot be used out. Ends never.
    pub(crate) async fn watch(mut self) {
        self.access.refresh_keys().await;
        let mut watched = std::mem::take(&mut self.watched);
        let (mut looking, mut fetched) = (interval(LOOK_EVERY), Instant::now());
        loop {
            looking.tick().await;
            let changed = tokio::task::spawn_blocking(move || {
                let changed: Vec<_> =
                    watched.iter_mut().filter_map(|(what, files)| files.changed().then_some(*what)).collect();
                (watched, changed)
            });
            // The thread does nothing that could fail.
            let Ok((back, changed)) = changed.await else { return };
            watched = back;
            for what in changed {
                self.take(what).await;
            }
            if fetched.elapsed() >= FETCH_EVERY {
                fetched = Instant::now();
                self.access.refresh_keys().await;
            }
        }
    }

    async fn take(&self, what: What) {
        let Self { access, grpc, http, auth, watched: _ } = self;
        let taken = match what {
            What::Keys => return access.refresh_keys().await,
            What::Tokens => auth.tokens.as_ref().map_or(Ok(()), |path| take_tokens(access, path)),
            What::Certificates => {
                auth.certificates.as_ref().map_or(Ok(()), |path| take_certificates(access, path))
            }
            What::GrpcTls => reload("gRPC", grpc.as_deref()),
            What::HttpTls => reload("HTTP", http.as_deref()),
        };
        match taken {
            Ok(()) => tracing::info!(?what, "what changed was taken"),
            Err(error) => {
                tracing::error!(?what, error = %chain(&error), "what changed cannot be used; what was known stays");
            }
        }
    }
}

/// What files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Tokens,
    Certificates,
    Keys,
    GrpcTls,
    HttpTls,
}

/// The files in use, with their marks as they are now.
fn watched(auth: &Auth, grpc: Option<&TlsFiles>, http: Option<&TlsFiles>) -> Vec<(What, Watched)> {
    let Auth { tokens, certificates, jwt, requests_per_second: _, insecure: _ } = auth;
    let keys = jwt.as_ref().and_then(|jwt| match &jwt.keys {
        KeySource::File(path) => Some(path.clone()),
        KeySource::Url { .. } => None,
    });
    let tls = |files: Option<&TlsFiles>| {
        let TlsFiles { certificate, key, client_ca } = files?.clone();
        Some([Some(certificate), Some(key), client_ca].into_iter().flatten().collect())
    };
    let one = |path: &Option<PathBuf>| path.clone().map(|path| vec![path]);
    let all = [
        (What::Tokens, one(tokens)),
        (What::Certificates, one(certificates)),
        (What::Keys, one(&keys)),
        (What::GrpcTls, tls(grpc)),
        (What::HttpTls, tls(http)),
    ];
    all.into_iter().filter_map(|(what, files)| Some((what, Watched::new(files?)))).collect()
}

fn access(auth: &Auth) -> Result<Access, AccessError> {
    let Auth { tokens, certificates, jwt, requests_per_second, insecure: _ } = auth;
    // Filled below, where an error can name its file.
    let options = AccessOptions {
        tokens: tokens.as_ref().map(|_| TokenFile::default()),
        certificates: certificates.as_ref().map(|_| String::new()),
        jwt: jwt.as_ref().map(|jwt| (jwt.claims.clone(), jwt.keys.clone())),
        requests_per_second: *requests_per_second,
    };
    let nothing = |source| AccessError::Use { file: PathBuf::new(), source };
    let access = Access::new(options).map_err(nothing)?;
    tokens.as_ref().map(|path| take_tokens(&access, path)).transpose()?;
    certificates.as_ref().map(|path| take_certificates(&access, path)).transpose()?;
    Ok(access)
}

fn take_tokens(access: &Access, path: &PathBuf) -> Result<(), AccessError> {
    let using = |source| AccessError::Use { file: path.clone(), source };
    let file = TokenFile::parse(&text(path)?).map_err(using)?;
    access.replace_tokens(&file).map_err(using)
}

fn take_certificates(access: &Access, path: &PathBuf) -> Result<(), AccessError> {
    let using = |source| AccessError::Use { file: path.clone(), source };
    access.replace_certificates(&text(path)?).map_err(using)
}

fn reload(what: &'static str, tls: Option<&Tls>) -> Result<(), AccessError> {
    tls.map_or(Ok(()), Tls::reload).map_err(|source| AccessError::Tls { what, source })
}

fn text(path: &PathBuf) -> Result<String, AccessError> {
    fs::read_to_string(path).map_err(|source| AccessError::Read { file: path.clone(), source })
}
