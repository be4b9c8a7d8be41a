//! Sources and checkpoints that fail for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use weir_bridge::{BoxError, Checkpoints, Mapping, MappingError, MemoryCheckpoints, Progress, Shard, Source};

use crate::fakes::{Numbers, Record, Running, Script, settings, start};

/// Fails the first calls.
struct Flaky<T> {
    inner: T,
    failures: AtomicU32,
}

impl<T> Flaky<T> {
    fn new(inner: T, failures: u32) -> Arc<Self> {
        Arc::new(Self { inner, failures: AtomicU32::new(failures) })
    }

    fn check(&self) -> Result<(), BoxError> {
        let left =
            self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map_or(Ok(()), |_| Err("not now".into()))
    }
}

#[async_trait::async_trait]
impl Source for Flaky<Arc<Numbers>> {
    type Record = Record;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        self.inner.shards().await
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, Record)>, BoxError> {
        self.check()?;
        self.inner.read(shard, after, limit, wait).await
    }
}

#[async_trait::async_trait]
impl Checkpoints for Flaky<MemoryCheckpoints> {
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<Progress>, BoxError> {
        self.check()?;
        self.inner.get(consumer, shard).await
    }

    async fn set(&self, consumer: &str, shard: &str, progress: &Progress) -> Result<(), BoxError> {
        self.check()?;
        self.inner.set(consumer, shard, progress).await
    }
}

/// Names no shards.
struct Broken;

#[async_trait::async_trait]
impl Source for Broken {
    type Record = Record;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        Err("unreachable".into())
    }

    async fn read(
        &self,
        _shard: &str,
        _after: Option<&str>,
        _limit: usize,
        _wait: Duration,
    ) -> Result<Vec<(String, Record)>, BoxError> {
        Ok(Vec::new())
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_is_read_again() {
    let (source, handler) = (Flaky::new(Numbers::new(1, 4), 3), Script::new([]));
    let mapping = Mapping::new(settings(), source, handler.clone(), Arc::new(MemoryCheckpoints::default()));
    let stats = Running::start(mapping.unwrap()).until(4).await;
    assert_eq!(handler.batches(), [[1, 2, 3, 4]]);
    assert_eq!(stats.total().port_errors, 3);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_cannot_be_read_is_waited_for() {
    let checkpoints = Flaky::new(MemoryCheckpoints::default(), 2);
    checkpoints.inner.set("test", "0", &Progress::After("3".to_owned())).await.unwrap();
    let handler = Script::new([]);
    let mapping = Mapping::new(settings(), Numbers::new(1, 4), handler.clone(), checkpoints);
    Running::start(mapping.unwrap()).until(1).await;
    assert_eq!(handler.batches(), [[4]], "nothing is delivered from the beginning meanwhile");
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_cannot_be_written_holds_nothing_up() {
    let checkpoints = Flaky::new(MemoryCheckpoints::default(), 0);
    let handler = Script::new([]);
    let mapping = Mapping::new(settings(), Numbers::new(1, 8), handler.clone(), checkpoints.clone());
    let running = Running::start(mapping.unwrap());
    checkpoints.failures.store(1, Ordering::Relaxed);
    running.until(8).await;
    assert_eq!(handler.of_shard("0"), (1..=8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_source_without_shards_is_an_error_that_names_the_mapping() {
    let mapping =
        Mapping::new(settings(), Arc::new(Broken), Script::new([]), Arc::new(MemoryCheckpoints::default()));
    let error = mapping.unwrap().run(CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, MappingError::Shards { .. }) && error.to_string().contains("`test`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn mappings_of_one_source_do_not_disturb_each_other() {
    let (source, checkpoints) = (Numbers::new(2, 20), Arc::new(MemoryCheckpoints::default()));
    let (first, second) = (Script::new([]), Script::poison(1));
    let failing = start(&source, &second, &Arc::new(MemoryCheckpoints::default()));
    start(&source, &first, &checkpoints).until(40).await;
    failing.stop.cancel();
    failing.task.await.unwrap().unwrap();
    assert_eq!(failing.stats.total().done, 0);
}
