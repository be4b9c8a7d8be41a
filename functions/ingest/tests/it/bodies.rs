//! Bodies that are not what they should be.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::support::{Deployment, label, order};

const PATHS: [&str; 3] = ["/transactions", "/labels", "/score"];

#[tokio::test]
async fn an_empty_body_says_what_is_expected() {
    let deployment = Deployment::new();
    for path in PATHS {
        for body in ["", " \n\t "] {
            let answer = deployment.post(path, "application/json", body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(answer.body["error"]["code"], "empty");
            assert!(answer.body["error"]["message"].as_str().unwrap().contains("JSON object"));
        }
    }
}

#[tokio::test]
async fn garbage_and_deep_nesting_are_refused_without_being_quoted() {
    let deployment = Deployment::new();
    let deep = "[".repeat(200_000);
    let deep_object = format!("{}1{}", "{\"secret\":".repeat(50_000), "}".repeat(50_000));
    let bodies: [Vec<u8>; 6] = [
        b"secret".to_vec(),
        b"\xff\xfe\x00secret".to_vec(),
        deep.into_bytes(),
        deep_object.into_bytes(),
        b"{\"transaction_id\": \"secret\"".to_vec(),
        b"[]".to_vec(),
    ];
    for path in PATHS {
        for body in &bodies {
            for kind in ["application/json", "application/x-ndjson"] {
                let answer = deployment.post(path, kind, body.clone()).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST);
                assert_eq!(answer.body["error"]["code"], "rejected");
                assert!(!answer.body.to_string().contains("secret"));
            }
        }
    }
    assert!(deployment.records("transactions").await.is_empty());
}

#[tokio::test]
async fn ten_megabytes_are_over_the_limit_with_and_without_a_declared_length() {
    let deployment = Deployment::new();
    for path in PATHS {
        let answer = deployment.post(path, "application/json", vec![b'['; 10 << 20]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.body["limit_bytes"], json!(5 << 20));
        let chunks = (0..10).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'['; 1 << 20])));
        let body = Body::from_stream(futures::stream::iter(chunks));
        let answer = deployment.post(path, "application/json", body).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn one_event_that_is_too_large_is_rejected_within_a_body_that_is_not() {
    let deployment = Deployment::new();
    let mut large = order("order-2", 1);
    large["note"] = json!("x".repeat(300_000));
    let array = json!([order("order-1", 1), large]);
    let lines = format!("{}\n{large}", order("order-1", 1));
    for (kind, body) in [("application/json", array.to_string()), ("application/x-ndjson", lines)] {
        let answer = deployment.post("/transactions", kind, body).await;
        assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::ACCEPTED, &json!(1)));
        assert_eq!(answer.body["rejected"][0]["line"], 2);
        assert!(answer.body["rejected"][0]["expected"].as_str().unwrap().contains("262144"));
    }
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let deployment = Deployment::new();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""] {
        let answer = deployment.post("/labels", kind, label("order-1").to_string()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("application/json"));
    }
    let request = Request::post("/labels").body(Body::from(label("order-1").to_string())).unwrap();
    assert_eq!(deployment.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let deployment = Deployment::new();
    let parts = [Ok(Bytes::from("{")), Err(std::io::Error::other("gone"))];
    let body = Body::from_stream(futures::stream::iter(parts));
    let answer = deployment.post("/transactions", "application/json", body).await;
    assert_eq!(
        (answer.status, &answer.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("cut_short"))
    );
}
