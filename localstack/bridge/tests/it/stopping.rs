//! Stopping gracefully.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use weir_bridge::{Checkpoints, Mapping, MemoryCheckpoints};

use crate::fakes::{Numbers, Running, Script, Step, settings, start};

#[tokio::test(start_paused = true)]
async fn stopping_finishes_the_call_that_is_begun_and_begins_no_other() {
    let (source, checkpoints) = (Numbers::new(1, 8), Arc::new(MemoryCheckpoints::default()));
    let handler = Script::new([Step::Sleep(Duration::from_secs(3))]);
    let running = start(&source, &handler, &checkpoints);
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.stop.cancel();
    running.task.await.unwrap().unwrap();
    assert_eq!(handler.batches(), [[1, 2, 3, 4]]);
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("4"));
    assert_eq!(running.stats.total().done, 4);
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_a_pause_or_an_empty_source() {
    let (source, handler) = (Numbers::new(2, 4), Script::new([Step::FailAt(1), Step::FailAt(1)]));
    let checkpoints = Arc::new(MemoryCheckpoints::default());
    let running = start(&source, &handler, &checkpoints);
    tokio::time::sleep(Duration::from_millis(1)).await;
    running.stop.cancel();
    tokio::time::timeout(Duration::from_millis(10), running.task).await.unwrap().unwrap().unwrap();
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("1"));
    assert_eq!(checkpoints.get("test", "1").await.unwrap().unwrap().after(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_in_the_middle_is_run_again_from_its_checkpoint() {
    let (source, checkpoints) = (Numbers::new(1, 8), Arc::new(MemoryCheckpoints::default()));
    let quick = Duration::from_millis(1);
    let handler = Script::new([Step::Sleep(quick), Step::Sleep(Duration::from_secs(60))]);
    let (numbers, script) = (Arc::clone(&source), Arc::clone(&handler));
    let mapping = Mapping::new(settings(), numbers, script, checkpoints.clone()).unwrap();
    let stop = CancellationToken::new();
    let run = mapping.clone().run(stop.clone());
    assert!(tokio::time::timeout(Duration::from_secs(1), run).await.is_err());
    // The dropped run does nothing more, however long it is waited for.
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("4"));

    let stats = Running::start(mapping).until(8).await;
    assert_eq!(handler.batches(), [[1, 2, 3, 4], [5, 6, 7, 8], [5, 6, 7, 8]]);
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("8"));
    assert_eq!(stats.total().done, 8, "the numbers of both runs");
}
