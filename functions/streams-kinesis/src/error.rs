//! What the SDK says, as errors that say what to do next.

use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use weir_streams::{Kind, ServiceFailure, StreamError};

/// The code of a failure, and whether a throughput was exceeded. Messages of the service are left out: they can hold
/// keys of records and the number of the account.
pub(crate) fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
    match error {
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(failure) if failure.is_user() => "the request could not be made",
        SdkError::DispatchFailure(_) => "no connection",
        SdkError::ConstructionFailure(_) => "the request could not be made",
        other => other.code().unwrap_or("an answer that is none"),
    }
}

/// Whether a code says that a throughput was exceeded.
pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ProvisionedThroughputExceededException"
            | "LimitExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "KMSThrottlingException"
    )
}

/// A failure of `action` on `target`.
pub(crate) fn failed(action: &'static str, target: &str, code: &str) -> StreamError {
    let (kind, advice) = next(code);
    let (target, reason) = (target.to_owned(), code.to_owned());
    StreamError::service(ServiceFailure { service: "kinesis", action, target, reason, advice, kind })
}

/// What the caller does about a code, and what a person does.
fn next(code: &str) -> (Kind, &'static str) {
    match code {
        "ResourceNotFoundException" => {
            (Kind::Settings, "make the stream, or name another one in the settings")
        }
        "AccessDeniedException"
        | "AccessDenied"
        | "KMSAccessDeniedException"
        | "KMSNotFoundException"
        | "KMSDisabledException"
        | "KMSInvalidStateException"
        | "KMSOptInRequired" => (Kind::Settings, "allow it to the role, and the use of the stream's key"),
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "the request could not be made" => {
            (Kind::Settings, "correct region and credentials, as `AWS_REGION` and `AWS_PROFILE`")
        }
        "InvalidArgumentException" | "ValidationException" | "SerializationException" => {
            (Kind::Poison, "the record or place is not taken; set it aside")
        }
        code if is_throttling(code) => {
            (Kind::Retryable, "trying again may pass; if it lasts, give the stream more shards")
        }
        _ => (Kind::Retryable, "check that the service can be reached; trying again may pass"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_tried_again() {
        let kind = |code| failed("put records into", "orders", code).kind();
        assert_eq!(kind("ProvisionedThroughputExceededException"), Kind::Retryable);
        assert_eq!(kind("InternalFailure"), Kind::Retryable);
        assert_eq!(kind("ResourceNotFoundException"), Kind::Settings);
        assert_eq!(kind("ValidationException"), Kind::Poison);
    }
}
