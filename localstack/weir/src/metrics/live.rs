//! What is counted here because nobody else counts it: requests, and the time to each decision.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use weir_events::{Decision, LabelEffect, Timestamp};
use weir_score::Observer;

use super::buckets::Buckets;
use crate::clock;

/// Route of requests that no route answers.
const OTHER: &str = "other";

/// Routes beside those of ingest.
const OWN_ROUTES: [&str; 2] = ["/status", "/metrics"];

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Live {
    requests: Mutex<BTreeMap<&'static str, Requests>>,
    decisions: Mutex<Buckets>,
}

/// Requests to one route.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    pub(super) by_status: BTreeMap<u16, u64>,
    pub(super) took: Buckets,
}

impl Live {
    /// Requests by route.
    pub(super) fn requests(&self) -> BTreeMap<&'static str, Requests> {
        lock(&self.requests).clone()
    }

    /// Times from arrival to committed decision.
    pub(super) fn decisions(&self) -> Buckets {
        lock(&self.decisions).clone()
    }

    fn answered(&self, route: &'static str, status: u16, took: Duration) {
        let mut requests = lock(&self.requests);
        let requests = requests.entry(route).or_default();
        *requests.by_status.entry(status).or_default() += 1;
        requests.took.add(took);
    }

    fn decided(&self, decisions: &[&Decision], now: Timestamp) {
        let mut buckets = lock(&self.decisions);
        for decision in decisions {
            let micros = now.micros().saturating_sub(decision.arrived_at.micros());
            buckets.add(Duration::from_micros(u64::try_from(micros).unwrap_or(0)));
        }
    }
}

impl Observer for Live {
    fn committed(&self, decisions: &[&Decision], _effects: &[LabelEffect]) {
        self.decided(decisions, clock::now());
    }
}

/// Counts a request when it is answered.
pub(super) async fn count(
    State(live): State<std::sync::Arc<Live>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or(OTHER, |path| known(path.as_str()));
    let response = next.run(request).await;
    live.answered(route, response.status().as_u16(), begun.elapsed());
    response
}

/// The route as it is declared: paths with ids in them never become labels.
fn known(path: &str) -> &'static str {
    let mut routes = weir_ingest::ROUTES.iter().map(|(_, route)| *route).chain(OWN_ROUTES);
    routes.find(|route| *route == path).unwrap_or(OTHER)
}

fn lock<T>(counts: &Mutex<T>) -> MutexGuard<'_, T> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}
