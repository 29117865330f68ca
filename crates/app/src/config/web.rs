//! `[web]`: the HTTP listener for health and metrics.

use std::net::SocketAddr;

use api::TlsFiles;

use super::{api::listen, reader::Reader, tls};

/// The HTTP listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Its certificate; without one it does not speak TLS.
    pub tls: Option<TlsFiles>,
}

impl Web {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            listen: reader.or("web.listen", SocketAddr::from(([127, 0, 0, 1], 8_080)), listen),
            tls: tls::read(reader, "web"),
        }
    }
}
