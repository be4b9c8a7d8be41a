//! What happens to records that fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use weir_bridge::{Mapping, MemoryCheckpoints, Settings};

use crate::fakes::{Numbers, Running, Script, Shelf, Step, settings, start};

fn giving_up(settings: Settings, source: Arc<Numbers>, handler: Arc<Script>, shelf: &Arc<Shelf>) -> Running {
    let checkpoints = Arc::new(MemoryCheckpoints::default());
    Running::start(Mapping::giving_up(settings, source, handler, checkpoints, shelf.clone()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn delivery_goes_on_from_the_failed_record() {
    let (source, handler) = (Numbers::new(1, 4), Script::new([Step::FailAt(2), Step::FailAt(0)]));
    let stats = start(&source, &handler, &Arc::default()).until(4).await;
    assert_eq!(handler.batches(), [vec![1, 2, 3, 4], vec![3, 4], vec![3, 4]]);
    assert_eq!(stats.total().failures, 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_as_a_whole_comes_again_in_halves() {
    let (source, handler) = (Numbers::new(1, 4), Script::new([Step::Fail, Step::Fail]));
    start(&source, &handler, &Arc::default()).until(4).await;
    assert_eq!(handler.batches(), [vec![1, 2, 3, 4], vec![1, 2], vec![1], vec![2, 3, 4]]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_index_outside_the_batch_is_a_failure_of_the_whole() {
    let (source, handler) = (Numbers::new(1, 2), Script::new([Step::FailAt(9)]));
    start(&source, &handler, &Arc::default()).until(2).await;
    assert_eq!(handler.batches(), [vec![1, 2], vec![1], vec![2]]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_and_the_mapping_goes_on() {
    let (source, handler) = (Numbers::new(1, 1), Script::new([Step::Panic, Step::Panic]));
    let stats = start(&source, &handler, &Arc::default()).until(1).await;
    assert_eq!(handler.batches(), [[1], [1], [1]]);
    assert_eq!((stats.total().panics, stats.total().failures, stats.total().done), (2, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn one_bad_record_is_given_up_alone_after_its_retries() {
    let (source, handler, shelf) = (Numbers::new(1, 6), Script::poison(3), Arc::new(Shelf::default()));
    let settings = Settings { retries: Some(2), ..settings() };
    let stats = giving_up(settings, source, handler.clone(), &shelf).until(6).await;
    assert_eq!(*shelf.numbers.lock().unwrap(), [(3, 3)], "the first try and two retries");
    assert_eq!((stats.total().done, stats.total().given_up), (5, 1));
    assert_eq!(handler.batches().last(), Some(&vec![5, 6]));
}

#[tokio::test(start_paused = true)]
async fn an_old_record_is_given_up_before_its_retries_are_used() {
    let (source, handler, shelf) = (Numbers::new(1, 3), Script::poison(3), Arc::new(Shelf::default()));
    let settings = Settings { max_age: Some(Duration::from_secs(2)), ..settings() };
    giving_up(settings, source, handler, &shelf).until(3).await;
    assert_eq!(*shelf.numbers.lock().unwrap(), [(3, 1)]);
}

#[tokio::test(start_paused = true)]
async fn the_shard_waits_until_the_hook_has_taken_the_record() {
    let shelf = Arc::new(Shelf { refusals: Mutex::new(2), ..Shelf::default() });
    let (source, handler) = (Numbers::new(1, 2), Script::poison(1));
    let settings = Settings { retries: Some(0), ..settings() };
    let stats = giving_up(settings, source, handler, &shelf).until(2).await;
    assert_eq!(*shelf.numbers.lock().unwrap(), [(1, 3)]);
    assert_eq!(stats.total().port_errors, 2);
}

#[test]
fn giving_up_without_a_hook_is_refused() {
    let settings = Settings { retries: Some(3), ..settings() };
    let checkpoints = Arc::new(MemoryCheckpoints::default());
    let refused = Mapping::new(settings, Numbers::new(1, 1), Script::new([]), checkpoints);
    assert_eq!(refused.err().map(|error| error.setting), Some("retries"));
}
