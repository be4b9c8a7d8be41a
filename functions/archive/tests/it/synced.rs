//! Files that are on disk when a put returns.

use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tempfile::tempdir;
use weir_archive::{SyncedFiles, land};

use crate::support::{paths, records, rows};

fn create() -> PutOptions {
    PutOptions { mode: PutMode::Create, ..PutOptions::default() }
}

#[tokio::test]
async fn a_name_is_given_once() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("landing/a/0/one");
    files.put_opts(&path, PutPayload::from_static(b"first"), create()).await.unwrap();
    let error = files.put_opts(&path, PutPayload::from_static(b"second"), create()).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"first");
}

#[tokio::test]
async fn an_overwrite_replaces_the_whole_content() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("one");
    for content in ["a longer first content", "second"] {
        files.put(&path, PutPayload::from(content.as_bytes().to_vec())).await.unwrap();
    }
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"second");
}

#[tokio::test]
async fn nothing_but_the_file_is_left_and_leftovers_of_a_crash_are_hidden_and_in_nobodys_way() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    std::fs::create_dir_all(home.path().join("a")).unwrap();
    std::fs::write(home.path().join("a/one#1"), "cut short").unwrap();
    files.put_opts(&Path::from("a/one"), PutPayload::from_static(b"whole"), create()).await.unwrap();
    assert_eq!(paths(&files, "a").await, ["a/one"]);
    assert_eq!(std::fs::read_dir(home.path().join("a")).unwrap().count(), 2);
}

#[tokio::test]
async fn of_many_at_once_one_creates() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let attempts =
        (0..8_u8).map(|number| {
            let files = files.clone();
            async move {
                files.put_opts(&Path::from("a/b/one"), PutPayload::from(vec![number; 10]), create()).await
            }
        });
    let results = futures::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_multipart_upload_arrives_whole() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("tables/part");
    let mut upload = files.put_multipart(&path).await.unwrap();
    upload.put_part(PutPayload::from_static(b"one ")).await.unwrap();
    upload.put_part(PutPayload::from_static(b"two")).await.unwrap();
    upload.complete().await.unwrap();
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"one two");
}

#[tokio::test]
async fn landing_works_on_it_and_another_reader_sees_it() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    assert!(!land(&records(1..=3), &files).await.unwrap().unwrap().repeated);
    assert!(land(&records(1..=3), &files).await.unwrap().unwrap().repeated);
    let plain = object_store::local::LocalFileSystem::new_with_prefix(home.path()).unwrap();
    assert_eq!(rows(&plain, "landing").await.len(), 3);
}
