//! Breaking a running system on purpose: what the page's buttons do, and what the supervisor tells.

mod noted;
mod survival;

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use weir_dashboard::{Board, Chaos, Lookup, Part, Restart, Survival, admit_chaos, router_with_chaos};

use self::noted::Notebook;
use super::breakable::{Breakable, Functions};
use crate::home::Home;
use crate::settings::Settings;

pub(crate) use noted::Noted;
pub(super) use survival::start;

/// How long the answer to a kill of the process has to leave it.
const LAST_WORDS: Duration = Duration::from_millis(30);

/// What the supervisor knows and this process cannot: it has seen every life.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Transactions that were acknowledged.
    pub(crate) acknowledged: u64,
    /// How often the process was killed.
    pub(crate) kills: u64,
    /// How it was brought back the last time.
    pub(crate) last_restart: Option<Restart>,
}

/// The answer to the supervisor.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answered {
    /// Whether it is known where the show begins: nothing is to be sent before.
    pub(crate) has_begun: bool,
    /// How many had been acknowledged when it was counted.
    pub(crate) acknowledged: Option<u64>,
    /// Transactions on the stream that the scorer has not finished.
    pub(crate) waiting: u64,
    /// Acknowledged, but neither decided nor waiting.
    pub(crate) lost: Option<u64>,
    /// Rows of the lake's decisions beyond one for each transaction.
    pub(crate) twice: Option<u64>,
}

/// What can be killed in this process, and how often it was.
pub(crate) struct ChaosMode {
    functions: Functions,
    notebook: Notebook,
    told: Mutex<Option<Told>>,
    survival: Mutex<Survival>,
}

impl ChaosMode {
    /// Nothing, unless the settings ask for it.
    pub(super) fn open(settings: &Settings, home: &Home, functions: Functions) -> Result<Option<Arc<Self>>> {
        if !settings.is_chaos {
            return Ok(None);
        }
        let (notebook, told) = (Notebook::open(home.chaos_notes())?, Mutex::new(None));
        let survival = Mutex::new(Survival::default());
        Ok(Some(Arc::new(Self { functions, notebook, told, survival })))
    }

    fn told(&self) -> Option<Told> {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, told: Told) -> Answered {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        let survival = *self.survival.lock().unwrap_or_else(PoisonError::into_inner);
        Answered {
            has_begun: self.notebook.noted().before.is_some(),
            acknowledged: survival.acknowledged,
            waiting: survival.waiting,
            lost: survival.lost,
            twice: survival.twice,
        }
    }

    fn kill_function(&self, function: &Breakable, note: fn(&mut Noted)) -> Result<(), String> {
        if function.is_down() {
            return Err("it is dead already, and back in a moment".to_owned());
        }
        self.notebook.note(note).map_err(|error| format!("{error:#}"))?;
        function.kill();
        Ok(())
    }
}

impl Chaos for ChaosMode {
    fn kill(&self, part: Part) -> Result<(), String> {
        match part {
            Part::Scorer => self.kill_function(&self.functions.scorer, |noted| noted.scorer += 1),
            Part::Archiver => self.kill_function(&self.functions.archiver, |noted| noted.archiver += 1),
            Part::Process => {
                tokio::spawn(die());
                Ok(())
            }
        }
    }
}

/// `kill -9` of this process by the operating system: nothing is finished, nothing is written down.
async fn die() {
    tokio::time::sleep(LAST_WORDS).await;
    let killed = Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
    tracing::warn!("`kill` left this process alive ({killed:?}); it aborts itself instead");
    std::process::abort();
}

/// The page; with buttons and the supervisor's way in where things may be broken. That way too is closed to pages of
/// somebody else.
pub(super) fn page(board: Arc<Board>, lookup: Arc<dyn Lookup>, chaos: Option<Arc<ChaosMode>>) -> Router {
    let Some(chaos) = chaos else { return weir_dashboard::router(board, lookup) };
    let told = Router::new().route("/chaos/supervisor", post(supervisor)).with_state(Arc::clone(&chaos));
    router_with_chaos(board, lookup, chaos).merge(told)
}

async fn supervisor(
    State(chaos): State<Arc<ChaosMode>>,
    headers: HeaderMap,
    Json(told): Json<Told>,
) -> Response {
    match admit_chaos(&headers) {
        Ok(()) => Json(json!(chaos.hear(told))).into_response(),
        Err(refused) => *refused,
    }
}
