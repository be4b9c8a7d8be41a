//! Pace and standstill, before a system that takes everything and scores nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use weir_generator::{EventKind, Generator};

use super::*;

/// A system whose scoring stands still; counts the requests.
async fn stuck_system() -> (Client, Arc<AtomicU64>) {
    let requests = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&requests);
    let take = move |body: String| {
        let counted = Arc::clone(&counted);
        async move {
            counted.fetch_add(1, Ordering::Relaxed);
            (axum::http::StatusCode::ACCEPTED, Json(json!({"accepted": body.lines().count()})))
        }
    };
    let status = || async { Json(json!({"score": {"decided": 0}})) };
    let router = Router::new().route("/transactions", post(take)).route("/status", get(status));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Client::at(base, None).unwrap(), requests)
}

fn orders(days: u32, transactions: u64) -> impl Iterator<Item = Event> {
    let settings = weir_generator::Settings { days, transactions, customers: 50, ..Default::default() };
    Generator::new(settings).unwrap().filter_map(|event| match event.kind {
        EventKind::Transaction { transaction, .. } => Some(Event::Transaction(transaction)),
        EventKind::Label(_) => None,
    })
}

#[tokio::test]
async fn sending_goes_on_after_scoring_stood_still() {
    let (client, requests) = stuck_system().await;
    let mut sender = Sender::new(client, 1_000, 0);
    sender.standstill = Duration::from_millis(50);
    let started = Instant::now();
    for event in orders(2, 100) {
        sender.push(event).await.unwrap();
    }
    sender.flush().await.unwrap();
    assert_eq!(sender.sent.accepted, 100);
    // Two days in requests of six hours: it had to wait, and gave up waiting, at least twice.
    assert!(requests.load(Ordering::Relaxed) >= 6);
    assert!(started.elapsed() >= Duration::from_millis(100), "it did not wait");
}

#[tokio::test]
async fn a_paced_sender_takes_its_time() {
    let (client, requests) = stuck_system().await;
    let mut sender = Sender::new(client, 1_000, 100);
    sender.standstill = Duration::from_millis(50);
    let started = Instant::now();
    for event in orders(1, 40) {
        sender.push(event).await.unwrap();
    }
    sender.flush().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(390), "40 at 100 a second");
    assert!(requests.load(Ordering::Relaxed) >= 4, "at least ten requests a second");
}
