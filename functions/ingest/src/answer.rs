//! Answers: JSON always, failures with a code that a program can tell apart and a message that a person can use.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tracing::error;
use weir_events::FieldError;
use weir_score::{Kind, ScoreError};

use crate::access::Scope;

/// Seconds after which a sender who was sent away may come back.
const RETRY_AFTER_SECONDS: u64 = 1;

/// One item of a body that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Line of the body, from 1; of an array the place of the item, from 1.
    pub line: usize,
    /// Path of the field; empty for the item as a whole.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// Kind of value that stood there.
    pub found: String,
    /// Further wrong fields of the item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<FieldError>,
}

/// A request that was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Further members of the answer, beside `error`.
    members: Map<String, Value>,
    /// When a sender who was sent away may come back.
    retry_after_seconds: u64,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            members: Map::new(),
            retry_after_seconds: RETRY_AFTER_SECONDS,
        }
    }

    pub(crate) fn unauthorized() -> Self {
        let message = "send a valid API key as `Authorization: Bearer <secret>`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    pub(crate) fn forbidden(scope: Scope) -> Self {
        let message = format!("this API key lacks the scope `{}`; add it in weir.toml", scope.name());
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn foreign_host() -> Self {
        let message = "without API keys only requests to 127.0.0.1, [::1] or localhost are answered";
        Self::new(StatusCode::FORBIDDEN, "foreign_host", message)
    }

    pub(crate) fn too_large(limit_bytes: usize) -> Self {
        let message = format!(
            "the body is larger than `{limit_bytes}` bytes; send fewer items at once or raise ingest.max_body_bytes"
        );
        let mut failure = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message);
        failure.members.insert("limit_bytes".to_owned(), json!(limit_bytes));
        failure
    }

    pub(crate) fn busy() -> Self {
        let message = "too much is being taken in already; come back in a second";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", message)
    }

    /// Every connection is taken.
    pub(crate) fn full() -> Self {
        let message = "too many connections are open; come back in a second";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "full", message)
    }

    /// What was taken in has to be scored and archived first.
    pub(crate) fn behind(waiting: u64) -> Self {
        let message = format!("`{waiting}` records wait to be worked on; come back in a second");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "behind", message)
    }

    /// Nothing is taken in for now.
    pub(crate) fn held(reason: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "held", reason)
    }

    /// The key has sent its share.
    pub(crate) fn over_limit(seconds: u64) -> Self {
        let message = format!("this API key has sent its limit_per_second; come back in `{seconds}` seconds");
        let failure = Self::new(StatusCode::TOO_MANY_REQUESTS, "over_limit", message);
        Self { retry_after_seconds: seconds, ..failure }
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body took too long to arrive; send it again")
    }

    pub(crate) fn cut_short() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "cut_short", "the body ended early; send it again")
    }

    pub(crate) fn empty(expected: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "empty", format!("the body is empty; expected {expected}"))
    }

    pub(crate) fn bad_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_query", message)
    }

    pub(crate) fn unsupported_type() -> Self {
        let message = "expected the header `content-type: application/json` or `application/x-ndjson`";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", message)
    }

    /// Nothing of a body was taken.
    pub(crate) fn rejected(rejections: &[Rejection]) -> Self {
        let message = match rejections.first() {
            Some(Rejection { line, field, expected, found, .. }) if field.is_empty() => {
                format!("nothing was taken; line {line}: expected {expected}, found {found}")
            }
            Some(Rejection { line, field, expected, found, .. }) => {
                format!("nothing was taken; line {line}, `{field}`: expected {expected}, found {found}")
            }
            None => "nothing was taken".to_owned(),
        };
        let mut failure = Self::new(StatusCode::BAD_REQUEST, "rejected", message);
        failure.members.insert("accepted".to_owned(), json!(0));
        failure.members.insert("rejected".to_owned(), json!(rejections));
        failure
    }

    pub(crate) fn not_one() -> Self {
        let message = "expected exactly one transaction; send several to /transactions";
        Self::new(StatusCode::BAD_REQUEST, "not_one", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn wrong_method() -> Self {
        let message = "this path does not answer to this method; see /openapi.json";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message)
    }

    pub(crate) fn erased() -> Self {
        let message = "the key that this record was sealed with was destroyed, it cannot be opened any more";
        Self::new(StatusCode::GONE, "erased", message)
    }

    /// A failure on this side; logged here, where it is handled.
    pub(crate) fn internal(
        what: &'static str,
        source: &(dyn std::error::Error + 'static),
        is_passing: bool,
    ) -> Self {
        error!(error = source, "{what}");
        if is_passing {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                format!("{what}; come back in a second"),
            );
        }
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", format!("{what}; the log says why"))
    }

    /// What scoring or dead letters could not do.
    pub(crate) fn of_score(source: &ScoreError) -> Self {
        match source {
            ScoreError::IdReused { first } => {
                let mut failure = Self::new(StatusCode::CONFLICT, "id_reused", source.to_string());
                failure.members.insert("decision".to_owned(), json!(first));
                failure
            }
            ScoreError::NoDeadLetter { .. } => Self::not_found(source.to_string()),
            ScoreError::Rejected { .. } => Self::new(StatusCode::BAD_REQUEST, "rejected", source.to_string()),
            _ => Self::internal("the request failed", source, source.kind() == Kind::Retryable),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut body = self.members;
        body.insert("error".to_owned(), json!({ "code": self.code, "message": self.message }));
        let mut response = (self.status, Json(Value::Object(body))).into_response();
        let headers = response.headers_mut();
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after_seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
