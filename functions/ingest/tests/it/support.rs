//! A deployment in memory behind the router.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use weir_events::{RawRecord, Timestamp};
use weir_features::FeatureSet;
use weir_ingest::{Context, Settings, router};
use weir_keyring::MemoryKeyring;
use weir_score::Parts;
use weir_scoring::{Calibration, DEFAULT_POLICY, Model, ModelFeature, ModelFile, Node, Policy, Scorer, Tree};
use weir_store::MemoryStore;
use weir_streams::{MemoryStreams, Streams};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_772_323_200)
}

pub(crate) struct Deployment {
    pub(crate) streams: Arc<MemoryStreams>,
    pub(crate) score: Arc<weir_score::Context>,
    pub(crate) ingest: Arc<Context>,
    pub(crate) router: Router,
}

/// An answer: status, headers of interest, body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

impl Deployment {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::over(settings, |_| {})
    }

    pub(crate) fn over(settings: Settings, change: impl FnOnce(&mut Parts)) -> Self {
        let names = [("transactions", 2), ("labels", 1), ("dead-letters", 1)];
        let streams = Arc::new(MemoryStreams::new(names, now));
        let features = FeatureSet::full();
        let mut parts = Parts {
            store: Arc::new(MemoryStore::default()),
            streams: Arc::clone(&streams) as Arc<dyn Streams>,
            keyring: Arc::new(MemoryKeyring::new().unwrap()),
            champion: scorer(&features),
            challengers: Vec::new(),
            policy: Policy::from_json(DEFAULT_POLICY.as_bytes()).unwrap(),
            features,
            settings: weir_score::Settings::new("EUR".parse().unwrap(), "test"),
            clock: Arc::new(now),
            observer: None,
        };
        change(&mut parts);
        let score = Arc::new(weir_score::Context::new(parts));
        let ingest = Arc::new(Context::new(Arc::clone(&score), settings));
        let router = router(Arc::clone(&ingest));
        Self { streams, score, ingest, router }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let retry_after =
            response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        let kind = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(kind.as_deref(), Some("application/json"), "every answer is JSON");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, retry_after, body: serde_json::from_slice(&bytes).unwrap() }
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header("content-type", kind).body(body.into()).unwrap()).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Everything on a stream, shard by shard.
    pub(crate) async fn records(&self, stream: &str) -> Vec<RawRecord> {
        let mut records = Vec::new();
        for shard in self.streams.shards(stream).await.unwrap() {
            records.extend(self.streams.read(stream, &shard.id, None, 10_000, Duration::ZERO).await.unwrap());
        }
        records
    }
}

pub(crate) fn order(id: &str, amount_minor: i64) -> Value {
    json!({
        "transaction_id": id,
        "customer_id": "customer-1",
        "email": "somebody@example.org",
        "shipping_address": "1 Example Street",
        "amount_minor": amount_minor,
        "currency": "EUR",
        "occurred_at": "2026-02-28T12:00:00Z",
    })
}

pub(crate) fn label(id: &str) -> Value {
    json!({ "transaction_id": id, "is_fraud": true, "known_at": "2026-02-28T18:00:00Z" })
}

/// Up to 100.00 approved, above declined.
fn scorer(features: &FeatureSet) -> Scorer {
    let amount = features.by_name("amount").unwrap();
    let nodes = vec![
        Node::Split { feature: 0, threshold: 100.0, missing_left: true, left: 1, right: 2, cover: 10.0 },
        Node::Leaf { value: -4.0, cover: 8.0 },
        Node::Leaf { value: 4.0, cover: 2.0 },
    ];
    let file = ModelFile {
        format_version: 1,
        name: "by-amount".into(),
        features: vec![ModelFeature { id: amount.id.clone(), name: amount.name.clone(), usual: Some(20.0) }],
        base_score: 0.0,
        calibration: Calibration::default(),
        trees: vec![Tree { nodes }],
        notes: Default::default(),
    };
    Scorer::bind(Model::from_json(&file.to_json().unwrap()).unwrap(), features).unwrap()
}
