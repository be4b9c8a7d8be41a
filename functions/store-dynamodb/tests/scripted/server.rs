//! A stream in memory behind HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::images::Change;

/// One shard; its records have the sequence numbers `first`, `first + 1`, ….
#[derive(Clone, Debug)]
pub(crate) struct FakeShard {
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) first: u64,
    pub(crate) changes: Vec<Change>,
    /// So many of the oldest are gone.
    pub(crate) trimmed: u64,
    pub(crate) is_closed: bool,
}

/// A stream.
#[derive(Debug)]
pub(crate) struct FakeStream {
    pub(crate) shards: Vec<FakeShard>,
    /// Every so many iterators have expired when they are used; 0: none.
    pub(crate) expires_every: u64,
}

const ARN: &str = "arn:aws:dynamodb:eu-central-1:000000000000:table/fake-items/stream/1";

type Answer = Result<Value, &'static str>;

/// Answers its address.
pub(crate) async fn start(stream: FakeStream) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (stream, used) = (Arc::new(stream), Arc::new(AtomicU64::new(0)));
    tokio::spawn(async move {
        loop {
            let Ok((socket, _)) = listener.accept().await else { continue };
            let (stream, used) = (Arc::clone(&stream), Arc::clone(&used));
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let (stream, used) = (Arc::clone(&stream), Arc::clone(&used));
                async move { Ok::<_, std::convert::Infallible>(respond(&stream, &used, request).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(socket), service));
        }
    });
    address
}

async fn respond(stream: &FakeStream, used: &AtomicU64, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let target = request.headers()["x-amz-target"].to_str().unwrap().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let answer = match target.rsplit('.').next().unwrap() {
        "DescribeTable" => Ok(json!({ "Table": { "TableName": "fake-items", "LatestStreamArn": ARN } })),
        "DescribeStream" => Ok(stream.describe(body["ExclusiveStartShardId"].as_str())),
        "GetShardIterator" => stream.iterator(&body),
        "GetRecords" => stream.records(&body, used.fetch_add(1, Ordering::SeqCst) + 1),
        _ => Err("ValidationException"),
    };
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(code) => (
            StatusCode::BAD_REQUEST,
            json!({ "__type": format!("com.amazonaws#{code}"), "message": "on purpose" }),
        ),
    };
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    response.body(Full::new(serde_json::to_vec(&body).unwrap().into())).unwrap()
}

impl FakeStream {
    /// One shard a page.
    fn describe(&self, after: Option<&str>) -> Value {
        let index = after.and_then(|after| self.shards.iter().position(|shard| shard.id == after));
        let index = index.map_or(0, |index| index + 1);
        let shard = &self.shards[index];
        let mut told = json!({ "ShardId": shard.id, "SequenceNumberRange": { "StartingSequenceNumber": number(shard.first) } });
        if let Some(parent) = &shard.parent {
            told["ParentShardId"] = json!(parent);
        }
        let mut description = json!({ "StreamArn": ARN, "Shards": [told] });
        if index + 1 < self.shards.len() {
            description["LastEvaluatedShardId"] = json!(shard.id);
        }
        json!({ "StreamDescription": description })
    }

    fn shard(&self, id: &str) -> Result<&FakeShard, &'static str> {
        self.shards.iter().find(|shard| shard.id == id).ok_or("ResourceNotFoundException")
    }

    /// An iterator is the shard and the index of its next record.
    fn iterator(&self, body: &Value) -> Answer {
        let shard = self.shard(body["ShardId"].as_str().unwrap())?;
        let asked =
            body["SequenceNumber"].as_str().map(|number| number.parse::<u64>().unwrap() - shard.first);
        let index = match (body["ShardIteratorType"].as_str().unwrap(), asked) {
            ("TRIM_HORIZON", None) => shard.trimmed,
            ("AT_SEQUENCE_NUMBER", Some(index)) => index,
            ("AFTER_SEQUENCE_NUMBER", Some(index)) => index + 1,
            _ => return Err("ValidationException"),
        };
        if asked.is_some_and(|index| index < shard.trimmed) {
            return Err("TrimmedDataAccessException");
        }
        Ok(json!({ "ShardIterator": format!("{}/{index}", shard.id) }))
    }

    fn records(&self, body: &Value, used: u64) -> Answer {
        if self.expires_every > 0 && used.is_multiple_of(self.expires_every) {
            return Err("ExpiredIteratorException");
        }
        let (id, index) = body["ShardIterator"].as_str().unwrap().rsplit_once('/').unwrap();
        let (shard, index) = (self.shard(id)?, index.parse::<usize>().unwrap());
        let limit = body["Limit"].as_u64().unwrap() as usize;
        let changes: Vec<(usize, &Change)> =
            shard.changes.iter().enumerate().skip(index).take(limit).collect();
        let next = index + changes.len();
        let records: Vec<Value> =
            changes.into_iter().map(|(index, change)| record(shard, index, change)).collect();
        let mut answer = json!({ "Records": records });
        if !shard.is_closed || next < shard.changes.len() {
            answer["NextShardIterator"] = json!(format!("{id}/{next}"));
        }
        Ok(answer)
    }
}

fn record(shard: &FakeShard, index: usize, change: &Change) -> Value {
    let mut told =
        json!({ "SequenceNumber": number(shard.first + index as u64), "StreamViewType": "NEW_IMAGE" });
    if let Some(image) = &change.image {
        told["NewImage"] = image.clone();
    }
    json!({ "eventName": change.event, "dynamodb": told })
}

/// As long as the service's own.
fn number(number: u64) -> String {
    format!("{number:021}")
}
