//! Where a consumer begins.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use weir_bridge::{Checkpoints, FileCheckpoints, Mapping, MemoryCheckpoints, Progress, Settings, Start};

use crate::fakes::{Numbers, Running, Script, settings};

async fn deliver(start: Start, checkpoints: Arc<MemoryCheckpoints>) -> Vec<u64> {
    let (source, handler) = (Numbers::new(1, 6), Script::new([]));
    let settings = Settings { start, ..settings() };
    let mapping = Mapping::new(settings, source.clone(), handler.clone(), checkpoints).unwrap();
    let running = Running::start(mapping);
    tokio::time::sleep(Duration::from_secs(1)).await;
    source.grow(8);
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.stop.cancel();
    running.task.await.unwrap().unwrap();
    handler.of_shard("0")
}

#[tokio::test(start_paused = true)]
async fn behind_the_newest_only_what_comes_later_is_delivered() {
    assert_eq!(deliver(Start::Newest, Arc::default()).await, [7, 8]);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_is_stronger_than_a_starting_position() {
    let checkpoints = Arc::new(MemoryCheckpoints::default());
    checkpoints.set("test", "0", &Progress::After("4".to_owned())).await.unwrap();
    assert_eq!(deliver(Start::Newest, checkpoints).await, [5, 6, 7, 8]);
}

#[tokio::test(start_paused = true)]
async fn earlier_records_than_the_moment_are_passed() {
    // Record `n` says that it is `n` seconds old, so the first ones are the young ones here: none is passed from the
    // first young one on.
    let moment = SystemTime::now() - Duration::from_secs(3600);
    assert_eq!(deliver(Start::At(moment), Arc::default()).await, (1..=8).collect::<Vec<_>>());
    assert_eq!(deliver(Start::At(SystemTime::now()), Arc::default()).await, [0; 0]);
}

#[tokio::test]
async fn the_name_of_a_consumer_cannot_leave_the_folder() {
    let folder = std::env::temp_dir().join(format!("weir-bridge-names-{}", std::process::id()));
    let checkpoints = FileCheckpoints::open(&folder).unwrap();
    assert!(checkpoints.get("../other", "0").await.is_err());
    assert_eq!(checkpoints.get("other", "0").await.unwrap(), None);
    std::fs::remove_dir_all(folder).unwrap();
}
