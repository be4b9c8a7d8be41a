//! Shards that come, end and move while a mapping runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use weir_bridge::{
    BoxError, Checkpoints, FileCheckpoints, Mapping, MemoryCheckpoints, Over, Progress, Settings, Shard,
    Source,
};

use crate::fakes::{Record, Running, Script, settings};

/// Shards with so many records each; a closed one ends after them.
#[derive(Default)]
struct Rivers {
    shards: Mutex<BTreeMap<String, River>>,
}

#[derive(Clone, Default)]
struct River {
    parents: Vec<String>,
    records: u64,
    over: Option<Over>,
}

#[derive(Debug, thiserror::Error)]
#[error("the shard is over")]
struct End(Over);

impl Rivers {
    fn put(&self, id: &str, parents: &[&str], records: u64, over: Option<Over>) {
        let parents = parents.iter().map(|parent| (*parent).to_owned()).collect();
        self.shards.lock().unwrap().insert(id.to_owned(), River { parents, records, over });
    }
}

#[async_trait::async_trait]
impl Source for Rivers {
    type Record = Record;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        let shards = self.shards.lock().unwrap();
        let listed = shards.iter().filter(|(_, river)| river.over != Some(Over::Moved));
        Ok(listed.map(|(id, river)| Shard { id: id.clone(), parents: river.parents.clone() }).collect())
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, Record)>, BoxError> {
        let after: u64 = after.map_or(Ok(0), str::parse)?;
        let river = self.shards.lock().unwrap()[shard].clone();
        let numbers: Vec<_> = (after + 1..=river.records).take(limit).collect();
        match (numbers.is_empty(), river.over) {
            (true, Some(over)) => return Err(End(over).into()),
            (true, None) => tokio::time::sleep(wait).await,
            (false, _) => {}
        }
        Ok(numbers.into_iter().map(|number| (number.to_string(), (shard.to_owned(), number))).collect())
    }

    fn over(&self, error: &BoxError) -> Option<Over> {
        error.downcast_ref::<End>().map(|end| end.0)
    }
}

fn mapping(
    rivers: &Arc<Rivers>,
    handler: &Arc<Script>,
    checkpoints: Arc<dyn Checkpoints>,
) -> Mapping<Rivers> {
    let settings = Settings { shards_every: Duration::from_secs(1), ..settings() };
    Mapping::new(settings, Arc::clone(rivers), Arc::clone(handler) as _, checkpoints).unwrap()
}

#[tokio::test(start_paused = true)]
async fn children_begin_when_all_their_parents_are_done() {
    let (rivers, handler) = (Arc::new(Rivers::default()), Script::new([]));
    rivers.put("0", &[], 9, Some(Over::Closed));
    rivers.put("1", &[], 6, None);
    rivers.put("2", &["0", "1"], 3, None);
    let checkpoints = Arc::new(MemoryCheckpoints::default());
    let running = Running::start(mapping(&rivers, &handler, checkpoints.clone()));
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(handler.of_shard("2"), [0; 0], "one parent is still open");
    rivers.put("1", &[], 8, Some(Over::Closed));
    running.until(20).await;
    assert_eq!(handler.of_shard("1"), (1..=8).collect::<Vec<_>>());
    assert_eq!(handler.of_shard("2"), [1, 2, 3]);
    assert_eq!(checkpoints.get("test", "0").await.unwrap(), Some(Progress::Finished));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_is_finished_is_not_read_again_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("weir-bridge-{}", std::process::id()));
    let checkpoints = || Arc::new(FileCheckpoints::open(&folder).unwrap());
    let (rivers, handler) = (Arc::new(Rivers::default()), Script::new([]));
    rivers.put("0", &[], 3, Some(Over::Closed));
    rivers.put("1", &["0"], 2, None);
    Running::start(mapping(&rivers, &handler, checkpoints())).until(5).await;
    rivers.put("1", &["0"], 4, None);
    Running::start(mapping(&rivers, &handler, checkpoints())).until(2).await;
    assert_eq!(handler.of_shard("0"), [1, 2, 3]);
    assert_eq!(handler.of_shard("1"), [1, 2, 3, 4]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_child_whose_parents_are_not_kept_any_more_begins() {
    let (rivers, handler) = (Arc::new(Rivers::default()), Script::new([]));
    rivers.put("7", &["5", "6"], 2, None);
    Running::start(mapping(&rivers, &handler, Arc::new(MemoryCheckpoints::default()))).until(2).await;
    assert_eq!(handler.of_shard("7"), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_moved_away_is_taken_up_where_it_was_left() {
    let (rivers, handler) = (Arc::new(Rivers::default()), Script::new([]));
    rivers.put("0", &[], 2, Some(Over::Moved));
    rivers.shards.lock().unwrap().get_mut("0").unwrap().over = None;
    let running = Running::start(mapping(&rivers, &handler, Arc::new(MemoryCheckpoints::default())));
    tokio::time::sleep(Duration::from_secs(5)).await;
    rivers.put("0", &[], 2, Some(Over::Moved));
    tokio::time::sleep(Duration::from_secs(60)).await;
    rivers.put("0", &[], 4, None);
    running.until(4).await;
    assert_eq!(handler.batches(), [[1, 2], [3, 4]]);
}
