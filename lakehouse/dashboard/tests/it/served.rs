//! A router over decisions in memory.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;
use weir_dashboard::{Board, Found, Lookup, LookupError, router};

pub(crate) struct Kept(pub(crate) Vec<Found>);

#[async_trait::async_trait]
impl Lookup for Kept {
    async fn decision(&self, transaction_id: &str) -> Result<Option<Found>, LookupError> {
        if transaction_id == "broken" {
            return Err("disk on fire at /secret/path".into());
        }
        Ok(self.0.iter().find(|found| found.decision.transaction_id == transaction_id).cloned())
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) async fn get(board: &Arc<Board>, found: Vec<Found>, path: &str) -> Answer {
    let router = router(Arc::clone(board), Arc::new(Kept(found)));
    let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}
