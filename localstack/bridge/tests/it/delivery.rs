//! What is delivered, and in which order.

use std::sync::Arc;
use std::time::Duration;

use weir_bridge::{Checkpoints, Mapping, MemoryCheckpoints, Settings};

use crate::fakes::{Numbers, Running, Script, settings, start};

#[tokio::test(start_paused = true)]
async fn each_shard_is_delivered_in_order_and_whole() {
    let (source, handler) = (Numbers::new(3, 10), Script::new([]));
    let stats = start(&source, &handler, &Arc::default()).until(30).await;
    for shard in ["0", "1", "2"] {
        assert_eq!(handler.of_shard(shard), (1..=10).collect::<Vec<_>>());
        assert_eq!(stats.by_shard()[shard].done, 10);
    }
    assert_eq!(stats.total().lag, 0);
}

#[tokio::test(start_paused = true)]
async fn a_mapping_that_starts_again_goes_on_after_its_checkpoint() {
    let (source, checkpoints) = (Numbers::new(1, 6), Arc::new(MemoryCheckpoints::default()));
    start(&source, &Script::new([]), &checkpoints).until(6).await;
    assert_eq!(checkpoints.get("test", "0").await.unwrap().unwrap().after(), Some("6"));
    source.grow(8);
    let handler = Script::new([]);
    start(&source, &handler, &checkpoints).until(2).await;
    assert_eq!(handler.batches(), [vec![7, 8]]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_comes_later_is_delivered_at_once() {
    let (source, handler) = (Numbers::new(1, 0), Script::new([]));
    let running = start(&source, &handler, &Arc::default());
    tokio::time::sleep(Duration::from_secs(60)).await;
    source.grow(1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(handler.batches(), [[1]]);
    running.until(1).await;
}

#[tokio::test(start_paused = true)]
async fn the_window_lets_a_batch_fill() {
    let (source, handler) = (Numbers::new(1, 1), Script::new([]));
    let settings = Settings { batch_window: Duration::from_millis(100), ..settings() };
    let mapping =
        Mapping::new(settings, source.clone(), handler.clone(), Arc::new(MemoryCheckpoints::default()));
    let running = Running::start(mapping.unwrap());
    tokio::time::sleep(Duration::from_millis(50)).await;
    source.grow(3);
    tokio::time::sleep(Duration::from_millis(100)).await;
    source.grow(8);
    running.until(8).await;
    assert_eq!(handler.batches(), [vec![1, 2, 3], vec![4, 5, 6, 7], vec![8]]);
}

#[tokio::test(start_paused = true)]
async fn the_age_of_what_is_in_work_is_told_and_is_nothing_when_nothing_waits() {
    let (source, handler) = (Numbers::new(1, 3), Script::poison(4));
    let running = start(&source, &handler, &Arc::default());
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(running.stats.total().age_ms, 3_000, "the last one that is done");
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(running.stats.total().age_ms, 0, "nothing came");
    source.grow(9);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(running.stats.total().age_ms, 4_000, "the one that fails");
    running.until(3).await;
}
