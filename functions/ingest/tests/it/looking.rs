//! Looking at decisions, health and the description.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use weir_ingest::{ROUTES, Settings};
use weir_score::{BatchResult, handle_labels};
use weir_streams::MemoryStreams;

use crate::support::{Deployment, label, now, order};

#[tokio::test]
async fn a_decision_is_shown_with_its_label() {
    let deployment = Deployment::new();
    let answer = deployment.get("/decisions/order%2F1").await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    deployment.post_json("/score", &order("order/1", 5_000)).await;
    let answer = deployment.get("/decisions/order%2F1").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["decision"]["transaction_id"], "order/1");
    assert_eq!(answer.body["label"], json!(null));
    deployment.post_json("/labels", &label("order/1")).await;
    let records = deployment.records("labels").await;
    assert_eq!(handle_labels(&records, &deployment.score).await, BatchResult::default());
    let answer = deployment.get("/decisions/order%2F1").await;
    assert_eq!(answer.body["label"]["is_fraud"], json!(true));
}

#[tokio::test]
async fn a_label_alone_is_no_decision() {
    let deployment = Deployment::new();
    deployment.post_json("/labels", &label("order-1")).await;
    let records = deployment.records("labels").await;
    assert_eq!(handle_labels(&records, &deployment.score).await, BatchResult::default());
    assert_eq!(deployment.get("/decisions/order-1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn health_says_alive_and_ready_says_whether_streams_and_store_answer() {
    let deployment = Deployment::new();
    assert_eq!(deployment.get("/health").await.body, json!({ "status": "ok" }));
    assert_eq!(deployment.get("/ready").await.body, json!({ "status": "ready" }));
    let without = Deployment::over(Settings::default(), |parts| {
        parts.streams = Arc::new(MemoryStreams::new([("others", 1)], now));
    });
    assert_eq!(without.get("/health").await.status, StatusCode::OK);
    let answer = without.get("/ready").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.retry_after.as_deref(), Some("1"));
}

#[tokio::test]
async fn every_described_path_answers_its_method_and_no_other() {
    let deployment = Deployment::new();
    for (method, path) in ROUTES {
        let path = path.replace("{id}", "nobody");
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(&path);
        let status = deployment.send(request.body(Body::empty()).unwrap()).await.status;
        assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        let request = Request::delete(&path).body(Body::empty()).unwrap();
        let answer = deployment.send(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.body["error"]["code"], "wrong_method");
    }
    assert_eq!(deployment.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(deployment.get("/openapi.json").await.body["openapi"], "3.1.0");
}

#[tokio::test]
async fn a_stream_that_is_missing_is_an_error_on_this_side() {
    let without = Deployment::over(Settings::default(), |parts| {
        parts.streams = Arc::new(MemoryStreams::new([("others", 1)], now));
    });
    for (path, body) in [("/transactions", order("order-1", 1)), ("/labels", label("order-1"))] {
        let answer = without.post_json(path, &body).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.body["error"]["code"], "internal");
    }
}
