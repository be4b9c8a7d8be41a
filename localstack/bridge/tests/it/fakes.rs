//! A source of numbers and a handler that follows a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use weir_bridge::{
    BoxError, GivenUp, Handler, Mapping, MappingError, MemoryCheckpoints, OnFailure, Outcome, Settings,
    Shard, Source, Stats,
};

/// Record `n` of a shard is `(shard, n)`; how many there are can grow.
pub(crate) struct Numbers {
    shards: Vec<String>,
    newest: watch::Sender<u64>,
}

impl Numbers {
    pub(crate) fn new(shards: u32, newest: u64) -> Arc<Self> {
        let shards = (0..shards).map(|shard| shard.to_string()).collect();
        Arc::new(Self { shards, newest: watch::Sender::new(newest) })
    }

    pub(crate) fn grow(&self, newest: u64) {
        self.newest.send_replace(newest);
    }
}

pub(crate) type Record = (String, u64);

#[async_trait::async_trait]
impl Source for Numbers {
    type Record = Record;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        Ok(self.shards.iter().map(|shard| shard.as_str().into()).collect())
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, Record)>, BoxError> {
        let after: u64 = after.map_or(Ok(0), str::parse)?;
        let mut newest = self.newest.subscribe();
        let _ = tokio::time::timeout(wait, newest.wait_for(|newest| *newest > after)).await;
        let newest = *self.newest.borrow();
        let numbers = (after + 1..=newest).take(limit);
        Ok(numbers.map(|number| (number.to_string(), (shard.to_owned(), number))).collect())
    }

    async fn newest(&self, _shard: &str) -> Result<Option<String>, BoxError> {
        Ok(Some(self.newest.borrow().to_string()))
    }

    async fn lag(&self, _shard: &str, after: Option<&str>) -> Option<u64> {
        Some(*self.newest.borrow() - after?.parse::<u64>().ok()?)
    }

    fn age(&self, record: &Record) -> Option<Duration> {
        Some(Duration::from_secs(record.1))
    }
}

/// What the handler does at one call; after the script it answers `Done`.
pub(crate) enum Step {
    FailAt(usize),
    Fail,
    Panic,
    Sleep(Duration),
}

/// Remembers every batch it got.
#[derive(Default)]
pub(crate) struct Script {
    steps: Mutex<VecDeque<Step>>,
    batches: Mutex<Vec<Vec<Record>>>,
    /// Fails whenever this number is in the batch.
    pub(crate) poison: Option<u64>,
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { steps: Mutex::new(steps.into_iter().collect()), ..Self::default() })
    }

    pub(crate) fn poison(number: u64) -> Arc<Self> {
        Arc::new(Self { poison: Some(number), ..Self::default() })
    }

    /// The numbers of each batch.
    pub(crate) fn batches(&self) -> Vec<Vec<u64>> {
        let batches = self.batches.lock().unwrap();
        batches.iter().map(|batch| batch.iter().map(|record| record.1).collect()).collect()
    }

    /// Every record of a shard in the order it came.
    pub(crate) fn of_shard(&self, shard: &str) -> Vec<u64> {
        let batches = self.batches.lock().unwrap();
        batches.iter().flatten().filter(|record| record.0 == shard).map(|record| record.1).collect()
    }
}

#[async_trait::async_trait]
impl Handler<Record> for Script {
    async fn handle(&self, records: &[Record]) -> Outcome {
        self.batches.lock().unwrap().push(records.to_vec());
        let step = self.steps.lock().unwrap().pop_front();
        let error = || BoxError::from("scripted");
        match step {
            Some(Step::FailAt(index)) => Outcome::FailedAt { index, error: error() },
            Some(Step::Fail) => Outcome::Failed { error: error() },
            Some(Step::Panic) => panic!("scripted"),
            Some(Step::Sleep(time)) => {
                tokio::time::sleep(time).await;
                Outcome::Done
            }
            None if records.iter().any(|record| Some(record.1) == self.poison) => {
                Outcome::Failed { error: error() }
            }
            None => Outcome::Done,
        }
    }
}

/// Remembers what was given up; fails as often as told before that.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) refusals: Mutex<u32>,
    pub(crate) numbers: Mutex<Vec<(u64, u32)>>,
}

#[async_trait::async_trait]
impl OnFailure<Record> for Shelf {
    async fn given_up(&self, record: GivenUp<'_, Record>) -> Result<(), BoxError> {
        let mut refusals = self.refusals.lock().unwrap();
        if *refusals > 0 {
            *refusals -= 1;
            return Err("the shelf is full".into());
        }
        self.numbers.lock().unwrap().push((record.record.1, record.tries));
        Ok(())
    }
}

pub(crate) fn settings() -> Settings {
    Settings { batch_size: 4, ..Settings::new("test") }
}

/// A mapping that runs.
pub(crate) struct Running {
    pub(crate) stats: Arc<Stats>,
    pub(crate) stop: CancellationToken,
    pub(crate) task: JoinHandle<Result<(), MappingError>>,
}

impl Running {
    pub(crate) fn start<S: Source>(mapping: Mapping<S>) -> Self {
        let (stats, stop) = (mapping.stats(), CancellationToken::new());
        let task = tokio::spawn(mapping.run(stop.clone()));
        Self { stats, stop, task }
    }

    /// Waits until so many records are done or given up, then stops.
    pub(crate) async fn until(self, number: u64) -> Arc<Stats> {
        while self.stats.total().done + self.stats.total().given_up < number {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        self.stats
    }
}

pub(crate) fn start(
    source: &Arc<Numbers>,
    handler: &Arc<Script>,
    checkpoints: &Arc<MemoryCheckpoints>,
) -> Running {
    let (source, handler) = (Arc::clone(source), Arc::clone(handler));
    Running::start(Mapping::new(settings(), source, handler, checkpoints.clone()).unwrap())
}
