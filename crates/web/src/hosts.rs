//! Under which names this listener is asked.
//!
//! A browser sends what a page asks to wherever the page's own name leads just now. Where nobody is asked who they are, a
//! page whose name leads to this machine could thus do everything, and its name is all that tells it from a caller here.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::fault::{Code, Fault};

/// The names of this machine, in the form of the header `host`.
const OWN: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Which names are answered to. Health and metrics are told under any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// All: callers prove who they are, or the network is trusted.
    Any,
    /// `localhost`, `127.0.0.1` and `[::1]`, with any port.
    Own,
}

/// Answers 421 to whoever means another host.
pub(crate) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    match hosts {
        Hosts::Own if !is_own(request.headers()) => {
            let message = "without authentication Davy answers only where the header `host` is localhost, 127.0.0.1 or \
                [::1]; ask under one of these, or configure authentication";
            let fault = Fault::new(Code::INVALID_ARGUMENT, "OTHER_HOST", message);
            fault.over_http(StatusCode::MISDIRECTED_REQUEST).into_response()
        }
        Hosts::Any | Hosts::Own => next.run(request).await,
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let mut sent = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (sent.next(), sent.next()) else { return false };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    // What a user name may stand before is no host.
    let host = host.filter(|host| !host.as_str().contains('@'));
    host.is_some_and(|host| OWN.iter().any(|own| host.host().eq_ignore_ascii_case(own)))
}
