//! `/metrics`: what the running system counts, in the text format that Prometheus reads.
//!
//! The functions count and know no exporter; this reads their counters when it is asked.

mod buckets;
mod live;
mod machine;
mod metric;
pub(crate) mod names;
mod parse;
mod scrape;
mod sources;
mod summary;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use weir_ingest::Scope;

pub(crate) use live::Live;
pub(crate) use metric::Metric;
pub(crate) use parse::{Sample, Scrape};
pub(crate) use sources::{Consumer, Sources};
pub(crate) use summary::summarize;

/// The format and its version.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Adds `/metrics` to the routes of the API, and counts what all of them answer.
pub(crate) fn counted(api: Router, ingest: &Arc<weir_ingest::Context>, sources: &Arc<Sources>) -> Router {
    let metrics =
        Router::new().route("/metrics", get(answer)).with_state((Arc::clone(ingest), Arc::clone(sources)));
    api.merge(metrics).layer(from_fn_with_state(Arc::clone(sources.live()), live::count))
}

/// For whoever may send or read, as `/status`.
async fn answer(
    State((ingest, sources)): State<(Arc<weir_ingest::Context>, Arc<Sources>)>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    ingest.admit(&headers, &[Scope::Ingest, Scope::Read])?;
    match sources.page().await {
        Ok(page) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], page).into_response()),
        Err(error) => {
            tracing::error!("metrics could not be read: {error:#}");
            Err((StatusCode::INTERNAL_SERVER_ERROR, "the log says why\n").into_response())
        }
    }
}
