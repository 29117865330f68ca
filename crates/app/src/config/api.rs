//! `[api]`: the gRPC listener; and what holds for both listeners.

use std::net::SocketAddr;

use api::TlsFiles;

use super::{Secret, reader::Reader, tls};

/// The gRPC listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Its certificate; without one it does not speak TLS.
    pub tls: Option<TlsFiles>,
    /// Seals page tokens; several Davys that answer the same clients share it. Otherwise each start makes its own.
    pub page_key: Option<Secret>,
}

impl Api {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            listen: reader.or("api.listen", SocketAddr::from(([127, 0, 0, 1], 50_051)), listen),
            tls: tls::read(reader, "api"),
            page_key: Secret::read(reader, "api.page_key"),
        }
    }
}

/// An address to listen on. Whether other machines may reach it, `[auth]` says (`design.md` 7).
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port are expected, such as 127.0.0.1:50051".to_owned())
}
