//! What is answered at which path.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, Value, json};

use crate::{
    Hosts, Snapshot, answer, calendar, hosts, index,
    metrics::{MEDIA_TYPE, Metrics},
    rpc::{self, Rpcs},
    snapshot::Probe,
};

pub(crate) fn routes(probe: Probe, rpcs: Rpcs, hosts: Hosts) -> Router {
    let metrics = Arc::new(Metrics::new(probe.clone()));
    let answers = answer::routes(rpcs.clone(), probe.clone());
    let feeds = calendar::routes(rpcs.clone(), probe.clone()).layer(from_fn_with_state(hosts, hosts::check));
    let asked = Router::new()
        .route("/", get(|headers: HeaderMap| async move { index::text(index::host(&headers)) }))
        .fallback(rpc::answer)
        .with_state(rpcs)
        .layer(from_fn_with_state(hosts, hosts::check));
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readiness).with_state(probe))
        .route("/metrics", get(metrics_text).with_state(metrics))
        // Under any name: a page that somebody else's name leads to has no token.
        .merge(answers)
        .merge(feeds)
        .merge(asked)
}

async fn readiness(State(probe): State<Probe>) -> Response {
    let Snapshot { checks, .. } = probe.take();
    let ready = checks.iter().all(|check| check.fault.is_none());
    let told: Map<String, Value> = checks
        .into_iter()
        .map(|check| (check.name.to_owned(), check.fault.unwrap_or_else(|| "ok".to_owned()).into()))
        .collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = format!("{}\n", json!({ "ready": ready, "checks": told }));
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body)
        .into_response()
}

async fn metrics_text(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
