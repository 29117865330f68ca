//! Everything that is known of who may call, and the one question that is asked of it.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use engine::Clock;
use http::{HeaderMap, header};
use jiff::Timestamp;
use tokio::sync::watch;
use tonic::Status;

use super::{
    AccessFileError, Caller, Claims, KeySource, PeerCertificate, TokenFile,
    certificate::Certificates,
    denied::Denied,
    keys::Issuer,
    limit::Limiter,
    open,
    permit::{self, Need},
    token::{PREFIX, Tokens},
};
use crate::status;

/// Bytes of a request's headers at most, counted as HTTP/2 does.
const HEADER_BYTES: usize = 16 * 1024;
/// What HTTP/2 counts for each header besides its text.
const HEADER_COST: usize = 32;

/// Where principals come from. With none of the three, whoever calls may do everything.
#[derive(Debug, Default)]
pub struct AccessOptions {
    /// Bearer tokens.
    pub tokens: Option<TokenFile>,
    /// The text of a file of client certificates.
    pub certificates: Option<String>,
    /// An identity provider that signs JWTs.
    pub jwt: Option<(Claims, KeySource)>,
    /// Requests that a principal may send each second; 0: as many as it likes. In open mode there is no limit, as callers
    /// would choose the names under which they are counted.
    pub requests_per_second: u32,
}

/// Who may call.
pub struct Access {
    is_open: bool,
    tokens: RwLock<Arc<Tokens>>,
    certificates: RwLock<Arc<Certificates>>,
    issuer: Option<Issuer>,
    limiter: Option<Limiter>,
    /// Told whenever something else is known from then on.
    changes: watch::Sender<()>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("is_open", &self.is_open).finish_non_exhaustive()
    }
}

impl Access {
    /// Of these options.
    ///
    /// # Errors
    /// If a file cannot be used.
    pub fn new(options: AccessOptions) -> Result<Self, AccessFileError> {
        let AccessOptions { tokens, certificates, jwt, requests_per_second } = options;
        let is_open = tokens.is_none() && certificates.is_none() && jwt.is_none();
        let access = Self {
            is_open,
            tokens: RwLock::default(),
            certificates: RwLock::default(),
            issuer: jwt.map(|(claims, source)| Issuer::new(claims, source)),
            limiter: Limiter::new(requests_per_second).filter(|_| !is_open),
            changes: watch::Sender::default(),
        };
        tokens.map(|file| access.replace_tokens(&file)).transpose()?;
        certificates.map(|text| access.replace_certificates(&text)).transpose()?;
        Ok(access)
    }

    /// Without authentication.
    pub fn open() -> Self {
        Self {
            is_open: true,
            tokens: RwLock::default(),
            certificates: RwLock::default(),
            issuer: None,
            limiter: None,
            changes: watch::Sender::default(),
        }
    }

    /// Whether whoever calls may do everything.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes these tokens instead of those that are known.
    ///
    /// # Errors
    /// If they cannot be used; the old ones stay then.
    pub fn replace_tokens(&self, file: &TokenFile) -> Result<(), AccessFileError> {
        put(&self.tokens, Tokens::new(file)?);
        self.changes.send_replace(());
        Ok(())
    }

    /// Takes the certificates of this file instead of those that are known.
    ///
    /// # Errors
    /// If it cannot be used; the old ones stay then.
    pub fn replace_certificates(&self, text: &str) -> Result<(), AccessFileError> {
        put(&self.certificates, Certificates::read(text)?);
        self.changes.send_replace(());
        Ok(())
    }

    /// Fetches the keys of the identity provider again, if there is one. What fails is logged, and the old ones stay.
    pub async fn refresh_keys(&self) {
        if let Some(issuer) = &self.issuer {
            issuer.refresh().await;
            self.changes.send_replace(());
        }
    }

    /// Tells of every change of what is known from now on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Who calls the RPC at a path, if they may; `None` where nobody is asked.
    pub(super) async fn admit(
        &self,
        path: &str,
        headers: &HeaderMap,
        certificate: Option<&PeerCertificate>,
        clock: &dyn Clock,
    ) -> Result<Option<Caller>, Status> {
        if size(headers) > HEADER_BYTES {
            return Err(status::headers_too_large(HEADER_BYTES));
        }
        let need = permit::need(path);
        if need == Some(Need::Nothing) {
            return Ok(None);
        }
        let now = clock.now();
        let caller = match (self.caller(headers, certificate, now).await, need) {
            (Err(Denied::NoCredential), Some(Need::SealedOr(_))) => return Ok(None),
            (caller, _) => caller?,
        };
        if let Some(limiter) = &self.limiter {
            limiter.take(&caller.principal.name, now).map_err(status::too_fast)?;
        }
        self.permit(path, &caller, now)?;
        Ok(Some(caller))
    }

    /// As [`Self::admit`], for a caller who was admitted: a limit of requests is none of streams.
    pub(super) async fn entitle(
        &self,
        path: &str,
        headers: &HeaderMap,
        certificate: Option<&PeerCertificate>,
        now: Timestamp,
    ) -> Result<Caller, Status> {
        let caller = self.caller(headers, certificate, now).await?;
        self.permit(path, &caller, now)?;
        Ok(caller)
    }

    fn permit(&self, path: &str, caller: &Caller, now: Timestamp) -> Result<(), Status> {
        let need = permit::need(path).ok_or_else(|| status::unknown_rpc(path))?;
        match permit::missing(need, &caller.principal) {
            None => Ok(()),
            Some(roles) => Err(status::role_missing(roles, &get(&self.tokens).holders(roles, now))),
        }
    }

    /// Counts a request that came without a credential, under a name.
    ///
    /// # Errors
    /// If there were too many under it.
    pub(crate) fn count(&self, name: &str, now: Timestamp) -> Result<(), Status> {
        match &self.limiter {
            Some(limiter) => limiter.take(name, now).map_err(status::too_fast),
            None => Ok(()),
        }
    }

    async fn caller(
        &self,
        headers: &HeaderMap,
        certificate: Option<&PeerCertificate>,
        now: Timestamp,
    ) -> Result<Caller, Denied> {
        if self.is_open {
            return open::caller(headers.get(open::AS).map(|said| said.as_bytes()));
        }
        match (bearer(headers)?, certificate) {
            (Some(token), _) => match (token.strip_prefix(PREFIX), &self.issuer) {
                (Some(token), _) => get(&self.tokens).caller(token, now),
                (None, Some(issuer)) => issuer.caller(token, now).await,
                (None, None) => Err(Denied::BadCredential("the token is none of Davy's")),
            },
            (None, Some(certificate)) => get(&self.certificates).caller(certificate, now),
            (None, None) => Err(Denied::NoCredential),
        }
    }
}

/// What follows `Bearer`. Two credentials are none: which one counts would be a guess.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    const FORM: Denied = Denied::BadCredential("send one header `authorization: Bearer <token>`");
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (sent.next(), sent.next());
    match (first, second) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(FORM),
        (Some(value), None) => {
            let (scheme, token) = value.to_str().ok().and_then(|it| it.split_once(' ')).ok_or(FORM)?;
            if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(FORM) }
        }
    }
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_COST).sum()
}

fn get<T>(place: &RwLock<Arc<T>>) -> Arc<T> {
    Arc::clone(&place.read().unwrap_or_else(PoisonError::into_inner))
}

fn put<T>(place: &RwLock<Arc<T>>, new: T) {
    *place.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
}
