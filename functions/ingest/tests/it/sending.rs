//! Sending transactions and labels.

use axum::http::StatusCode;
use serde_json::json;
use weir_events::{Label, SealedTransaction};

use crate::support::{Deployment, label, now, order};

const LINES: &str = "application/x-ndjson";

#[tokio::test]
async fn one_transaction_is_durable_on_its_stream_and_sealed() {
    let deployment = Deployment::new();
    let answer = deployment.post_json("/transactions", &order("order-1", 5_000)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!((&answer.body["accepted"], &answer.body["rejected"]), (&json!(1), &json!([])));
    let records = deployment.records("transactions").await;
    assert_eq!(answer.body["positions"], json!([records[0].position.to_string()]));
    let sealed = SealedTransaction::from_json(&records[0].bytes).unwrap();
    assert_eq!(sealed.received_at, now());
    assert_eq!(records[0].key, sealed.entities.customer.to_string());
    let text = String::from_utf8(records[0].bytes.clone()).unwrap();
    for personal in ["customer-1", "somebody@example.org", "Example Street"] {
        assert!(!text.contains(personal));
    }
}

#[tokio::test]
async fn an_array_and_lines_are_understood_and_lines_under_the_json_type_too() {
    let deployment = Deployment::new();
    let array = json!([order("order-1", 1), order("order-2", 2)]);
    let lines = format!("{}\n\n{}\r\n", order("order-3", 3), order("order-4", 4));
    assert_eq!(deployment.post_json("/transactions", &array).await.body["accepted"], json!(2));
    for kind in [LINES, "application/json", "application/json; charset=utf-8"] {
        let answer = deployment.post("/transactions", kind, lines.clone()).await;
        assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::ACCEPTED, &json!(2)), "{kind}");
    }
    assert_eq!(deployment.records("transactions").await.len(), 8);
    assert_eq!(deployment.ingest.counted().transactions, 8);
}

#[tokio::test]
async fn bad_items_are_named_and_the_good_ones_taken() {
    let deployment = Deployment::new();
    let mut wrong = order("order-2", 1);
    wrong["amount_minor"] = json!("a lot");
    wrong["ip_address"] = json!("somewhere");
    let mut dollars = order("order-4", 1);
    dollars["currency"] = json!("USD");
    let lines = [order("order-1", 1).to_string(), wrong.to_string(), "{not json".into(), dollars.to_string()];
    let answer = deployment.post("/transactions", LINES, lines.join("\n")).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::ACCEPTED, &json!(1)));
    let rejected = answer.body["rejected"].as_array().unwrap();
    let fields: Vec<_> =
        rejected.iter().map(|one| (one["line"].as_u64().unwrap(), one["field"].as_str().unwrap())).collect();
    assert_eq!(fields, [(2, "amount_minor"), (3, ""), (4, "currency")]);
    assert_eq!(rejected[0]["found"], "string");
    assert_eq!(rejected[0]["others"][0]["path"], "ip_address");
    assert!(rejected[2]["expected"].as_str().unwrap().contains("EUR"));
    assert!(rejected[2]["expected"].as_str().unwrap().contains("USD"));
    let text = answer.body.to_string();
    assert!(!text.contains("a lot") && !text.contains("somewhere"), "{text}");
    assert_eq!(deployment.ingest.counted().rejected, 3);
}

#[tokio::test]
async fn with_nothing_taken_the_answer_says_why() {
    let deployment = Deployment::new();
    let answer = deployment.post_json("/transactions", &json!([{}, 7])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["error"]["code"], "rejected");
    assert_eq!(answer.body["rejected"].as_array().unwrap().len(), 2);
    assert_eq!(answer.body["rejected"][0]["field"], "transaction_id");
    assert!(deployment.records("transactions").await.is_empty());
}

#[tokio::test]
async fn the_same_content_sent_again_has_a_new_position() {
    let deployment = Deployment::new();
    let first = deployment.post_json("/transactions", &order("order-1", 1)).await;
    let second = deployment.post_json("/transactions", &order("order-1", 1)).await;
    assert_eq!(second.status, StatusCode::ACCEPTED);
    assert_ne!(first.body["positions"], second.body["positions"]);
}

#[tokio::test]
async fn replayed_history_arrives_when_it_occurred() {
    let deployment = Deployment::new();
    let received = async |path: &str, header: Option<&str>| {
        let mut request = axum::http::Request::post(path).header("content-type", "application/json");
        if let Some(value) = header {
            request = request.header("x-weir-replay", value);
        }
        let body = order("order-1", 1).to_string();
        let answer = deployment.send(request.body(body.into()).unwrap()).await;
        let last = deployment.records("transactions").await.pop();
        let sealed = last.map(|record| SealedTransaction::from_json(&record.bytes).unwrap());
        (answer.status, sealed.map(|sealed| sealed.received_at == sealed.order.occurred_at))
    };
    assert_eq!(received("/transactions?replay=perhaps", None).await, (StatusCode::BAD_REQUEST, None));
    assert_eq!(received("/transactions?replay=true", None).await, (StatusCode::ACCEPTED, Some(true)));
    assert_eq!(received("/transactions", None).await, (StatusCode::ACCEPTED, Some(false)));
    assert_eq!(received("/transactions", Some("true")).await, (StatusCode::ACCEPTED, Some(true)));
    assert_eq!(received("/transactions?replay=false", None).await, (StatusCode::ACCEPTED, Some(false)));
}

#[tokio::test]
async fn labels_are_published_under_their_transaction() {
    let deployment = Deployment::new();
    let body = json!([label("order-1"), { "transaction_id": "order-2" }]);
    let answer = deployment.post_json("/labels", &body).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::ACCEPTED, &json!(1)));
    assert_eq!(answer.body["rejected"][0]["line"], 2);
    let records = deployment.records("labels").await;
    assert_eq!(records[0].key, "order-1");
    assert!(Label::from_json(&records[0].bytes).unwrap().is_fraud);
}
