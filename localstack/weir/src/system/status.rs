//! `/status`: what a running system says of itself to the commands beside it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use weir_ingest::Scope;
use weir_streams::Progress;

use super::gaps::Gaps;
use super::lake::LakeLoop;
use crate::backing::Reader;
use crate::home::Home;
use crate::settings::Settings;

/// What it is made from.
#[derive(Clone)]
pub(super) struct Status {
    home: PathBuf,
    currency: String,
    durability: crate::settings::Durability,
    ingest: Arc<weir_ingest::Context>,
    score: Arc<weir_score::Context>,
    lake: Arc<LakeLoop>,
    gaps: Arc<Gaps>,
}

impl Status {
    pub(super) fn new(
        home: &Home,
        settings: &Settings,
        ingest: &Arc<weir_ingest::Context>,
        score: &Arc<weir_score::Context>,
        lake: &Arc<LakeLoop>,
        gaps: &Arc<Gaps>,
    ) -> Self {
        Self {
            home: home.root().to_owned(),
            currency: settings.currency.to_string(),
            durability: settings.durability,
            ingest: Arc::clone(ingest),
            score: Arc::clone(score),
            lake: Arc::clone(lake),
            gaps: Arc::clone(gaps),
        }
    }
}

pub(super) fn router(status: Status) -> Router {
    Router::new().route("/status", get(answer)).with_state(status)
}

/// Counters and settings, for whoever may send or read.
async fn answer(State(status): State<Status>, headers: HeaderMap) -> Result<Json<Value>, Response> {
    status.ingest.admit(&headers, &[Scope::Ingest, Scope::Read])?;
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "home": status.home,
        "currency": status.currency,
        "durability": status.durability,
        "ingest": status.ingest.counted(),
        "score": status.score.metrics().counted(),
        "lake": status.lake.last(),
        "gaps": status.gaps.found(),
    })))
}

/// Whether a consumer has finished every record of a stream.
pub(super) async fn is_at_end(reader: &Reader, consumer: &str, stream: &str) -> Result<bool> {
    for shard in reader.streams.shards(stream).await? {
        let Some(newest) = reader.streams.newest(stream, &shard.id).await? else { continue };
        let is_done = match reader.checkpoints.get(consumer, stream, &shard.id).await? {
            Some(Progress::After(sequence)) => sequence >= newest,
            Some(Progress::Finished) => true,
            None => false,
        };
        if !is_done {
            return Ok(false);
        }
    }
    Ok(true)
}
