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
    /// Where people reach it from outside, for the links in pings: `https://davy.example.com`, without a slash at the end.
    pub public_url: Option<String>,
}

impl Web {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            listen: reader.or("web.listen", SocketAddr::from(([127, 0, 0, 1], 8_080)), listen),
            tls: tls::read(reader, "web"),
            public_url: reader.optional("web.public_url", public_url),
        }
    }
}

/// What links begin with.
fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest.map(|rest| rest.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        Some(_) | None => Err("an address such as https://davy.example.com is expected".to_owned()),
    }
}
