//! Homes that cannot be used say which and what to do.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use weir_events::EntityKind;
use weir_store::contract::{entity, state_write};
use weir_store::{Changes, Durability, EmbeddedStore, Kind, Store, StoreError};

fn refused(path: &Path) -> StoreError {
    let error = EmbeddedStore::open(path, Durability::Power).unwrap_err();
    assert!(error.to_string().contains(&path.display().to_string()), "`{error}` names no path");
    assert_eq!(error.kind(), Kind::Settings);
    error
}

#[test]
fn a_store_open_elsewhere_is_locked() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store");
    let first = EmbeddedStore::open(&path, Durability::Power).unwrap();
    assert!(matches!(refused(&path), StoreError::Locked { .. }));
    drop(first);
    EmbeddedStore::open(&path, Durability::Power).unwrap();
}

#[test]
fn a_home_that_is_a_file_cannot_be_written() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert!(matches!(refused(&file.join("store")), StoreError::NotWritable { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_home_cannot_be_written() {
    // Nobody may make a folder there, not even root.
    assert!(matches!(refused(Path::new("/sys/weir-store")), StoreError::NotWritable { .. }));
}

#[test]
fn a_folder_of_other_things_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("letter");
    std::fs::write(&file, b"dear").unwrap();
    assert!(matches!(refused(home.path()), StoreError::NotAStore { .. }));
    assert!(file.exists());
}

#[tokio::test]
async fn what_a_killed_first_start_left_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let unfinished = home.path().join("store.new");
    std::fs::create_dir_all(unfinished.join("keyspaces")).unwrap();
    std::fs::write(unfinished.join("lock"), b"").unwrap();
    std::fs::write(unfinished.join("0.jnl"), b"half").unwrap();
    let store = EmbeddedStore::open(home.path().join("store"), Durability::Power).unwrap();
    assert_eq!(store.counts().await.unwrap().states, 0);
    assert!(!unfinished.exists());
}

#[test]
fn an_empty_folder_becomes_a_store() {
    let home = tempfile::tempdir().unwrap();
    EmbeddedStore::open(home.path(), Durability::Process).unwrap();
    EmbeddedStore::open(home.path(), Durability::Process).unwrap();
}

/// Commits two batches and answers the journal's file.
async fn two_batches(path: &Path) -> File {
    let store = EmbeddedStore::open(path, Durability::Power).unwrap();
    for number in [1, 2] {
        let mut write = state_write(entity(EntityKind::Card, number), 0, 1);
        write.bytes.resize(1000, 7);
        store.commit(Changes { states: vec![write], ..Changes::default() }).await.unwrap();
    }
    drop(store);
    File::options().write(true).open(path.join("0.jnl")).unwrap()
}

#[tokio::test]
async fn a_batch_cut_in_half_is_gone_whole_and_the_one_before_is_there() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store");
    let journal = two_batches(&path).await;
    journal.set_len(journal.metadata().unwrap().len() - 500).unwrap();
    let store = EmbeddedStore::open(&path, Durability::Power).unwrap();
    let states = store.states(&[1, 2].map(|number| entity(EntityKind::Card, number))).await.unwrap();
    assert_eq!([states[0].version, states[1].version], [1, 0]);
    assert_eq!(store.counts().await.unwrap().states, 1);
}

#[tokio::test]
async fn a_damaged_journal_is_refused_and_left_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store");
    let journal = two_batches(&path).await;
    let length = journal.metadata().unwrap().len();
    journal.write_all_at(&[0; 100], length - 800).unwrap();
    let error = EmbeddedStore::open(&path, Durability::Power).unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }));
    assert!(error.to_string().contains(&path.display().to_string()));
    assert_eq!(journal.metadata().unwrap().len(), length);
}

#[tokio::test]
async fn commits_and_the_writes_that_carry_them_are_counted() {
    let home = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(home.path().join("store"), Durability::Power).unwrap();
    for number in 1..=3 {
        let states = vec![state_write(entity(EntityKind::Card, number), 0, 1)];
        store.commit(Changes { states, ..Changes::default() }).await.unwrap();
    }
    let stats = store.stats();
    assert_eq!((stats.commits, stats.groups, stats.queued, stats.newest), (3, 3, 0, 0));
    assert!(stats.longest_write <= stats.write_time && !stats.write_time.is_zero(), "{stats:?}");
}
