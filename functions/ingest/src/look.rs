//! Looking: decisions, health, readiness.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::{Value, json};
use weir_events::{Decision, Label};

use crate::access::Scope;
use crate::answer::Failure;
use crate::context::Context;
use crate::publish::TRANSACTIONS;

/// A decision and what later turned out.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    decision: Decision,
    label: Option<Label>,
}

pub(crate) async fn decision(
    State(context): State<Arc<Context>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Item>, Failure> {
    context.settings.access.check(&headers, Scope::Read)?;
    let found = context.score.store().items(&[&id]).await;
    let item = found
        .map_err(|error| {
            let is_passing = error.kind() == weir_store::Kind::Retryable;
            Failure::internal("the store could not be read", &error, is_passing)
        })?
        .into_iter()
        .next()
        .unwrap_or_default();
    let none = || Failure::not_found("there is no decision under this transaction id (yet)");
    Ok(Json(Item { decision: item.decision.ok_or_else(none)?, label: item.label }))
}

/// The process is alive.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// An id that is asked for only to see whether the store answers.
const PROBE: &str = "-";

/// Store and streams answer: transactions can be taken and decided.
pub(crate) async fn ready(State(context): State<Arc<Context>>) -> Result<Json<Value>, Failure> {
    let streams = context.score.streams().shards(TRANSACTIONS).await;
    streams.map_err(|error| Failure::internal("the streams do not answer", &error, true))?;
    let store = context.score.store().items(&[PROBE]).await;
    store.map_err(|error| Failure::internal("the store does not answer", &error, true))?;
    Ok(Json(json!({ "status": "ready" })))
}

/// The description of this interface.
pub(crate) async fn openapi() -> Json<Value> {
    Json(crate::openapi::document())
}
