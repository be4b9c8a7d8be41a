//! Places in a source that can never be read.

use std::sync::Arc;
use std::time::Duration;

use weir_bridge::{BoxError, Checkpoints, Mapping, MemoryCheckpoints, Settings, Shard, Source};

use crate::fakes::{Numbers, Record, Running, Script, settings};

/// Numbers of which 4, 5 and 6 cannot be read.
struct Damaged(Arc<Numbers>);

#[derive(Debug, thiserror::Error)]
#[error("4 to 6 are damaged")]
struct Hole;

#[async_trait::async_trait]
impl Source for Damaged {
    type Record = Record;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        self.0.shards().await
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, Record)>, BoxError> {
        let mut records = self.0.read(shard, after, limit, wait).await?;
        match records.iter().position(|(_, record)| (4..=6).contains(&record.1)) {
            Some(0) => Err(Hole.into()),
            Some(hole) => {
                records.truncate(hole);
                Ok(records)
            }
            None => Ok(records),
        }
    }

    fn resume(&self, error: &BoxError) -> Option<String> {
        error.is::<Hole>().then(|| "6".to_owned())
    }
}

async fn run(settings: Settings) -> (Arc<Script>, Arc<MemoryCheckpoints>, u64) {
    let (handler, checkpoints) = (Script::new([]), Arc::new(MemoryCheckpoints::default()));
    let source = Arc::new(Damaged(Numbers::new(1, 10)));
    let mapping =
        Mapping::new(settings, source, Arc::clone(&handler) as _, Arc::clone(&checkpoints) as _).unwrap();
    let stats = Running::start(mapping).until(7).await;
    (handler, checkpoints, stats.total().gaps)
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_passed_and_counted_once() {
    let (handler, checkpoints, gaps) = run(settings()).await;
    assert_eq!(handler.of_shard("0"), [1, 2, 3, 7, 8, 9, 10]);
    assert_eq!(gaps, 1);
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("10"));
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_a_gap_is_worked_on_though_the_batch_waits_to_fill() {
    let window = Settings { batch_size: 100, batch_window: Duration::from_secs(1), ..settings() };
    let (handler, _, gaps) = run(window).await;
    assert_eq!(handler.of_shard("0"), [1, 2, 3, 7, 8, 9, 10]);
    assert_eq!(gaps, 1);
}
