//! A service with one stream of one shard, which refuses as it is told.

use std::sync::{Arc, Mutex};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::Instant;
use weir_streams::NewRecord;
use weir_streams_kinesis::{KinesisSettings, KinesisStreams};

pub(crate) const SHARD: &str = "shardId-000000000000";

/// A refusal of a whole request: its status and code.
pub(crate) type Refuse = Box<dyn FnMut(&str, &Value) -> Option<(u16, &'static str)> + Send>;
/// A refusal of one record, by its key and payload in Base64.
pub(crate) type RefuseRecord = Box<dyn FnMut(&str, &str) -> Option<&'static str> + Send>;

#[derive(Default)]
pub(crate) struct Fake {
    /// Keys and payloads in Base64, in order.
    pub(crate) records: Vec<(String, String)>,
    /// Records before this one are no longer kept.
    pub(crate) trimmed: usize,
    /// Whether a sequence that is no record's is taken for the next one's.
    pub(crate) is_lenient: bool,
    /// No record comes after those that are there.
    pub(crate) is_closed: bool,
    /// Operations, bodies and when they came.
    pub(crate) requests: Vec<(String, Value, Instant)>,
    pub(crate) refuse: Option<Refuse>,
    pub(crate) refuse_record: Option<RefuseRecord>,
}

pub(crate) type Shared = Arc<Mutex<Fake>>;

impl Fake {
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.requests.iter().filter(|(of, ..)| of == operation).count()
    }

    fn answer(&mut self, operation: &str, body: &Value) -> Result<Value, (u16, &'static str)> {
        if let Some(refusal) = self.refuse.as_mut().and_then(|refuse| refuse(operation, body)) {
            return Err(refusal);
        }
        match operation {
            "PutRecords" => Ok(self.put(body)),
            "GetShardIterator" => self.iterator(body),
            "GetRecords" => Ok(self.get(body)),
            _ => Err((400, "UnknownOperationException")),
        }
    }

    fn put(&mut self, body: &Value) -> Value {
        let mut answers = Vec::new();
        for record in body["Records"].as_array().unwrap() {
            let (key, data) = (record["PartitionKey"].as_str().unwrap(), record["Data"].as_str().unwrap());
            if let Some(code) = self.refuse_record.as_mut().and_then(|refuse| refuse(key, data)) {
                answers.push(json!({ "ErrorCode": code, "ErrorMessage": "refused" }));
                continue;
            }
            self.records.push((key.to_owned(), data.to_owned()));
            answers.push(json!({ "ShardId": SHARD, "SequenceNumber": self.records.len().to_string() }));
        }
        json!({ "FailedRecordCount": 0, "Records": answers })
    }

    /// An iterator is the index of the record that comes next.
    fn iterator(&self, body: &Value) -> Result<Value, (u16, &'static str)> {
        let number = || body["StartingSequenceNumber"].as_str().unwrap().parse::<usize>().unwrap();
        let index = match body["ShardIteratorType"].as_str().unwrap() {
            "TRIM_HORIZON" => self.trimmed,
            // The one in front of the oldest: no record's.
            "AT_SEQUENCE_NUMBER" if number() == self.trimmed => {
                return Err((400, "InvalidArgumentException"));
            }
            "AT_SEQUENCE_NUMBER" => (number() - 1).max(self.trimmed),
            _ => 0,
        };
        Ok(json!({ "ShardIterator": index.to_string() }))
    }

    fn get(&self, body: &Value) -> Value {
        let index: usize = body["ShardIterator"].as_str().unwrap().parse().unwrap();
        let limit = usize::try_from(body["Limit"].as_u64().unwrap()).unwrap();
        let end = self.records.len().min(index + limit);
        let record = |index: usize| {
            let (key, data) = &self.records[index];
            json!({ "SequenceNumber": (index + 1).to_string(), "PartitionKey": key, "Data": data,
                "ApproximateArrivalTimestamp": 1_700_000_000.5 })
        };
        let is_at_end = end == self.records.len();
        let next = (!(self.is_closed && is_at_end)).then(|| end.to_string());
        json!({ "Records": (index..end).map(record).collect::<Vec<_>>(), "NextShardIterator": next,
            "MillisBehindLatest": if is_at_end { 0 } else { 1_000 } })
    }
}

async fn serve(State(fake): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().unwrap();
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let mut fake = fake.lock().unwrap();
    fake.requests.push((operation.clone(), body.clone(), Instant::now()));
    let (status, answer) = match fake.answer(&operation, &body) {
        Ok(answer) => (200, answer),
        Err((status, code)) => (status, json!({ "__type": code, "message": "refused" })),
    };
    let kind = [("content-type", "application/x-amz-json-1.1")];
    (StatusCode::from_u16(status).unwrap(), kind, answer.to_string()).into_response()
}

/// Starts the service and streams over it.
pub(crate) async fn start(settings: impl FnOnce(&mut KinesisSettings)) -> (Shared, KinesisStreams) {
    let fake = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(serve).with_state(Arc::clone(&fake));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = aws_sdk_kinesis::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let mut own = KinesisSettings::new([("orders", "shop-orders")]);
    settings(&mut own);
    (fake, KinesisStreams::new(Client::from_conf(config), own).unwrap())
}

pub(crate) fn record(key: &str, payload: &str) -> NewRecord {
    NewRecord { key: key.to_owned(), bytes: payload.as_bytes().to_vec() }
}
