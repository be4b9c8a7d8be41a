//! The load before systems that behave in a known way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use weir_events::{Label, Transaction};

use super::*;

/// What a system has received.
#[derive(Default)]
struct Received {
    requests: AtomicU64,
    transactions: Mutex<BTreeMap<String, Transaction>>,
    labels: Mutex<Vec<Label>>,
}

impl Received {
    fn take(&self, body: &str) -> Response {
        let mut taken = self.transactions.lock().unwrap_or_else(PoisonError::into_inner);
        for line in body.lines() {
            let transaction = Transaction::from_json(line.as_bytes()).unwrap();
            taken.insert(transaction.order.transaction_id.clone(), transaction);
        }
        (StatusCode::ACCEPTED, Json(json!({ "accepted": body.lines().count() }))).into_response()
    }
}

/// A system that answers each request as `answer` says, given its number from 0.
async fn system<A, F>(answer: A) -> (String, Arc<Received>)
where
    A: Fn(u64) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Option<Response>> + Send,
{
    let received = Arc::new(Received::default());
    let (taking, labelling) = (Arc::clone(&received), Arc::clone(&received));
    let take = move |body: String| async move {
        let number = taking.requests.fetch_add(1, Ordering::Relaxed);
        match answer(number).await {
            Some(response) => response,
            None => taking.take(&body),
        }
    };
    let label = move |body: String| async move {
        let labels = body.lines().map(|line| Label::from_json(line.as_bytes()).unwrap());
        labelling.labels.lock().unwrap().extend(labels);
        (StatusCode::ACCEPTED, Json(json!({ "accepted": body.lines().count() })))
    };
    let decisions = |Path(_id): Path<String>| async { Json(json!({})) };
    let router = Router::new()
        .route("/transactions", post(take.clone()))
        .route("/score", post(take))
        .route("/labels", post(label))
        .route("/decisions/{id}", get(decisions));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, received)
}

fn settings(base: &str, transactions: u64, rate: u64) -> LoadSettings {
    let lead = Duration::from_millis(200);
    LoadSettings { lead, ..LoadSettings::new(base, "EUR".parse().unwrap(), transactions, rate) }
}

async fn sent(settings: LoadSettings) -> LoadReport {
    Load::start(settings, &CancellationToken::new()).await.unwrap().finish().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_at_the_rate_live_and_once() {
    let (base, received) = system(|_| async { None }).await;
    let before = clock::now();
    let report = sent(LoadSettings { decided: Some(50), ..settings(&base, 1_000, 1_000) }).await;
    let taken = received.transactions.lock().unwrap();
    assert_eq!((taken.len(), report.transactions.accepted, report.unsent), (1_000, 1_000, 0));
    assert!(report.seconds > 0.9 && report.achieved_rate <= 1_100.0, "no faster than the rate: {report:?}");
    assert!(taken.keys().all(|id| id.starts_with(&report.id_prefix)));
    let times = taken.values().map(|transaction| transaction.order.occurred_at);
    assert!(times.clone().all(|time| before < time && time < clock::now()), "they occur now");
    let labels = received.labels.lock().unwrap();
    assert!(labels.len() > 300 && labels.len() as u64 == report.labels.accepted, "{report:?}");
    assert!(labels.iter().all(|label| taken[&label.transaction_id].order.occurred_at <= label.known_at));
    assert!(report.decided_ms.is_some_and(|decided| (1..=60).contains(&decided.count)));
    assert!(report.latency_ms.is_some_and(|latency| latency.count == 1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stalls_for_a_second_shows_in_p99() {
    let stall = async |number: u64| {
        static STALLED: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let _everybody_waits = STALLED.lock().await;
        if number == 300 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        None
    };
    let (base, _) = system(stall).await;
    let report =
        sent(LoadSettings { connections: 2, batch: 1, has_labels: false, ..settings(&base, 2_000, 1_000) })
            .await;
    let latency = report.latency_ms.unwrap();
    // A loop that waits for its answers would have seen two slow requests in two thousand.
    assert!(latency.p99 > 700.0 && latency.max > 900.0, "{latency:?}");
    assert!(report.late_requests > 500, "what could not leave at its time left late");
    assert_eq!(report.transactions.accepted, 2_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_away_comes_again_and_each_kind_is_counted() {
    let answer = async |number: u64| match number {
        0 => Some((StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response()),
        1 => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        2 => {
            tokio::time::sleep(Duration::from_millis(600)).await;
            None
        }
        3 => Some((StatusCode::BAD_REQUEST, Json(json!({"error": {"message": "no"}}))).into_response()),
        _ => None,
    };
    let (base, received) = system(answer).await;
    let timeout = Duration::from_millis(300);
    let report =
        sent(LoadSettings { timeout, batch: 10, has_labels: false, ..settings(&base, 100, 200) }).await;
    let errors = report.errors;
    assert_eq!((errors.busy, errors.server, errors.timeouts, errors.refused), (1, 1, 1, 1), "{report:?}");
    assert_eq!((report.transactions.accepted, report.transactions.rejected), (90, 10));
    assert_eq!(received.transactions.lock().unwrap().len(), 90, "nothing was dropped");
    assert!(report.latency_ms.unwrap().max > 1_000.0, "the wait that the answer asked for counts");
    assert!(report.reasons[0].contains("no"), "{:?}", report.reasons);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_system_transactions_are_given_up_and_reported() {
    let patience = Duration::from_millis(300);
    let nobody = settings("http://127.0.0.1:9", 10, 100);
    let report = sent(LoadSettings { patience, ..nobody }).await;
    assert!(!report.is_complete());
    assert_eq!(report.transactions.given_up, 10);
    assert!(report.errors.broken >= 10, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_ends_a_run_and_so_does_its_owner() {
    let (base, _) = system(|_| async { None }).await;
    let time = Some(Duration::from_secs(1));
    let report = sent(LoadSettings { time, ..settings(&base, 1_000_000, 200) }).await;
    assert_eq!((report.scheduled, report.transactions.accepted + report.unsent), (200, 200));
    assert!(report.transactions.accepted > 0, "{report:?}");
    let stop = CancellationToken::new();
    let load = Load::start(settings(&base, 1_000_000, 100), &stop).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    stop.cancel();
    let report = load.finish().await.unwrap();
    assert!((1..1_000).contains(&report.transactions.accepted), "{report:?}");
    assert_eq!(report.unsent + report.transactions.accepted, 1_000_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scores_are_asked_for_one_by_one_and_the_report_is_json() {
    let (base, received) = system(|_| async { None }).await;
    let asked = LoadSettings { endpoint: Endpoint::Score, batch: 50, ..settings(&base, 100, 500) };
    let report = sent(asked).await;
    assert_eq!(received.requests.load(Ordering::Relaxed), 100);
    let json: Value = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["transactions"]["accepted"], &json["endpoint"]), (&json!(100), &json!("score")));
    assert!(json["latency_ms"]["p99.99"].is_f64() && report.words().len() > 10);
}
