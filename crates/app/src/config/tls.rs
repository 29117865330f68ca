//! `[api.tls]`, `[web.tls]`: the certificates of a listener. The files are read again when they change.

use std::path::PathBuf;

use api::TlsFiles;

use super::{nats::pem, reader::Reader};

/// The files under `<section>.tls`, if a certificate is given.
pub(super) fn read(reader: &mut Reader, section: &str) -> Option<TlsFiles> {
    let name = |member: &str| format!("{section}.tls.{member}");
    let certificate = reader.optional(&name("cert"), pem);
    let key = reader.optional(&name("key"), pem);
    let client_ca: Option<PathBuf> = reader.optional(&name("client_ca"), pem);
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key, client_ca }),
        (None, None) => {
            if client_ca.is_some() {
                reader.object(
                    &name("client_ca"),
                    &format!("clients are verified over TLS; give {}", name("cert")),
                );
            }
            None
        }
        (Some(_), None) => {
            reader.object(&name("cert"), &format!("a certificate needs its key; give {}", name("key")));
            None
        }
        (None, Some(_)) => {
            reader.object(&name("key"), &format!("a key needs its certificate; give {}", name("cert")));
            None
        }
    }
}
