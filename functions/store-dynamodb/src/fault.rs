//! What the service's errors mean.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use weir_store::StoreError;

/// What went wrong with a request, or with one write of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) meaning: Meaning,
    /// Code and message, never a value.
    pub(crate) detail: String,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Try again after a pause; it was not done.
    Throttled,
    /// Try again after a pause; it may have been done.
    Unknown,
    /// The condition does not hold.
    Conflict,
    /// A name, a permission or a limit: trying again is no use.
    Refused,
    /// What was read lies further back than what is kept.
    Trimmed,
    /// The iterator is too old.
    ExpiredIterator,
    /// The table, stream or shard is not there.
    NotFound,
}

/// An error behind `StoreError`s.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

impl Fault {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        Self { meaning: meaning(code), detail: format!("{code}: {message}") }
    }

    /// Of an answer of the SDK.
    pub(crate) fn of<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        match error {
            SdkError::ServiceError(answer) => {
                let source = answer.err();
                let (code, message) = (source.code().unwrap_or("?"), source.message().unwrap_or_default());
                Self::new(code, message)
            }
            SdkError::ConstructionFailure(_) => Self { meaning: Meaning::Refused, detail: told(error) },
            _ => Self { meaning: Meaning::Unknown, detail: told(error) },
        }
    }

    pub(crate) const fn is_again(&self) -> bool {
        matches!(self.meaning, Meaning::Throttled | Meaning::Unknown)
    }

    pub(crate) fn into_error(self, location: &str) -> StoreError {
        let location = location.to_owned();
        match self.meaning {
            Meaning::Conflict => StoreError::Conflict,
            Meaning::Throttled | Meaning::Unknown => {
                StoreError::Unavailable { location, source: Box::new(Told(self.detail)) }
            }
            Meaning::Refused | Meaning::NotFound | Meaning::Trimmed | Meaning::ExpiredIterator => {
                StoreError::Refused { location, detail: self.detail }
            }
        }
    }
}

fn told<E, R>(error: &SdkError<E, R>) -> String
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        // The raw answer must not get into a message.
        SdkError::ResponseError(_) => "an answer that is none".to_owned(),
        other => DisplayErrorContext(other).to_string(),
    }
}

/// Codes of requests (`…Exception`), of statements (`DuplicateItem`) and of what cancelled a transaction.
fn meaning(code: &str) -> Meaning {
    match code {
        "ProvisionedThroughputExceededException"
        | "ProvisionedThroughputExceeded"
        | "ThrottlingException"
        | "ThrottlingError"
        | "Throttling"
        | "RequestLimitExceeded"
        | "RequestLimitExceededException"
        | "LimitExceededException"
        | "TransactionConflictException"
        | "TransactionConflict"
        | "TransactionInProgressException"
        | "ReplicatedWriteConflictException" => Meaning::Throttled,
        "ConditionalCheckFailedException"
        | "ConditionalCheckFailed"
        | "DuplicateItem"
        | "DuplicateItemException" => Meaning::Conflict,
        "InternalServerError"
        | "InternalServerErrorException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "?" => Meaning::Unknown,
        "TrimmedDataAccessException" => Meaning::Trimmed,
        "ExpiredIteratorException" => Meaning::ExpiredIterator,
        "ResourceNotFoundException" | "ResourceNotFound" => Meaning::NotFound,
        _ => Meaning::Refused,
    }
}

#[cfg(test)]
mod tests {
    use weir_store::Kind;

    use super::*;

    #[test]
    fn every_code_asks_for_the_right_thing() {
        for (code, kind) in [
            ("ProvisionedThroughputExceededException", Kind::Retryable),
            ("ThrottlingError", Kind::Retryable),
            ("RequestLimitExceeded", Kind::Retryable),
            ("TransactionConflict", Kind::Retryable),
            ("InternalServerError", Kind::Retryable),
            ("DuplicateItem", Kind::Conflict),
            ("ConditionalCheckFailed", Kind::Conflict),
            ("ResourceNotFoundException", Kind::Settings),
            ("AccessDeniedException", Kind::Settings),
            ("ValidationException", Kind::Settings),
        ] {
            assert_eq!(Fault::new(code, "").into_error("table").kind(), kind, "{code}");
        }
    }

    #[test]
    fn an_error_names_the_table() {
        let error = Fault::new("AccessDeniedException", "not yours").into_error("weir-items");
        assert!(error.to_string().contains("`weir-items`") && error.to_string().contains("AccessDenied"));
    }
}
