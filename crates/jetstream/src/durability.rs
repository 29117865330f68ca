//! Whether an acked event survives a power cut: asked of the server, not assumed.
//!
//! By default `nats-server` acks before the disk has the message and syncs every two minutes.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(3);
/// A `/varz` is about 2 KiB; with many routes and gateways some more.
const VARZ_BYTES: usize = 1024 * 1024;

/// Whether what was acked is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The server acks only what is on its disk.
    Durable,
    /// It may forget what it has acked.
    NotDurable {
        /// When that happens, and what to do.
        why: String,
    },
    /// It could not be found out.
    Unknown {
        /// Why not, and what to do.
        why: String,
    },
}

/// What the server that answers at `monitor_url` says, about the stream that `info` describes.
pub(crate) async fn check(monitor_url: Option<&str>, info: &Value) -> Durability {
    let Some(url) = monitor_url else {
        return unknown(
            "no monitoring URL is configured; give the server an `http` port and Davy its URL".to_owned(),
        );
    };
    match timeout(PATIENCE, varz(url)).await {
        Ok(Ok(varz)) => judged(&varz, info),
        Ok(Err(why)) => unknown(format!("{url}/varz does not answer: {why}")),
        Err(_) => unknown(format!("{url}/varz does not answer within {} s", PATIENCE.as_secs())),
    }
}

async fn varz(url: &str) -> Result<Value, String> {
    let uri =
        format!("{}/varz", url.trim_end_matches('/')).parse().map_err(|_| "it is not a URL".to_owned())?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client.get(uri).await.map_err(|error| chain(&error))?;
    if !response.status().is_success() {
        return Err(response.status().to_string());
    }
    let body =
        Limited::new(response.into_body(), VARZ_BYTES).collect().await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| error.to_string())
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}

fn judged(varz: &Value, info: &Value) -> Durability {
    let name = varz["server_name"].as_str().unwrap_or("?");
    let cluster = &info["cluster"];
    if !keeps_a_copy(name, cluster) {
        return unknown(format!(
            "the monitoring URL is that of server {name}, which keeps no copy of stream DAVY"
        ));
    }
    let Some(config) = varz["jetstream"]["config"].as_object() else {
        return unknown(format!("server {name} says nothing of JetStream in /varz"));
    };
    if config.get("sync_always").and_then(Value::as_bool) == Some(true) {
        return Durability::Durable;
    }
    let seconds = config.get("sync_interval").and_then(Value::as_u64).unwrap_or(0) / 1_000_000_000;
    let copies = info["config"]["num_replicas"].as_u64().unwrap_or(1);
    Durability::NotDurable { why: forgetful(name, seconds, copies) }
}

/// Alone, a server is not in a cluster and keeps everything.
fn keeps_a_copy(name: &str, cluster: &Value) -> bool {
    let followers = cluster["replicas"].as_array().into_iter().flatten();
    let mut keepers =
        followers.map(|peer| &peer["name"]).chain([&cluster["leader"]]).filter_map(Value::as_str).peekable();
    keepers.peek().is_none() || keepers.any(|keeper| keeper == name)
}

fn forgetful(name: &str, seconds: u64, copies: u64) -> String {
    let when = if copies > 1 {
        format!("a power cut at most of the {copies} servers at once loses")
    } else {
        "a power cut loses".to_owned()
    };
    format!(
        "server {name} syncs its disk every {seconds} s, so {when} events of that time that it has acked; \
         set `sync_interval: always` in the `jetstream` block of its configuration"
    )
}

fn unknown(why: String) -> Durability {
    Durability::Unknown { why }
}
