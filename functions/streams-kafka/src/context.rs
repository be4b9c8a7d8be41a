//! What librdkafka calls: logs, errors, and changes of who reads what.

use std::sync::{Mutex, OnceLock, PoisonError, Weak};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use tracing::{debug, info, warn};

use crate::members::Members;

/// A consumer of this crate.
pub(crate) type Client = StreamConsumer<Context>;

/// The context of every consumer; `members` is there for those in a group.
#[derive(Default)]
pub(crate) struct Context {
    pub(crate) members: OnceLock<Weak<Members>>,
    /// Why the brokers let nobody in, as far as that was told.
    refusal: Mutex<Option<KafkaError>>,
}

impl Context {
    /// The refusal that was told last.
    pub(crate) fn refusal(&self) -> Option<KafkaError> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // That a partition has been read to its end is no fault; where it is asked for, it is an event of the consumer.
        if error.rdkafka_error_code() == Some(Code::PartitionEOF) {
            return;
        }
        warn!(kafka.reason = reason, "kafka tells of a fault: {error}");
        let refusals = [Code::Authentication, Code::SaslAuthenticationFailed, Code::SSL];
        if error.rdkafka_error_code().is_some_and(|code| refusals.contains(&code)) {
            *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, _consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Some(members) = self.members.get().and_then(Weak::upgrade) else { return };
        match rebalance {
            Rebalance::Assign(partitions) => members.assigned(partitions),
            Rebalance::Revoke(partitions) => members.revoked(partitions),
            Rebalance::Error(error) => warn!("a group could not share its partitions out: {error}"),
        }
    }
}

/// The lines of librdkafka, among our own.
pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => {
            warn!(kafka.facility = facility, "{message}");
        }
        RDKafkaLogLevel::Warning | RDKafkaLogLevel::Notice => info!(kafka.facility = facility, "{message}"),
        RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => debug!(kafka.facility = facility, "{message}"),
    }
}
