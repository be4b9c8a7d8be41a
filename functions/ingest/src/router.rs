//! Paths and what answers them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::answer::Failure;
use crate::context::Context;
use crate::{letters, look, score, send};

/// Every path with its method, as `/openapi.json` describes them.
pub const ROUTES: [(&str, &str); 10] = [
    ("post", "/transactions"),
    ("post", "/labels"),
    ("post", "/score"),
    ("get", "/decisions/{id}"),
    ("get", "/dead-letters"),
    ("get", "/dead-letters/{id}"),
    ("post", "/dead-letters/{id}/retry"),
    ("get", "/health"),
    ("get", "/ready"),
    ("get", "/openapi.json"),
];

/// The HTTP door of Weir. Ids in paths are percent-encoded.
pub fn router(context: Arc<Context>) -> Router {
    Router::new()
        .route("/transactions", post(send::transactions))
        .route("/labels", post(send::labels))
        .route("/score", post(score::score))
        .route("/decisions/{id}", get(look::decision))
        .route("/dead-letters", get(letters::list))
        .route("/dead-letters/{id}", get(letters::show))
        .route("/dead-letters/{id}/retry", post(letters::retry))
        .route("/health", get(look::health))
        .route("/ready", get(look::ready))
        .route("/openapi.json", get(look::openapi))
        .method_not_allowed_fallback(async || Failure::wrong_method())
        .fallback(async || Failure::not_found("there is nothing at this path; see /openapi.json"))
        // Bodies are measured where they are read.
        .layer(DefaultBodyLimit::disable())
        .with_state(context)
}
