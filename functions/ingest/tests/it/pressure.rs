//! Too much at once.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use weir_ingest::Settings;

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
