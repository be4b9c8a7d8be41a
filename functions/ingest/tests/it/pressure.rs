//! Too much at once.

use std::num::NonZeroU32;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use weir_ingest::{Access, ApiKey, Scope, Settings};

use crate::support::{Deployment, order};

#[tokio::test]
async fn while_the_limit_is_in_flight_others_are_sent_away_and_may_come_back() {
    let settings = Settings { max_body_bytes: 4_096, max_bytes_in_flight: 4_096, ..Settings::default() };
    let deployment = Deployment::with(settings);
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    let router = deployment.router.clone();
    let slow = tokio::spawn(async move {
        let request = axum::http::Request::post("/transactions")
            .header("content-type", "application/json")
            .body(Body::from_stream(receiver))
            .unwrap();
        tower::ServiceExt::oneshot(router, request).await.unwrap().status()
    });
    tokio::task::yield_now().await;
    let answer = deployment.post_json("/transactions", &order("order-2", 1)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.retry_after.as_deref(), Some("1"));
    assert_eq!(deployment.ingest.counted().sent_away, 1);
    sender.unbounded_send(Ok(Bytes::from(order("order-1", 1).to_string()))).unwrap();
    drop(sender);
    assert_eq!(slow.await.unwrap(), StatusCode::ACCEPTED);
    let answer = deployment.post_json("/transactions", &order("order-2", 1)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up_and_its_bytes_are_free_again() {
    let settings = Settings { max_body_bytes: 4_096, max_bytes_in_flight: 4_096, ..Settings::default() };
    let deployment = Deployment::with(settings);
    let endless = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = deployment.post("/transactions", "application/json", endless).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    let answer = deployment.post_json("/transactions", &order("order-1", 1)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn while_too_much_waits_senders_are_sent_away_but_nobody_who_waits_for_a_decision() {
    let deployment = Deployment::with(Settings { max_waiting: 10, ..Settings::default() });
    deployment.ingest.set_waiting(11);
    let answer = deployment.post_json("/transactions", &order("order-1", 1)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.body["error"]["code"], "behind");
    assert_eq!(answer.retry_after.as_deref(), Some("1"));
    assert_eq!(deployment.post_json("/score", &order("order-2", 1)).await.status, StatusCode::OK);
    assert_eq!(deployment.records("transactions").await.len(), 1, "only the one that was decided in place");
    deployment.ingest.set_waiting(10);
    assert_eq!(
        deployment.post_json("/transactions", &order("order-1", 1)).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn a_key_over_its_limit_is_told_when_to_come_back_and_others_are_not_touched() {
    let key = |name: &str| ApiKey::new(name, &ApiKey::hash_of(name), Scope::ALL).unwrap();
    let keys = vec![key("slow").limited_to(NonZeroU32::MIN), key("fast")];
    let deployment = Deployment::with(Settings { access: Access::Keys(keys), ..Settings::default() });
    let send = async |key: &str, id: &str| {
        let lines = format!("{}\n{}", order(&format!("{id}-1"), 1), order(&format!("{id}-2"), 1));
        let request =
            axum::http::Request::post("/transactions").header("content-type", "application/x-ndjson");
        deployment.send(request.header("x-api-key", key).body(Body::from(lines)).unwrap()).await
    };
    assert_eq!(send("slow", "a").await.status, StatusCode::ACCEPTED);
    let answer = send("slow", "b").await;
    assert_eq!((answer.status, answer.retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("2")));
    assert_eq!(answer.body["error"]["code"], "over_limit");
    assert_eq!(send("fast", "b").await.status, StatusCode::ACCEPTED);
    assert_eq!(deployment.records("transactions").await.len(), 4);
}
