//! One task a stream that makes requests of what waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use aws_sdk_kinesis::Client;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use weir_events::Position;
use weir_streams::{NewRecord, StreamError};

use crate::lane::{Call, Lane, Turn, Waiting};
use crate::send::send;
use crate::settings::KinesisSettings;
use crate::stats::Counters;
use crate::tails::Tails;

/// Publishes to one stream.
pub(crate) struct Publisher {
    pub(crate) client: Client,
    pub(crate) stream: String,
    pub(crate) name: String,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tails: Arc<Tails>,
    lane: Mutex<Lane>,
    changed: Notify,
    /// Places for records that wait.
    room: Semaphore,
    in_flight: Arc<Semaphore>,
    timeout: Duration,
}

impl Publisher {
    pub(crate) fn start(
        client: &Client,
        stream: &str,
        name: &str,
        settings: &KinesisSettings,
        counters: &Arc<Counters>,
        tails: &Arc<Tails>,
    ) -> Arc<Self> {
        let publisher = Arc::new(Self {
            client: client.clone(),
            stream: stream.to_owned(),
            name: name.to_owned(),
            counters: Arc::clone(counters),
            tails: Arc::clone(tails),
            lane: Mutex::default(),
            changed: Notify::new(),
            room: Semaphore::new(settings.waiting_records),
            in_flight: Arc::new(Semaphore::new(settings.requests_in_flight)),
            timeout: Duration::from_millis(settings.publish_timeout_ms),
        });
        tokio::spawn(run(Arc::downgrade(&publisher), Arc::clone(&publisher.in_flight)));
        publisher
    }

    /// Publishes records and answers what became of each. Waits for room before it takes the next one on.
    pub(crate) async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<Position, StreamError>> {
        let call = Call::new(records.len());
        let deadline = Instant::now() + self.timeout;
        for (index, record) in records.into_iter().enumerate() {
            let waiting =
                Waiting { record, call: Arc::clone(&call), index, deadline, attempts: 0, not_before: None };
            match tokio::time::timeout_at(deadline, self.room.acquire()).await {
                Ok(Ok(permit)) => {
                    permit.forget();
                    self.lane().push(waiting);
                    // Records that come together go together, unless they are more than there is room for.
                    if self.room.available_permits() == 0 {
                        self.changed.notify_one();
                    }
                }
                _ => call.put(index, Err(self.no_room())),
            }
        }
        self.changed.notify_one();
        call.wait().await
    }

    pub(crate) fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records have left the lane for good.
    pub(crate) fn settled(&self, records: usize) {
        self.room.add_permits(records);
    }

    /// The lane has changed: look again.
    pub(crate) fn wake(&self) {
        self.changed.notify_one();
    }

    fn no_room(&self) -> StreamError {
        crate::error::failed("put records into", &self.name, "no room within the time")
    }
}

/// Sends what may go, until the publisher is dropped and nothing waits.
async fn run(publisher: Weak<Publisher>, in_flight: Arc<Semaphore>) {
    while let Ok(permit) = Arc::clone(&in_flight).acquire_owned().await {
        let Some(publisher) = publisher.upgrade() else { return };
        step(&publisher, permit).await;
    }
}

async fn step(publisher: &Arc<Publisher>, permit: OwnedSemaphorePermit) {
    /// Longest wait without a look whether anybody still publishes.
    const LOOK: Duration = Duration::from_millis(500);
    let turn = publisher.lane().take(Instant::now());
    match turn {
        Turn::Go(batch) => {
            let publisher = Arc::clone(publisher);
            tokio::spawn(async move {
                send(&publisher, batch).await;
                publisher.wake();
                drop(permit);
            });
        }
        Turn::WaitUntil(time) => {
            let _ = tokio::time::timeout_at(time, publisher.changed.notified()).await;
        }
        Turn::Wait => {
            let _ = tokio::time::timeout(LOOK, publisher.changed.notified()).await;
        }
    }
}
