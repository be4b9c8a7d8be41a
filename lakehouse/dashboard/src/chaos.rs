//! Breaking things on purpose, from the page: the port to whoever can, and what the page shows of it.
//!
//! Nothing of it is served unless a [`Chaos`] is given.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use weir_events::Timestamp;

use crate::router::{file, guarded, index, pages};
use crate::{Board, Lookup};

/// Header that every request to break something carries. A page from elsewhere cannot send it without asking first,
/// and nobody answers that question.
pub const CHAOS_HEADER: &str = "weir-chaos";

/// What can be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What decides the transactions of the stream.
    Scorer,
    /// What lands records and decisions for the lake.
    Archiver,
    /// Everything, as `kill -9` does.
    Process,
}

/// Kills parts of the running system.
pub trait Chaos: Send + Sync {
    /// Kills it in the middle of whatever it does.
    ///
    /// # Errors
    /// Why it could not be killed, in words for the reader.
    fn kill(&self, part: Part) -> Result<(), String>;
}

/// How often each part was killed since the show began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kills {
    /// The scorer.
    pub scorer: u64,
    /// The archiver.
    pub archiver: u64,
    /// The whole process.
    pub process: u64,
}

/// The last time that the process was brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// When it served again.
    pub at: Timestamp,
    /// How long nothing had served, in milliseconds.
    pub away_ms: u64,
}

/// What became of the traffic so far, over all lives of the process. `None`: not known yet in this life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Survival {
    /// Transactions whose acceptance the sender was told.
    pub acknowledged: Option<u64>,
    /// Decisions in the store since the show began.
    pub decided: u64,
    /// Transactions on the stream that the scorer has not finished.
    pub waiting: u64,
    /// Acknowledged, but neither decided nor waiting.
    pub lost: Option<u64>,
    /// Rows of the lake's decisions beyond one for each transaction.
    pub twice: Option<u64>,
    /// What was killed.
    pub kills: Kills,
    /// Whether the scorer is dead right now.
    pub is_scorer_down: bool,
    /// Whether the archiver is dead right now.
    pub is_archiver_down: bool,
    /// The last restart of the process.
    pub last_restart: Option<Restart>,
}

/// Every page of [`router`](crate::router), with a section whose buttons break things.
pub fn router_with_chaos(board: Arc<Board>, lookup: Arc<dyn Lookup>, chaos: Arc<dyn Chaos>) -> Router {
    let kills = Router::new().route("/chaos/{part}", post(kill)).with_state(chaos);
    let section = index(include_str!("../assets/chaos.html"));
    let assets = Router::new()
        .route("/chaos.css", get(file("text/css; charset=utf-8", include_str!("../assets/chaos.css"))))
        .route("/chaos.js", get(file("text/javascript; charset=utf-8", include_str!("../assets/chaos.js"))));
    guarded(pages(board, lookup, section).merge(assets).merge(kills))
}

/// Refuses what may come from a page of somebody else.
///
/// # Errors
/// The answer, if the request does not carry [`CHAOS_HEADER`].
pub fn admit_chaos(headers: &HeaderMap) -> Result<(), Box<Response>> {
    if headers.contains_key(CHAOS_HEADER) {
        return Ok(());
    }
    let error = format!("this request needs the header `{CHAOS_HEADER}`");
    Err(Box::new((StatusCode::FORBIDDEN, Json(json!({ "error": error }))).into_response()))
}

async fn kill(State(chaos): State<Arc<dyn Chaos>>, Path(part): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refused) = admit_chaos(&headers) {
        return *refused;
    }
    let Ok(part) = serde_json::from_value::<Part>(json!(part)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match chaos.kill(part) {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "killed": part }))).into_response(),
        Err(error) => (StatusCode::CONFLICT, Json(json!({ "error": error }))).into_response(),
    }
}
