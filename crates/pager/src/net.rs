//! HTTP to a receiver that somebody else runs: where we may connect to, how, and for how long.

mod guard;
mod http;
mod tls;
mod url;

pub(crate) use http::{HttpClient, Post, judge};
pub(crate) use url::Url;
