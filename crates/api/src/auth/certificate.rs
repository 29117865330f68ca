//! Client certificates: whom the listener verified, and which principal that is.
//!
//! Deliberately absent: verifying, which rustls does while the connection is made.

use std::sync::Arc;

use domain::Principal;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    Caller, Credential,
    denied::Denied,
    der,
    file::{AccessFileError, parse},
    token::{hex, principal},
};

/// Certificates of a file at most.
const CERTIFICATES: usize = 10_000;

/// The certificate that a client proved to hold. Stands in the extensions of the requests of its connection.
#[derive(Clone, Debug)]
pub struct PeerCertificate(Arc<Presented>);

#[derive(Debug)]
struct Presented {
    fingerprint: String,
    names: der::Names,
}

impl PeerCertificate {
    /// Of one that was verified.
    pub(crate) fn new(certificate: &CertificateDer<'_>) -> Self {
        let fingerprint = hex(&Sha256::digest(certificate));
        Self(Arc::new(Presented { fingerprint, names: der::names(certificate).unwrap_or_default() }))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default, rename = "certificate")]
    certificates: Vec<Entry>,
}

/// One certificate of the file; by exactly one of the four.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    /// SHA-256 of the whole certificate in hexadecimal, colons allowed, as openssl prints it.
    fingerprint: Option<String>,
    /// A DNS name among its alternative names.
    dns: Option<String>,
    /// A URI among them.
    uri: Option<String>,
    /// The common name of its subject.
    common_name: Option<String>,
    department: String,
    person: Option<String>,
    roles: Vec<String>,
    expires: Option<Timestamp>,
}

#[derive(Debug, PartialEq, Eq)]
enum Mark {
    Fingerprint(String),
    Dns(String),
    Uri(String),
    CommonName(String),
}

#[derive(Debug)]
struct Known {
    mark: Mark,
    principal: Principal,
    expires: Option<Timestamp>,
}

/// Which certificate is whose, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Certificates(Vec<Known>);

impl Certificates {
    /// Reads the file: `[[certificate]]` with `name`, `department`, `roles`, maybe `person` and `expires`, and one of
    /// `fingerprint`, `dns`, `uri` and `common_name`.
    pub(super) fn read(text: &str) -> Result<Self, AccessFileError> {
        let Listed { certificates } = parse(text)?;
        if certificates.len() > CERTIFICATES {
            return Err(AccessFileError::whole(&format!("it has more than {CERTIFICATES} certificates")));
        }
        let known = certificates.into_iter().map(|entry| {
            let name = entry.name.clone();
            known(entry).map_err(|what| AccessFileError::entry(&name, &what))
        });
        known.collect::<Result<_, _>>().map(Self)
    }

    /// Whose certificate it is; the first entry that fits says so.
    pub(super) fn caller(&self, peer: &PeerCertificate, now: Timestamp) -> Result<Caller, Denied> {
        let known = self.0.iter().find(|known| known.mark.fits(&peer.0)).ok_or(Denied::UnknownCertificate)?;
        if known.expires.is_some_and(|expires| expires <= now) {
            return Err(Denied::Expired);
        }
        let (principal, expires_at) = (known.principal.clone(), known.expires);
        Ok(Caller { principal, credential: Credential::Certificate, expires_at })
    }
}

impl Mark {
    fn fits(&self, presented: &Presented) -> bool {
        let Presented { fingerprint, names } = presented;
        match self {
            Self::Fingerprint(wanted) => wanted == fingerprint,
            Self::Dns(wanted) => names.dns.iter().any(|name| name.eq_ignore_ascii_case(wanted)),
            Self::Uri(wanted) => names.uris.contains(wanted),
            Self::CommonName(wanted) => names.common_name.as_ref() == Some(wanted),
        }
    }
}

fn known(entry: Entry) -> Result<Known, String> {
    let Entry { name, fingerprint, dns, uri, common_name, department, person, roles, expires } = entry;
    let principal = principal("certificate", &name, &department, person.as_deref(), &roles)?;
    let mark = match (fingerprint, dns, uri, common_name) {
        (Some(sent), None, None, None) => Mark::Fingerprint(digest(&sent)?),
        (None, Some(name), None, None) => Mark::Dns(name),
        (None, None, Some(uri), None) => Mark::Uri(uri),
        (None, None, None, Some(name)) => Mark::CommonName(name),
        _ => return Err("say by which one of fingerprint, dns, uri and common_name it is known".to_owned()),
    };
    Ok(Known { mark, principal, expires })
}

fn digest(sent: &str) -> Result<String, String> {
    let digits: String = sent.chars().filter(|it| *it != ':').collect::<String>().to_ascii_lowercase();
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digits)
    } else {
        Err("a fingerprint is the SHA-256 of the certificate, 64 hexadecimal digits".to_owned())
    }
}

#[cfg(test)]
mod tests;
