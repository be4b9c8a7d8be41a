//! The body of a request: its size, its form, its bytes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::answer::Failure;
use crate::context::{Context, count};

/// How long the body of a request that was sent away is read on.
const LONGEST_DISCARD: Duration = Duration::from_secs(5);

/// Bytes of a refused body that are read all the same.
const MOST_DISCARDED: usize = 32 << 20;

/// How the items of a body are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One object or an array of objects; objects on lines of their own are understood too.
    Json,
    /// One object a line.
    Lines,
}

/// A body in memory; its bytes count as in flight until it is dropped.
pub(crate) struct Taken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) form: Form,
    _permit: OwnedSemaphorePermit,
}

/// Reads a body that is not too large, of a form that is understood.
pub(crate) async fn take(context: &Context, request: Request, expected: &str) -> Result<Taken, Failure> {
    let limit = context.settings.max_body_bytes;
    let (form, longest) = (form(request.headers()), context.settings.body_timeout);
    let body = request.into_body();
    let declared = body.size_hint();
    if declared.lower() > limit as u64 {
        let _given_up = tokio::time::timeout(longest, discard(body.into_data_stream())).await;
        return Err(Failure::too_large(limit));
    }
    // A body of unknown size may grow to the limit.
    let size = declared.upper().and_then(|size| usize::try_from(size).ok()).unwrap_or(limit).min(limit);
    let permit = match reserve(context, size) {
        Ok(permit) => permit,
        Err(failure) => return Err(refuse(body, failure).await),
    };
    let bytes = tokio::time::timeout(longest, read(body, limit)).await.map_err(|_| Failure::too_slow())??;
    if bytes.trim_ascii().is_empty() {
        return Err(Failure::empty(expected));
    }
    Ok(Taken { bytes, form: form?, _permit: permit })
}

fn reserve(context: &Context, size: usize) -> Result<OwnedSemaphorePermit, Failure> {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    Arc::clone(&context.bytes_left).try_acquire_many_owned(size).map_err(|_| {
        count(&context.taken.sent_away, 1);
        Failure::busy()
    })
}

/// The failure that a request is refused with, once its body was read and forgotten.
pub(crate) async fn refuse(body: Body, failure: Failure) -> Failure {
    let _given_up = tokio::time::timeout(LONGEST_DISCARD, discard(body.into_data_stream())).await;
    failure
}

/// Reads a refused body to its end and forgets it, as far as [`MOST_DISCARDED`]: a client that is still sending when
/// the connection closes would see a reset instead of the answer.
async fn discard(mut parts: BodyDataStream) {
    let mut size = 0;
    while let Some(Ok(part)) = parts.next().await {
        size += part.len();
        if size > MOST_DISCARDED {
            return;
        }
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Failure::cut_short())?;
        if bytes.len() + part.len() > limit {
            drop(bytes);
            discard(parts).await;
            return Err(Failure::too_large(limit));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn form(headers: &HeaderMap) -> Result<Form, Failure> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Ok(Form::Json),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Form::Lines),
        _ => Err(Failure::unsupported_type()),
    }
}
