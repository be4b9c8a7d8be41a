//! Homes that cannot be used say which and what to do.

use std::path::Path;

use weir_store::{Durability, EmbeddedStore, Kind, Store, StoreError};

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
