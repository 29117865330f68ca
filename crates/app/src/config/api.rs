//! `[api]`: the gRPC listener; and what holds for both listeners.

use std::net::SocketAddr;

use super::{Secret, reader::Reader};

/// The gRPC listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Seals page tokens; several Davys that answer the same clients share it. Otherwise each start makes its own.
    pub page_key: Option<Secret>,
}

impl Api {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            listen: reader.or("api.listen", SocketAddr::from(([127, 0, 0, 1], 50_051)), listen),
            page_key: Secret::read(reader, "api.page_key"),
        }
    }
}

/// An address that only this machine reaches (`design.md` 7).
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "an address and a port are expected, such as 127.0.0.1:50051".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only 127.0.0.1 or [::1] may be listened on: there is no authentication yet, and whoever reaches the \
             listener reads everything; let other machines in through a proxy that asks who they are"
            .to_owned())
    }
}
