//! What librdkafka says, as errors that say what to do next.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use weir_streams::{Kind, ServiceFailure, StreamError};

use crate::settings::refused;

/// A failure of `action` on `target`, for `map_err`.
pub(crate) fn failed(action: &'static str, target: &str) -> impl FnOnce(KafkaError) -> StreamError {
    let target = target.to_owned();
    move |error| match error {
        KafkaError::ClientConfig(_, description, property, _) => unusable(&property, &description),
        KafkaError::ClientCreation(reason) => StreamError::service(ServiceFailure {
            service: "kafka",
            action,
            target,
            reason: reason.trim().to_owned(),
            advice: "correct the properties in the settings; TLS and SASL/SCRAM need a build with the feature `tls`",
            kind: Kind::Settings,
        }),
        error => {
            let code = error.rdkafka_error_code();
            let (kind, advice) = code.map_or((Kind::Retryable, RETRY), next);
            let reason = code.map_or_else(|| error.to_string(), |code| code.to_string());
            StreamError::service(ServiceFailure { service: "kafka", action, target, reason, advice, kind })
        }
    }
}

/// What did not answer in time.
pub(crate) fn unanswered(action: &'static str, target: &str) -> StreamError {
    failed(action, target)(KafkaError::Global(Code::OperationTimedOut))
}

const RETRY: &str = "check that the brokers run and can be reached; trying again may pass";

/// What the caller does about a code, and what a person does.
fn next(code: Code) -> (Kind, &'static str) {
    match code {
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => {
            (Kind::Settings, "make the topic, or name another one in the settings")
        }
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed => {
            (Kind::Settings, "allow it to the user in the settings, or name another user")
        }
        Code::Authentication | Code::SaslAuthenticationFailed | Code::SSL => {
            (Kind::Settings, "correct `security.protocol`, `sasl.*` and `ssl.*` in the settings")
        }
        Code::MessageSizeTooLarge | Code::InvalidMessageSize => {
            (Kind::Poison, "raise `max.message.bytes` of the topic, or send less in one record")
        }
        Code::InvalidMessage | Code::InvalidRecord => {
            (Kind::Poison, "the topic refuses such a record, as a compacted topic one without a key")
        }
        Code::Fatal | Code::OutOfOrderSequenceNumber | Code::InvalidProducerEpoch | Code::Fenced => {
            (Kind::Internal, "restart the process; records may have been lost by the brokers")
        }
        _ => (Kind::Retryable, RETRY),
    }
}

/// A property that librdkafka refuses. Its words hold the value, so that those about a secret are not passed on.
fn unusable(property: &str, description: &str) -> StreamError {
    let is_secret = ["password", "secret", "token", "key", "pem", "oauthbearer", "jaas"]
        .iter()
        .any(|part| property.contains(part));
    let described = description.trim().trim_end_matches('\0');
    refused(property, if is_secret { "its value is not accepted".to_owned() } else { described.to_owned() })
}

#[cfg(test)]
mod tests {
    use rdkafka::types::RDKafkaConfRes;

    use super::*;

    #[test]
    fn a_refused_secret_is_not_told() {
        let tell = |property: &str| {
            let result = RDKafkaConfRes::RD_KAFKA_CONF_INVALID;
            let description = "invalid value \"hunter2\"".to_owned();
            failed("open", "client")(KafkaError::ClientConfig(
                result,
                description,
                property.to_owned(),
                "hunter2".to_owned(),
            ))
        };
        assert!(!tell("sasl.password").to_string().contains("hunter2"));
        assert!(tell("linger.ms").to_string().contains("invalid value"));
        assert_eq!(tell("linger.ms").kind(), Kind::Settings);
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let kind = |code| failed("publish to", "orders")(KafkaError::MessageProduction(code)).kind();
        assert_eq!(kind(Code::BrokerTransportFailure), Kind::Retryable);
        assert_eq!(kind(Code::NotLeaderForPartition), Kind::Retryable);
        assert_eq!(kind(Code::MessageSizeTooLarge), Kind::Poison);
        assert_eq!(kind(Code::UnknownTopicOrPartition), Kind::Settings);
    }
}
