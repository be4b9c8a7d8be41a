//! The one producer: records in, positions or errors out, in order of the records.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::Message;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use tokio::sync::Notify;
use tracing::warn;
use weir_streams::{NewRecord, StreamError};

use crate::context::log;
use crate::error::failed;
use crate::settings::KafkaSettings;

/// Partition and offset that a record got.
pub(crate) type Placed = Result<(i32, i64), KafkaError>;

/// How long to wait when librdkafka's queue is full.
const FULL: Duration = Duration::from_millis(2);

pub(crate) struct Producer(ThreadedProducer<Deliveries>);

/// Records published together.
struct Batch {
    state: Mutex<State>,
    done: Notify,
}

struct State {
    placed: Vec<Option<Placed>>,
    missing: usize,
}

/// Takes what became of each record.
struct Deliveries;

impl Producer {
    pub(crate) fn open(settings: &KafkaSettings) -> Result<Self, StreamError> {
        let producer = settings.of_producer().create_with_context(Deliveries);
        Ok(Self(producer.map_err(failed("open", "producer"))?))
    }

    /// Publishes records and answers what became of each. Waits while librdkafka's queue is full.
    pub(crate) async fn publish(&self, topic: &str, records: &[NewRecord]) -> Vec<Placed> {
        let state = State { placed: vec![None; records.len()], missing: records.len() };
        let batch = Arc::new(Batch { state: Mutex::new(state), done: Notify::new() });
        for (index, record) in records.iter().enumerate() {
            self.send(topic, record, &batch, index).await;
        }
        loop {
            let done = batch.done.notified();
            if let Some(placed) = batch.take() {
                return placed;
            }
            done.await;
        }
    }

    async fn send(&self, topic: &str, record: &NewRecord, batch: &Arc<Batch>, index: usize) {
        let opaque = Box::new((Arc::clone(batch), index));
        let mut waiting = BaseRecord::with_opaque_to(topic, opaque)
            .key(record.key.as_str())
            .payload(record.bytes.as_slice());
        loop {
            match self.0.send(waiting) {
                Ok(()) => return,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    waiting = back;
                    tokio::time::sleep(FULL).await;
                }
                Err((error, _)) => return batch.put(index, Err(error)),
            }
        }
    }

    /// Waits until what was published is acknowledged or given up; blocks.
    pub(crate) fn flush(&self, timeout: Duration) -> Result<(), StreamError> {
        self.0.flush(timeout).map_err(failed("flush", "producer"))
    }
}

impl Batch {
    fn put(&self, index: usize, placed: Placed) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.placed[index].replace(placed).is_none() {
            state.missing -= 1;
        }
        if state.missing == 0 {
            self.done.notify_one();
        }
    }

    fn take(&self) -> Option<Vec<Placed>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.missing == 0).then(|| std::mem::take(&mut state.placed).into_iter().flatten().collect())
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        warn!(kafka.reason = reason, "kafka tells of a fault: {error}");
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<(Arc<Batch>, usize)>;

    fn delivery(&self, result: &DeliveryResult<'_>, opaque: Self::DeliveryOpaque) {
        let (batch, index) = *opaque;
        batch.put(
            index,
            match result {
                Ok(message) => Ok((message.partition(), message.offset())),
                Err((error, _)) => Err(error.clone()),
            },
        );
    }
}
