//! The one producer: records in, positions or errors out, in order of the records.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rdkafka::Message;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};
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

/// How long one wait for deliveries lasts. A wait ends in a short loop that never sleeps, so it is not a short one; the
/// producer is closed so long after its last owner is gone.
const POLL: Duration = Duration::from_secs(1);

pub(crate) struct Producer(Arc<BaseProducer<Deliveries>>);

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
        let producer = Arc::new(producer.map_err(failed("open", "producer"))?);
        let polled = Arc::downgrade(&producer);
        let thread = std::thread::Builder::new().name("kafka deliveries".to_owned());
        match thread.spawn(move || deliver(&polled)) {
            Ok(_) => Ok(Self(producer)),
            Err(error) => {
                let failure = KafkaError::ClientCreation(format!("no thread for deliveries: {error}"));
                Err(failed("open", "producer")(failure))
            }
        }
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

/// Hands deliveries on for as long as somebody has the producer.
fn deliver(producer: &Weak<BaseProducer<Deliveries>>) {
    while let Some(producer) = producer.upgrade() {
        producer.poll(POLL);
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
