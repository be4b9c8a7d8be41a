//! The pages and what they fetch.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::html::{Text, page, segment};
use crate::live::live;
use crate::{Board, Found, Lookup, detail};

/// Scripts and styles only from files of this server, nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct Shared {
    board: Arc<Board>,
    lookup: Arc<dyn Lookup>,
}

/// Where a section may come into the board.
const SECTION: &str = "  <!-- section -->\n";

/// Every page and its data, to be served as it is or merged into another router. It only reads.
pub fn router(board: Arc<Board>, lookup: Arc<dyn Lookup>) -> Router {
    guarded(pages(board, lookup, index("")))
}

/// The board with a section of its own.
pub(crate) fn index(section: &str) -> String {
    include_str!("../assets/index.html").replace(SECTION, section)
}

pub(crate) fn pages(board: Arc<Board>, lookup: Arc<dyn Lookup>, index: String) -> Router {
    Router::new()
        .route("/", get(async move || Html(index)))
        .route("/page.css", get(file("text/css; charset=utf-8", include_str!("../assets/page.css"))))
        .route("/page.js", get(file("text/javascript; charset=utf-8", include_str!("../assets/page.js"))))
        .route("/charts.js", get(file("text/javascript; charset=utf-8", include_str!("../assets/charts.js"))))
        .route("/icon.svg", get(file("image/svg+xml", include_str!("../assets/icon.svg"))))
        .route("/live", get(async |State(shared): State<Shared>| live(shared.board)))
        .route("/api/alerts", get(async |State(shared): State<Shared>| Json(json!(shared.board.alerts()))))
        .route("/api/decisions/{id}", get(decision_json))
        .route("/decisions", get(find))
        .route("/decisions/{id}", get(decision_page))
        .with_state(Shared { board, lookup })
}

/// Every answer with the headers that keep a page to itself.
pub(crate) fn guarded(pages: Router) -> Router {
    pages.layer(map_response(with_headers))
}

pub(crate) fn file(
    kind: &'static str,
    text: &'static str,
) -> ([(axum::http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, kind)], text)
}

/// Nothing is kept by caches: an asset belongs to the build that serves it, everything else to the moment.
async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    id: String,
}

/// The search field leads to the decision's own page.
async fn find(Query(wanted): Query<Wanted>) -> Redirect {
    let id = wanted.id.trim();
    if id.is_empty() { Redirect::to("/") } else { Redirect::to(&format!("/decisions/{}", segment(id))) }
}

async fn decision_json(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    match look_up(&shared, &id).await {
        Ok(Some(found)) => Json(found).into_response(),
        Ok(None) => error_json(StatusCode::NOT_FOUND, "no decision has this transaction id"),
        Err(status) => error_json(status, "the decision store did not answer, try again"),
    }
}

fn error_json(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

async fn decision_page(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    match look_up(&shared, &id).await {
        Ok(Some(found)) => Html(detail::page(&found)).into_response(),
        Ok(None) => {
            let hint = "It may still be on its way, or the id is written differently.";
            error_page(StatusCode::NOT_FOUND, "No decision yet", &id, hint)
        }
        Err(status) => error_page(status, "The decision store did not answer", &id, "Try again in a moment."),
    }
}

fn error_page(status: StatusCode, title: &str, id: &str, hint: &str) -> Response {
    let body = format!(
        "<section class=\"panel notice\"><h1>{title}</h1><p>Transaction <code>{id}</code>. {hint}</p>\
         <p><a href=\"/\">Back to the live board</a></p></section>",
        id = Text(id),
    );
    (status, Html(page(title, &body))).into_response()
}

async fn look_up(shared: &Shared, id: &str) -> Result<Option<Found>, StatusCode> {
    shared.lookup.decision(id).await.map_err(|error| {
        tracing::error!(error = %error, "could not look a decision up");
        StatusCode::SERVICE_UNAVAILABLE
    })
}
