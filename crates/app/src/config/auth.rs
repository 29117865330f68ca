//! `[auth]`: who may call. Without tokens, certificates and JWTs, everybody who reaches a listener may do everything, so
//! listeners stay on this machine then.

use std::{fs, io, path::PathBuf};

use api::{Access, AccessOptions, Claims, KeySource, TlsFiles, TokenFile};

use super::{
    Api, Web,
    nats::{pem, truth},
    reader::{Reader, number, words},
};

/// Who may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// Bearer tokens, as `davy token` writes them.
    pub tokens: Option<PathBuf>,
    /// Whose client certificates are whose.
    pub certificates: Option<PathBuf>,
    /// An identity provider.
    pub jwt: Option<Jwt>,
    /// Requests that a principal may send each second; 0: as many as it likes.
    pub requests_per_second: u32,
    /// Listen beyond this machine without TLS or without authentication.
    pub insecure: bool,
}

/// JWTs of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwt {
    /// What is asked of them.
    pub claims: Claims,
    /// Where the provider's keys are.
    pub keys: KeySource,
}

impl Auth {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let insecure = reader.or("auth.insecure", false, truth);
        Self {
            insecure,
            requests_per_second: reader.or("auth.requests_per_second", 1_000, number(0..=1_000_000)),
            tokens: reader.optional("auth.tokens", tokens),
            certificates: reader.optional("auth.certificates", certificates),
            jwt: jwt(reader, insecure),
        }
    }

    /// Whether callers are asked who they are.
    pub const fn is_on(&self) -> bool {
        self.tokens.is_some() || self.certificates.is_some() || self.jwt.is_some()
    }

    /// Refuses listeners that other machines reach without TLS, or without being asked who they are.
    pub(super) fn check(&self, reader: &mut Reader, api: &Api, web: &Web) {
        self.check_clients(reader, api, web);
        if self.insecure {
            return;
        }
        for (section, address, tls) in
            [("api", api.listen, api.tls.is_some()), ("web", web.listen, web.tls.is_some())]
        {
            let lacks = match (tls, self.is_on()) {
                (true, true) => continue,
                (false, true) => format!("TLS ({section}.tls.cert and {section}.tls.key)"),
                (true, false) => "authentication (auth.tokens, auth.certificates or auth.jwt)".to_owned(),
                (false, false) => format!(
                    "TLS ({section}.tls.cert and {section}.tls.key) and authentication (auth.tokens, auth.certificates or auth.jwt)"
                ),
            };
            if !address.ip().is_loopback() {
                let reason = format!(
                    "other machines reach this address, and that takes {lacks}; or listen on 127.0.0.1 or [::1], or say \
                     --insecure (auth.insecure = true) where the network is trusted"
                );
                reader.object(&format!("{section}.listen"), &reason);
            }
        }
    }

    /// Refuses certificates that no listener asks for, and asking for those that nothing says anything about.
    fn check_clients(&self, reader: &mut Reader, api: &Api, web: &Web) {
        let asks = |tls: &Option<TlsFiles>| tls.as_ref().is_some_and(|files| files.client_ca.is_some());
        let listeners = [("api", asks(&api.tls)), ("web", asks(&web.tls))];
        if self.certificates.is_some() && listeners.iter().all(|(_, asks)| !asks) {
            let reason =
                "no listener asks for client certificates; give api.tls.client_ca or web.tls.client_ca";
            reader.object("auth.certificates", reason);
        }
        for (section, asks) in listeners {
            if asks && !self.is_on() {
                let reason = "client certificates are verified, but nothing says whose they are; give auth.certificates";
                reader.object(&format!("{section}.tls.client_ca"), reason);
            }
        }
    }
}

fn tokens(path: &str) -> Result<PathBuf, String> {
    let unread = |error: io::Error| {
        let next = if error.kind() == io::ErrorKind::PermissionDenied {
            "the user as whom Davy runs must be able to; give it the file, or its group and mode 0640"
                .to_owned()
        } else {
            format!("`davy token create --file {path}` makes one")
        };
        format!("read the file: {error}; {next}")
    };
    let text = fs::read_to_string(words(path)?).map_err(unread)?;
    TokenFile::parse(&text).map(|_| path.into()).map_err(|error| error.to_string())
}

fn certificates(path: &str) -> Result<PathBuf, String> {
    let text = fs::read_to_string(words(path)?).map_err(|error| format!("read the file: {error}"))?;
    let options = AccessOptions { certificates: Some(text), ..AccessOptions::default() };
    Access::new(options).map(|_| path.into()).map_err(|error| error.to_string())
}

fn jwt(reader: &mut Reader, is_trusted: bool) -> Option<Jwt> {
    let issuer = reader.optional("auth.jwt.issuer", words);
    let audience = reader.optional("auth.jwt.audience", words);
    let keys = reader.optional("auth.jwt.jwks", |text| KeySource::parse(&words(text)?, is_trusted));
    let ca = reader.optional("auth.jwt.ca", pem);
    let mut name =
        |key: &str, default: &str| reader.or(&format!("auth.jwt.{key}"), default.to_owned(), words);
    let department = name("department_claim", "davy_department");
    let person = name("person_claim", "sub");
    let roles = name("roles_claim", "davy_roles");
    let person_system = reader.optional("auth.jwt.person_system", words);
    let keys = match (keys, ca) {
        (Some(KeySource::Url { url, ca: _ }), Some(ca)) if url.starts_with("https://") => {
            Some(KeySource::Url { url, ca: Some(ca) })
        }
        (keys, None) => keys,
        (keys, Some(_)) => {
            reader.object(
                "auth.jwt.ca",
                "it vouches for the server of auth.jwt.jwks, which is no https address",
            );
            keys
        }
    };
    match (issuer, audience, keys) {
        (Some(issuer), Some(audience), Some(keys)) => {
            Some(Jwt { claims: Claims { issuer, audience, department, person, person_system, roles }, keys })
        }
        (None, None, None) => None,
        _ => {
            let reason = "JWTs take all of auth.jwt.issuer, auth.jwt.audience and auth.jwt.jwks";
            reader.object("auth.jwt.issuer", reason);
            None
        }
    }
}
