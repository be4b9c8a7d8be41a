//! Dead letters over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use weir_keyring::KeyringError;
use weir_score::{ScoreError, dead_letters};

use crate::access::Scope;
use crate::answer::Failure;
use crate::context::Context;

pub(crate) async fn list(
    State(context): State<Arc<Context>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Failure> {
    context.settings.access.check(&headers, Scope::Read)?;
    let letters = dead_letters::list(&context.score).await.map_err(|error| failure(&error))?;
    Ok(Json(json!({ "dead_letters": letters })))
}

/// One dead letter; with `?open=true` what its record holds, for holders of the scope `admin`.
pub(crate) async fn show(
    State(context): State<Arc<Context>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, Failure> {
    let is_open = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "open=true"));
    let scope = if is_open { Scope::Admin } else { Scope::Read };
    context.settings.access.check(&headers, scope)?;
    let letter = dead_letters::show(&context.score, &id).await.map_err(|error| failure(&error))?;
    let mut answer = json!(letter);
    if is_open {
        let bytes = dead_letters::open(&context.score, &id).await.map_err(|error| failure(&error))?;
        answer["content"] = String::from_utf8_lossy(&bytes).into_owned().into();
    }
    Ok(Json(answer))
}

pub(crate) async fn retry(
    State(context): State<Arc<Context>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), Failure> {
    context.settings.access.check(&headers, Scope::Admin)?;
    let position = dead_letters::retry(&context.score, &id).await.map_err(|error| failure(&error))?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id, "position": position.to_string() }))))
}

fn failure(error: &ScoreError) -> Failure {
    match error {
        ScoreError::Seal { source: KeyringError::Destroyed } => Failure::erased(),
        _ => Failure::of_score(error),
    }
}
