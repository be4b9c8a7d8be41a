//! Dead letters over HTTP.

use axum::http::StatusCode;
use serde_json::json;
use weir_score::{BatchResult, handle_transactions};
use weir_streams::{NewRecord, Streams};

use crate::support::Deployment;

async fn with_garbage() -> (Deployment, String) {
    let deployment = Deployment::new();
    let record = NewRecord { key: "somebody".into(), bytes: b"garbage".to_vec() };
    deployment.streams.publish("transactions", vec![record]).await.unwrap();
    let records = deployment.records("transactions").await;
    assert_eq!(handle_transactions(&records, &deployment.score).await, BatchResult::default());
    let path = records[0].position.to_string().replace('/', "%2F");
    (deployment, path)
}

#[tokio::test]
async fn they_are_listed_and_shown_closed_and_opened_when_asked() {
    let (deployment, id) = with_garbage().await;
    let list = deployment.get("/dead-letters").await;
    assert_eq!(list.status, StatusCode::OK);
    assert_eq!(list.body["dead_letters"][0]["reason"], "undecodable");
    assert!(!list.body.to_string().contains("garbage"));
    let shown = deployment.get(&format!("/dead-letters/{id}")).await;
    assert_eq!(shown.body, list.body["dead_letters"][0]);
    let opened = deployment.get(&format!("/dead-letters/{id}?open=true")).await;
    assert_eq!(opened.body["content"], "garbage");
}

#[tokio::test]
async fn retry_publishes_again_and_the_mark_is_shown() {
    let (deployment, id) = with_garbage().await;
    let answer = deployment.post_json(&format!("/dead-letters/{id}/retry"), &json!({})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(deployment.records("transactions").await.len(), 2);
    let shown = deployment.get(&format!("/dead-letters/{id}")).await;
    assert!(shown.body["retried"]["at"].is_string());
}

#[tokio::test]
async fn an_unknown_id_is_404() {
    let (deployment, _) = with_garbage().await;
    assert_eq!(deployment.get("/dead-letters/nobody").await.status, StatusCode::NOT_FOUND);
    let answer = deployment.post_json("/dead-letters/nobody/retry", &json!({})).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}
