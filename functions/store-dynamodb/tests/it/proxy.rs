//! A proxy before DynamoDB that misbehaves as the real one does at times.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What goes wrong, of a thousand requests each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// Throttled, before anything is done.
    pub(crate) throttled: u64,
    /// 500, before anything is done.
    pub(crate) failed: u64,
    /// 500, after everything was done.
    pub(crate) lost: u64,
    /// Answered only after a pause longer than a request may take.
    pub(crate) slow: u64,
    /// Of the statements of a batch, or of the keys of a read, some are throttled or left.
    pub(crate) partial: u64,
    /// Writes whose condition is said not to hold; nothing is done.
    pub(crate) conflicts: u64,
    /// Added to every answer, microseconds.
    pub(crate) latency_us: u64,
}

/// How long a slow answer takes.
pub(crate) const SLOW: Duration = Duration::from_secs(4);

/// A proxy that runs until its runtime ends.
pub(crate) struct Proxy {
    pub(crate) address: String,
    met: Arc<AtomicU64>,
}

struct Server {
    faults: Faults,
    target: String,
    client: Client<HttpConnector, Full<Bytes>>,
    chance: AtomicU64,
    met: Arc<AtomicU64>,
}

impl Proxy {
    pub(crate) async fn start(target: &str, faults: Faults) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let met = Arc::new(AtomicU64::new(0));
        let server = Arc::new(Server {
            faults,
            target: target.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            chance: AtomicU64::new(1),
            met: Arc::clone(&met),
        });
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let server = Arc::clone(&server);
                let service = hyper::service::service_fn(move |request| {
                    let server = Arc::clone(&server);
                    async move { Ok::<_, std::convert::Infallible>(server.answer(request).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, met }
    }

    /// How many requests were misanswered.
    pub(crate) fn met(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }
}

impl Server {
    /// Whether something that happens so often of a thousand times happens now.
    fn happens(&self, of_thousand: u64) -> bool {
        let count = self.chance.fetch_add(1, Ordering::Relaxed);
        let mixed = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let happens = (mixed >> 33) % 1_000 < of_thousand;
        self.met.fetch_add(u64::from(happens), Ordering::Relaxed);
        happens
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or("");
        let operation = target.rsplit('.').next().unwrap_or("").to_owned();
        tokio::time::sleep(Duration::from_micros(self.faults.latency_us)).await;
        if self.happens(self.faults.throttled) {
            return error(StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException");
        }
        if self.happens(self.faults.failed) {
            return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError");
        }
        let (status, answer) = match operation.as_str() {
            "BatchExecuteStatement" => self.statements(&head, &body).await,
            "BatchGetItem" if self.happens(self.faults.partial) => self.some_keys(&head, &body).await,
            "TransactWriteItems" | "PutItem" | "UpdateItem" if self.happens(self.faults.conflicts) => {
                return refused(&operation);
            }
            _ => self.forward(&head, body).await,
        };
        if self.happens(self.faults.slow) {
            tokio::time::sleep(SLOW).await;
        }
        if self.happens(self.faults.lost) {
            return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError");
        }
        respond(status, answer)
    }

    async fn forward(&self, head: &hyper::http::request::Parts, body: Bytes) -> (StatusCode, Bytes) {
        let mut request = Request::builder().method(Method::POST).uri(format!("{}/", self.target));
        for (name, value) in &head.headers {
            if name != hyper::header::HOST && name != hyper::header::CONTENT_LENGTH {
                request = request.header(name, value);
            }
        }
        let answer = self.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Some statements never reach the service.
    async fn statements(&self, head: &hyper::http::request::Parts, body: &Bytes) -> (StatusCode, Bytes) {
        let mut asked: Value = serde_json::from_slice(body).unwrap();
        let all = asked["Statements"].as_array().cloned().unwrap_or_default();
        let wrong: Vec<Option<&str>> = all
            .iter()
            .map(|_| {
                if self.happens(self.faults.conflicts) {
                    Some("ConditionalCheckFailed")
                } else {
                    self.happens(self.faults.partial).then_some("ThrottlingError")
                }
            })
            .collect();
        let kept = all.into_iter().zip(&wrong).filter(|(_, wrong)| wrong.is_none()).map(|(one, _)| one);
        let kept: Vec<Value> = kept.collect();
        let mut answers = Vec::new();
        if !kept.is_empty() {
            asked["Statements"] = Value::Array(kept);
            let (status, answer) = self.forward(head, serde_json::to_vec(&asked).unwrap().into()).await;
            if status != StatusCode::OK {
                return (status, answer);
            }
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            answers = answer["Responses"].as_array().cloned().unwrap_or_default();
        }
        let mut answers = answers.into_iter();
        let merged: Vec<Value> = wrong
            .iter()
            .map(|wrong| match wrong {
                Some(code) => json!({ "Error": { "Code": code, "Message": "on purpose" } }),
                None => answers.next().unwrap(),
            })
            .collect();
        (StatusCode::OK, serde_json::to_vec(&json!({ "Responses": merged })).unwrap().into())
    }

    /// Half of the keys are left for later.
    async fn some_keys(&self, head: &hyper::http::request::Parts, body: &Bytes) -> (StatusCode, Bytes) {
        let mut asked: Value = serde_json::from_slice(body).unwrap();
        let tables = asked["RequestItems"].as_object().cloned().unwrap_or_default();
        let Some((table, of_table)) = tables.into_iter().next() else {
            return self.forward(head, body.clone()).await;
        };
        let mut keys = of_table["Keys"].as_array().cloned().unwrap_or_default();
        let left = keys.split_off(keys.len().div_ceil(2));
        asked["RequestItems"][&table]["Keys"] = Value::Array(keys);
        let (status, answer) = self.forward(head, serde_json::to_vec(&asked).unwrap().into()).await;
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        if status == StatusCode::OK && !left.is_empty() {
            answer["UnprocessedKeys"] = json!({ table: { "Keys": left } });
        }
        (status, serde_json::to_vec(&answer).unwrap().into())
    }
}

fn refused(operation: &str) -> Response<Full<Bytes>> {
    if operation == "TransactWriteItems" {
        let body = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "on purpose",
            "CancellationReasons": [{ "Code": "ConditionalCheckFailed" }],
        });
        return respond(StatusCode::BAD_REQUEST, serde_json::to_vec(&body).unwrap().into());
    }
    error(StatusCode::BAD_REQUEST, "ConditionalCheckFailedException")
}

fn error(status: StatusCode, code: &str) -> Response<Full<Bytes>> {
    let body =
        json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "on purpose" });
    respond(status, serde_json::to_vec(&body).unwrap().into())
}

fn respond(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    response.body(Full::new(body)).unwrap()
}
