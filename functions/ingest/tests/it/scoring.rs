//! `POST /score`.

use axum::http::StatusCode;
use serde_json::json;
use weir_score::{BatchResult, handle_transactions};

use crate::support::{Deployment, order};

#[tokio::test]
async fn a_transaction_is_published_then_decided_with_reasons() {
    let deployment = Deployment::new();
    let answer = deployment.post_json("/score", &order("order-1", 500_000)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((&answer.body["outcome"], &answer.body["repeated"]), (&json!("decline"), &json!(false)));
    assert!(!answer.body["reasons"].as_array().unwrap().is_empty());
    let records = deployment.records("transactions").await;
    assert_eq!(records.len(), 1);
    assert_eq!(answer.body["position"], serde_json::to_value(&records[0].position).unwrap());
    let text = answer.body.to_string();
    assert!(!text.contains("somebody@example.org") && !text.contains("customer-1"));
    // The stream delivers it to score as well.
    assert_eq!(handle_transactions(&records, &deployment.score).await, BatchResult::default());
    assert_eq!(deployment.score.metrics().counted().decided, 1);
}

#[tokio::test]
async fn a_repeat_gets_the_first_decision() {
    let deployment = Deployment::new();
    let first = deployment.post_json("/score", &order("order-1", 5_000)).await;
    let mut second = deployment.post_json("/score", &order("order-1", 5_000)).await;
    assert_eq!((second.status, &second.body["repeated"]), (StatusCode::OK, &json!(true)));
    second.body["repeated"] = json!(false);
    assert_eq!(second.body, first.body);
}

#[tokio::test]
async fn other_content_under_the_same_id_is_409_with_the_first_decision() {
    let deployment = Deployment::new();
    deployment.post_json("/score", &order("order-1", 5_000)).await;
    let answer = deployment.post_json("/score", &order("order-1", 500_000)).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (StatusCode::CONFLICT, &json!("id_reused")));
    assert_eq!(answer.body["decision"]["outcome"], "approve");
    // The stream has both; there the second becomes a dead letter.
    let records = deployment.records("transactions").await;
    assert_eq!(handle_transactions(&records, &deployment.score).await, BatchResult::default());
    assert_eq!(deployment.score.metrics().counted().id_reused, 1);
}

#[tokio::test]
async fn exactly_one_good_transaction_is_taken() {
    let deployment = Deployment::new();
    let two = json!([order("order-1", 1), order("order-2", 1)]);
    let answer = deployment.post_json("/score", &two).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("not_one")));
    let mut wrong = order("order-1", 1);
    wrong["currency"] = json!("USD");
    let answer = deployment.post_json("/score", &wrong).await;
    assert_eq!(
        (answer.status, &answer.body["rejected"][0]["field"]),
        (StatusCode::BAD_REQUEST, &json!("currency"))
    );
    assert!(deployment.records("transactions").await.is_empty());
}
