//! The archive's reader of the outbox.

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::ObjectStore;
use object_store::memory::InMemory;
use tokio::sync::watch;
use weir_archive::{
    ARCHIVE, OUTBOX, OutboxContext, OutboxSettings, RELAY, land_outbox, land_outbox_once, run_outbox,
};
use weir_events::{OutboxEntry, Sequence};
use weir_store::{MemoryStore, Outbox, SINGLE_SHARD, Store};
use weir_streams::{Checkpoints, Progress};

use crate::support::{FailingFiles, Kept, commit_effects, paths, rows};

fn context<F: ObjectStore>(store: &Arc<MemoryStore>, progress: &Arc<Kept>, files: &Arc<F>) -> OutboxContext {
    let settings = OutboxSettings {
        max_entries: 4,
        max_wait: Duration::from_millis(20),
        idle_wait: Duration::from_millis(20),
        retry_after: Duration::from_millis(1),
        keep: Duration::ZERO,
    };
    let (outbox, progress) = (Arc::clone(store), Arc::clone(progress));
    let files = Arc::clone(files) as Arc<dyn ObjectStore>;
    OutboxContext { outbox, checkpoints: progress, files, settings }
}

async fn landed_sequences(files: &dyn ObjectStore) -> Vec<u64> {
    rows(files, "landing/decisions/0").await.iter().map(|(sequence, _)| sequence.parse().unwrap()).collect()
}

#[tokio::test]
async fn entries_are_landed_once_in_files_of_at_most_the_size_set() {
    let (store, progress, files) = (Arc::default(), Arc::default(), Arc::new(InMemory::new()));
    let context = context(&store, &progress, &files);
    commit_effects(store.as_ref(), 10).await;
    for expected in [4, 4, 2, 0] {
        assert_eq!(land_outbox_once(&context, SINGLE_SHARD).await.unwrap(), expected);
    }
    assert_eq!(landed_sequences(files.as_ref()).await, (1..=10).collect::<Vec<_>>());
    assert_eq!(paths(files.as_ref(), "landing/decisions/0").await.len(), 3);
}

#[tokio::test]
async fn a_row_holds_the_entry_as_json() {
    let (store, progress, files) = (Arc::default(), Arc::default(), Arc::new(InMemory::new()));
    let context = context(&store, &progress, &files);
    commit_effects(store.as_ref(), 1).await;
    land_outbox_once(&context, SINGLE_SHARD).await.unwrap();
    let payload = rows(files.as_ref(), "landing/decisions/0").await.remove(0).1;
    let entry: OutboxEntry = serde_json::from_str(&payload).unwrap();
    assert_eq!(
        entry,
        store.read(SINGLE_SHARD, None, 1, Duration::ZERO).await.unwrap().remove(0).entry.decode().unwrap()
    );
}

#[tokio::test]
async fn a_crash_between_put_and_checkpoint_lands_the_same_entries_again_and_loses_none() {
    let (store, progress, files) = (Arc::default(), Arc::default(), Arc::new(InMemory::new()));
    let context = context(&store, &progress, &files);
    commit_effects(store.as_ref(), 3).await;
    // The put happened, the checkpoint did not; then the outbox grew.
    land_outbox(&store.read(SINGLE_SHARD, None, 4, Duration::ZERO).await.unwrap(), files.as_ref())
        .await
        .unwrap();
    assert_eq!(land_outbox_once(&context, SINGLE_SHARD).await.unwrap(), 3);
    assert_eq!(paths(files.as_ref(), "landing").await.len(), 1);
    commit_effects(store.as_ref(), 2).await;
    assert_eq!(land_outbox_once(&context, SINGLE_SHARD).await.unwrap(), 2);
    assert_eq!(landed_sequences(files.as_ref()).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_crash_before_the_checkpoint_with_another_end_afterwards_covers_every_entry() {
    let (store, progress, files) = (Arc::default(), Arc::default(), Arc::new(InMemory::new()));
    let context = context(&store, &progress, &files);
    commit_effects(store.as_ref(), 2).await;
    land_outbox(&store.read(SINGLE_SHARD, None, 4, Duration::ZERO).await.unwrap(), files.as_ref())
        .await
        .unwrap();
    commit_effects(store.as_ref(), 1).await;
    assert_eq!(land_outbox_once(&context, SINGLE_SHARD).await.unwrap(), 3);
    let mut sequences = landed_sequences(files.as_ref()).await;
    sequences.sort_unstable();
    sequences.dedup();
    assert_eq!(sequences, [1, 2, 3]);
}

#[tokio::test]
async fn the_outbox_is_kept_until_both_readers_are_past() {
    let (store, progress): (Arc<MemoryStore>, Arc<Kept>) = Default::default();
    let context = context(&store, &progress, &Arc::new(InMemory::new()));
    commit_effects(store.as_ref(), 4).await;
    land_outbox_once(&context, SINGLE_SHARD).await.unwrap();
    assert_eq!(store.counts().await.unwrap().outbox, 4);
    progress.set(RELAY, OUTBOX, "0", &Sequence::from(3)).await.unwrap();
    land_outbox_once(&context, SINGLE_SHARD).await.unwrap();
    assert_eq!(store.counts().await.unwrap().outbox, 1);
    assert_eq!(progress.get(ARCHIVE, OUTBOX, "0").await.unwrap(), Some(Progress::After(Sequence::from(4))));
}

#[tokio::test]
async fn what_both_are_past_is_kept_until_checkpoints_are_surely_on_disk() {
    let (store, progress): (Arc<MemoryStore>, Arc<Kept>) = Default::default();
    let mut context = context(&store, &progress, &Arc::new(InMemory::new()));
    context.settings.keep = Duration::from_millis(300);
    commit_effects(store.as_ref(), 4).await;
    progress.set(RELAY, OUTBOX, "0", &Sequence::from(4)).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { run_outbox(&context, stopped).await });
    while progress.get(ARCHIVE, OUTBOX, "0").await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let landed = Instant::now();
    while store.counts().await.unwrap().outbox > 0 {
        assert!(landed.elapsed() < Duration::from_secs(20), "the outbox is never trimmed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(landed.elapsed() >= Duration::from_millis(250), "trimmed after {:?}", landed.elapsed());
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_loop_outlives_failures_and_lands_what_is_there_before_it_stops() {
    let (store, progress): (Arc<MemoryStore>, Arc<Kept>) = Default::default();
    let files = Arc::new(FailingFiles::new(3, true));
    let context = context(&store, &progress, &files);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { run_outbox(&context, stopped).await });
    commit_effects(store.as_ref(), 9).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    commit_effects(store.as_ref(), 2).await;
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    let mut sequences = landed_sequences(files.as_ref()).await;
    sequences.sort_unstable();
    sequences.dedup();
    assert_eq!(sequences, (1..=11).collect::<Vec<_>>());
}
